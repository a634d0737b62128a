"""Every sentence that the desk itself says to customers and agents."""

import re
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from desk.states import CloseReason, HandoffReason, Kind
from sla.clocks import ClockName

SHANGHAI = ZoneInfo("Asia/Shanghai")
WEEKDAYS = "一二三四五六日"

ERASED = "（内容已按规定删除）"

ASK_HUMAN = "转人工"
CANCEL_WAIT = "不等了，继续问智能客服"
NO_WORDS = {Kind.IMAGE: "[图片]", Kind.TEXT: "[卡片]", Kind.BUTTON: "[按钮]"}

REASONS = {
    HandoffReason.ASKED_HUMAN: "要求人工",
    HandoffReason.COMPLAINT: "投诉",
    HandoffReason.SAFETY: "人身安全",
    HandoffReason.LEGAL_THREAT: "维权/曝光",
    HandoffReason.REPEATED_FAILURE: "机器人没答好",
    HandoffReason.POLICY_EXCEPTION: "需要破例",
    HandoffReason.HIGH_VALUE: "重要会员",
    HandoffReason.BOT_UNAVAILABLE: "机器人故障",
}
CLOSE_REASONS = {
    CloseReason.SOLVED: "已解决",
    CloseReason.PROMISED: "已答应，后续跟进",
    CloseReason.CUSTOMER_LEFT: "客户离开",
    CloseReason.DUPLICATE: "重复会话",
    CloseReason.SPAM: "广告或骚扰",
}

ACTIONS = {
    "refund": "退款",
    "resend": "补发",
    "coupon": "送优惠券",
    "approve_return": "同意退货",
    "refuse_return": "拒绝退货",
}
RIGHT_IF_INTACT = "七日无理由退货（按商品完好算）："

ACTION_NOT_ALLOWED = "您的角色没有这个权限，请找主管。"
ACTION_OVER_LIMIT = "超出您的权限（最多 {yuan} 元），请找{who}处理。"
ACTION_NOT_HERS = "这个订单不属于当前客户，或者还没有核实客户身份。"
ACTION_REFUND_LEFT = "这个订单最多还能退 {yuan} 元。"
ACTION_NO_AMOUNT = "请填写金额。"
ACTION_NEEDS_REASON = "请写明理由，客户会看到。"
ACTION_REFUND = "已为您登记退款 {yuan} 元（订单 {number}），{due}前原路退回。"
ACTION_RESEND = "已为您登记补发（订单 {number}），{due}前寄出，寄出后单号会发到这里。"
ACTION_COUPON = "{yuan} 元优惠券已放入您的账户，{month}月{day}日前有效。"
ACTION_APPROVE = "已同意退货（订单 {number}），请在{month}月{day}日前寄回，我们收到后 7 天内退款。"
ACTION_REFUSE = "您的退货申请（订单 {number}）没有通过：{reason}"
COUPON_TITLE = "{yuan} 元售后优惠券"
ROLES = {"lead": "主管", "manager": "经理"}

PROMISES = {
    "refund": "退款",
    "resend": "补发",
    "coupon": "优惠券",
    "return": "退货退款",
    "call_back": "回电或留言回复",
    "reply_by": "限时答复",
    "improvement": "改进",
    "other": "其他",
}
CLOCKS = {
    ClockName.HANDOFF_RESPONSE: "首次响应",
    ClockName.HUMAN_NEXT_RESPONSE: "响应",
}
VISITOR = "访客{tail}"
COURTEOUS = "{family}先生/女士"
TWO_CHARACTER_FAMILIES = re.compile(
    "欧阳|司马|上官|诸葛|皇甫|尉迟|公孙|令狐|慕容|夏侯|端木|司徒|南宫|独孤|东方|百里"
)
CLOSED_IDLE = "长时间没有消息"

TOO_LONG = "这条消息有 {length} 个字，一条最多 2,000 字，请分几条发送。"
EMPTY = "这条消息里没有可以看到的内容。"
TOO_FAST = "发得太快了，请等 {seconds} 秒再发，已写的内容不会丢。"
BAD_BUTTON = "这个按钮已经失效，请直接输入您的问题。"
BAD_ATTACHMENT = "这张图片没有上传成功，请重新选择。"
BAD_FRAME = "页面发来的内容无法识别，请刷新页面。"

