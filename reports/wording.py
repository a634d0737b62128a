"""Every Chinese name and sentence that reports and alarms say."""

from desk import wording as desk_wording
from reports.alarm_rules import Step
from reports.records import Outcome
from shop.promises import PromiseKind
from sla.anatomy import Cause
from sla.clocks import ClockName

CLOCKS = {
    ClockName.BOT_FIRST_RESPONSE: "机器人首次响应",
    ClockName.HANDOFF_RESPONSE: "转人工后首次响应",
    ClockName.HUMAN_NEXT_RESPONSE: "人工后续响应",
    ClockName.FIRST_RESOLUTION: "首次解决",
    ClockName.TOTAL_RESOLUTION: "最终解决",
    ClockName.REVIEW_REPLY: "差评回复",
    ClockName.DISPUTE_ANSWER: "纠纷处理",
    ClockName.EVIDENCE: "补充举证",
    ClockName.REFUND: "退货退款",
}
REASONS = {reason.value: text for reason, text in desk_wording.REASONS.items()}
STATES = {
    "met": "按时",
    "late": "迟答",
    "missed": "未答已超时",
    "closed_unanswered": "未答即关闭",
    "open": "进行中",
    "failed": "未达标",
    "risk": "临近到期",
}
CATEGORIES = {
    "bags": "箱包",
    "books": "图书",
    "clothing": "服装",
    "cosmetics": "美妆个护",
    "electronics": "数码家电",
    "food": "食品",
    "fresh": "生鲜",
    "home": "家居",
    "jewelry": "饰品",
    "medical": "医疗器械",
    "other": "其他",
    "shoes": "鞋靴",
    "software": "软件与虚拟",
    "toys": "玩具",
}
OUTCOMES = {
    Outcome.RUNNING: "机器人接待中",
    Outcome.CONFIRMED: "机器人办结，顾客已确认",
    Outcome.ASSUMED: "机器人办结，推定",
    Outcome.CAME_BACK: "办结后又回来",
    Outcome.LEFT_LINE: "排队中离开",
    Outcome.HUMAN: "人工接待",
}
CAUSES = {
    Cause.BOT_DELAY: "机器人耽搁",
    Cause.NOBODY_ON_SHIFT: "无人在岗",
    Cause.WAITING_WAREHOUSE: "等仓库",
    Cause.WAITING_CARRIER: "等快递",
    Cause.WAITING_OTHER: "等其他方",
    Cause.HELD_BY_OFFLINE_AGENT: "客服已离线仍占着",
    Cause.ALL_AT_CAPACITY: "在岗客服均满负荷",
    Cause.AGENT_IDLE: "客服有空但未回复",
}
CAUSES_OF_REVIEWS = {Cause.AGENT_IDLE: "在岗但未处理", Cause.NOBODY_ON_SHIFT: "非处理时段"}
DIMENSIONS = {
    "agent": "客服",
    "platform": "平台",
    "category": "类目",
    "sku": "商品",
    "aspect": "评价方面",
    "reason": "转人工原因",
}
STEPS = {
    Step.WARN_50: "时限已过半",
    Step.WARN_75: "时限已过 75%",
    Step.WARN_90: "时限只剩 10%",
    Step.BREACH: "已超时",
    Step.ESCALATE_LEAD: "超时升级：组长",
    Step.ESCALATE_MANAGER: "超时升级：经理",
}
PROMISES = {
    PromiseKind.REFUND: "退款",
    PromiseKind.RESEND: "补发",
    PromiseKind.COUPON: "优惠券",
    PromiseKind.RETURN: "退货",
    PromiseKind.CALL_BACK: "回电",
    PromiseKind.REPLY_BY: "按时回复",
    PromiseKind.IMPROVEMENT: "改进",
    PromiseKind.OTHER: "其他",
}
PROMISE_STATES = {"kept": "已兑现", "broken": "未兑现", "open": "未到期", "withdrawn": "已撤回"}
KINDS = {"conversation": "会话", "review": "评价", "dispute": "纠纷", "return": "退货"}
MORNING_TITLE = "kefu 早报"
MORNING_NOW = "此刻已超时未答 {late} 个，今天到期 {today} 个。"
OPEN_DASHBOARD = "打开数据页"
AND_MORE = "还有 {n} 个，打开数据页看全部"
LEFT = "还剩 {time}"
OVER = "已超 {time}"
NOBODY = "无人接待"
UNKNOWN = "未知"
WEEKDAYS = ("周一", "周二", "周三", "周四", "周五", "周六", "周日")
SIMULATION = "模拟结果，不是实际数据"
NO_DATA = "这段时间没有数据"


def span_text(seconds: float | None) -> str:
    """Say a length of time in at most two units: 45 秒, 3 分 20 秒, 5 小时 2 分, 2 天 4 小时."""
    if seconds is None:
        return "—"
    if seconds < 60:
        return f"{seconds:.1f} 秒" if seconds < 10 else f"{seconds:.0f} 秒"
    whole = round(seconds)
    for unit, name, small, small_name in (
        (86400, "天", 3600, "小时"),
        (3600, "小时", 60, "分"),
        (60, "分", 1, "秒"),
    ):
        if whole >= unit:
            rest = whole % unit // small
            return f"{whole // unit} {name}" + (f" {rest} {small_name}" if rest else "")
    return f"{whole} 秒"