CANCELLED = "好的，已退出排队，由智能客服继续为您服务；随时可以再点“转人工”。"
BACK_TO_BOT = "{name}已结束人工服务，接下来由智能客服为您服务；需要人工随时点“转人工”。"
CLOSED = "本次服务已结束。之后有任何问题，直接发消息就可以。"
TAKEN = "人工客服{name}为您服务。"
TAKEN_OVER = "{name}接着为您服务，前面的聊天记录已经看到，您不用再说一遍。"
GIVEN_BACK = "客服暂时没能回复您，已为您换一位客服，您仍在原来的位置。"
REOPENED = "客服{name}重新打开了本次服务。"
UNDONE = "刚才的操作已撤回，{name}继续为您服务。"
UNDONE_TO_QUEUE = "刚才的操作已撤回，您仍在原来的位置排队。"
UNDONE_TO_BOT = "刚才的操作已撤回，由智能客服继续为您服务。"
UNDONE_TO_CLOSED = "刚才的操作已撤回，本次服务已结束。之后有任何问题，直接发消息就可以。"
TRANSFERRED = "已为您转给{name}，前面的聊天记录会一起转过去。"
BOT_DOWN = "智能客服暂时答不上来，您的消息已经收到，现在为您转人工。"
LATE_BOT = "【机器人迟到的回复，客户没有看到】{text}"
STALE_ANSWER = "【未发出：会话已不在您名下】{text}"
RATING = "请为{name}这次的服务打个分。"
RATED = "谢谢您的评价，我们会认真看。"
RATED_LOW = "对不起，这次没有让您满意。我们会在{due}前回复您。"
RATING_FOLLOW_UP = "低分回访：给{name}打了 {score} 分"
RATING_OVER = "这次评价已经结束，谢谢您。"
LEFT_MESSAGE = "留言已收到，客服会在{due}前回复您，回复会显示在这里。"
LEFT_MESSAGE_PHONE = "留言已收到，客服会在{due}前回复您或致电尾号 {tail} 的电话。"

QUEUED_NEXT = "已为您转人工，下一位就是您，{wait}。"
QUEUED_AT = "已为您转人工，您前面还有 {ahead} 位，{wait}。"
QUEUED_NOBODY = (
    "已为您转人工，您排在第 {position} 位。现在没有客服在线，有客服上线会马上接待；您也可以留言。"
)
QUEUED_SHUT = (
    "现在是非人工服务时间，{opens}开始有人工客服，您已排在第 {position} 位；"
    "也可以留言，我们上班后回复。"
)

WAIT_UNKNOWN = "等待时间暂时估不准，您也可以留言"
WAIT_SOON = "预计半分钟内接待"
WAIT_MINUTES = "预计等待约 {minutes} 分钟"
WAIT_HOURS = "预计等待约 {hours} 小时"
WAIT_HOURS_MINUTES = "预计等待约 {hours} 小时 {minutes} 分钟"

REFUSED_NOT_FOUND = "没有找到这个会话。"
REFUSED_NOT_YOURS = "这个会话现在不在您名下。"
REFUSED_STALE = "会话状态刚刚变了，请看一下最新情况再操作。"
REFUSED_NOT_POSSIBLE = "会话现在的状态不能这样操作。"
REFUSED_TOO_LATE = "已经过了可以撤回的时间，或者之后又有了新的变化。"
NO_SUCH_ORDER = "没有这个订单号，请和客户核对。"
OTHERS_ORDER = "订单和这位客户对不上：不是这位客户的订单，或手机尾号不对。"
TOO_MANY_TRIES = "核对错了太多次，请一小时后再试，或请客户登录后再来。"
SHARED_REPLY = "大家共用的快捷回复由组长修改；您可以存一条自己的。"
UNKNOWN_VARIABLES = "这些变量不存在：{names}。"
REFUSED_WORDING = "这句话的措辞有风险，请看提示后再发送。"
REFUSED_NO_AGENT = "没有找到这位客服。"

ALERT_ASSIGNED = "新会话已分配给您"
ALERT_WAITING = "有客户在等人工"
ALERT_GIVEN_BACK = "您没有及时回复，会话已退回排队"
ALERT_PROMISE = "有一个承诺到期"


def queued(
    *,
    position: int,
    wait: timedelta | None,
    opens_at: datetime | None,
    staffed: bool,
    now: datetime,
) -> str:
    """Say where in the line the customer is; `opens_at` is None while the desk is open."""
    if opens_at is not None:
        return QUEUED_SHUT.format(opens=moment(opens_at, now=now), position=position)
    if not staffed:
        return QUEUED_NOBODY.format(position=position)
    if position == 1:
        return QUEUED_NEXT.format(wait=wait_text(wait))
    return QUEUED_AT.format(ahead=position - 1, wait=wait_text(wait))


def wait_text(wait: timedelta | None) -> str:
    """Say an expected wait in rounded-up minutes, or that it is not known."""
    if wait is None:
        return WAIT_UNKNOWN
    if wait <= timedelta(seconds=30):
        return WAIT_SOON
    minutes = -(-wait // timedelta(minutes=1))
    if minutes <= 60:
        return WAIT_MINUTES.format(minutes=minutes)
    quarters = -(-minutes // 15)  # an estimate this long is not known to the minute
    hours, rest = divmod(quarters * 15, 60)
    return (WAIT_HOURS_MINUTES if rest else WAIT_HOURS).format(hours=hours, minutes=rest)


def yuan(fen: int) -> str:
    """Say an amount of fen in yuan: 20, 19.90."""
    return f"{fen // 100}" if fen % 100 == 0 else f"{fen / 100:.2f}"


def moment(at: datetime, *, now: datetime) -> str:
    """Say a time as people do: 今天18:00, 明天9:00, 11月25日（周三）9:00."""
    local, today = at.astimezone(SHANGHAI), now.astimezone(SHANGHAI).date()
    clock = f"{local.hour}:{local.minute:02d}"
    days = (local.date() - today).days
    if days in (0, 1):
        return f"{'明天' if days else '今天'}{clock}"
    weekday = WEEKDAYS[local.weekday()]
    return f"{local.month}月{local.day}日（周{weekday}）{clock}"
