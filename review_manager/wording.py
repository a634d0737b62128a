"""Every Chinese sentence that the review manager says to the shop's own people."""

import re
from datetime import datetime
from zoneinfo import ZoneInfo

CHINA = ZoneInfo("Asia/Shanghai")

PLATFORMS = {
    "house": "自有商城",
    "taobao": "淘宝",
    "tmall": "天猫",
    "jd": "京东",
    "pdd": "拼多多",
    "douyin": "抖店",
    "kuaishou": "快手",
}

FIELDS = {
    "text": "评价内容",
    "stars": "评分",
    "review_id": "评价编号",
    "platform": "平台",
    "posted_at": "评价时间",
    "order_number": "订单号",
    "sku": "商品编码",
    "product_name": "商品名称",
    "nickname": "昵称",
    "images": "图片",
    "follow_up": "追评",
    "follow_up_at": "追评时间",
    "first_review_id": "首评编号",
    "reply": "商家回复",
    "replied_at": "回复时间",
}

# --- a file that cannot be read at all -----------------------------------------------------------

NO_FILE = "找不到文件：{path}"
EMPTY_FILE = "文件是空的，没有可导入的内容"
HEADER_ONLY = "文件只有表头，没有内容"
NOT_TEXT = "这不是文本表格：请用 CSV、TSV、XLSX 或 JSONL"
WRONG_ENCODING = (
    "看不懂文件的编码：既不是 UTF-8 也不是 GB18030（第 {at} 字节处出错），请另存为 UTF-8 的 CSV"
)
BROKEN_WORKBOOK = "表格文件打不开：{reason}；请用 Excel 或 WPS 另存为 XLSX 或 CSV"
WORKBOOK_TOO_BIG = "表格展开后有 {size} MB，超过上限 {limit} MB，请另存为 CSV 后导入"
NO_TEXT_COLUMN = "没有找到评价内容列。文件里的列：{columns}。请指定哪一列是评价内容"
UNKNOWN_COLUMN = "文件里没有“{column}”这一列，现有：{columns}"
UNKNOWN_FIELD = "没有“{field}”这个字段，可用：{fields}"
UNKNOWN_PLATFORM = "没有“{platform}”这个平台，可用：{platforms}"
PAUSED = "导入被人暂停了，已读 {rows} 行；再导入同一个文件会从这里继续"
BUSY = "这个文件正在导入中（{by}，{at} 开始），请等它结束"
SAME_FILE = "这个文件在 {at} 已经导入过，没有新内容"

# --- a row that cannot be taken -------------------------------------------------------------------

ROW_NOT_JSON = "这一行不是 JSON 对象"
ROW_TOO_WIDE = "这一行有 {found} 列，表头只有 {expected} 列，可能是内容里有没加引号的逗号"
ROW_UNCLOSED = "引号没有闭合，或单元格超过 {limit} 字"
ROW_EMPTY_REVIEW = "没有评价内容，也没有评分"
ROW_TEXT_TOO_LONG = "评价有 {length} 字，超过上限 {limit} 字"
ROW_ID_SCIENTIFIC = (
    "{field}“{value}”被表格软件改成了科学计数法，末几位已经丢失；请把该列设为文本后重新导出"
)
ROW_ID_ROUNDED = (
    "{field}“{value}”被存成了数字，超过 15 位的部分已经丢失；请把该列设为文本后重新导出"
)
ROW_ID_TOO_LONG = "{field}超过 {limit} 个字符"
ROW_BAD_STARS = "评分“{value}”看不懂，应为 1 到 5，或好评、中评、差评"
ROW_BAD_DATE = "{field}“{value}”看不懂，应如 2026-11-20 12:30"
ROW_FUTURE_DATE = "{field}“{value}”在未来"
ROW_OLD_DATE = "{field}“{value}”太早，可能是格式错了"
ROW_BAD_PLATFORM = "平台“{value}”不认识，应为：{platforms}"
ROW_NO_FIRST_REVIEW = "追评对应的首评“{value}”还没有导入"
ROW_FOLLOW_UP_EARLY = "追评时间早于首评时间"

# --- what the page and the commands say -----------------------------------------------------------

NO_LONGER_OPEN = "这条评价已经由{by}处理过了（{state}），页面已更新"
NOT_THE_ONE_YOU_SAW = "这条评价刚被改动过，请看过新内容再决定"
NEEDS_LEAD = "涉及安全或投诉威胁的回复要由组长批准"
NEEDS_APPROVER = "补偿超出您的权限，要由{role}批准"
BLOCKED = "回复里有不能发布的内容：{rules}"
TOO_LONG = "{platform}的回复最多 {limit} 字，现在 {length} 字"
EMPTY_REPLY = "回复是空的"
WINDOW_CLOSED = "{platform}已经不能回复这条评价了（{reason}）"
WINDOW_PASSED = "超过 {days} 天"
WINDOW_FOLLOWED_UP = "买家已追评"
NOTHING_TO_UNDO = "已经发布的回复不能撤回"
BEING_SENT = "正在发往平台，还没收到回音，暂时不能撤回；若最后没有发成，会停下来等您处理"
SEND_WINDOW = "没有发送：{reason}"
NO_DRAFT = "没有能自动写好的草稿，请人工撰写"
HAS_FINDINGS = "草稿有检查提示，要逐条看过"
UNKNOWN_PRODUCT = "未知商品"

EXPORT_HEADERS = (
    *("平台", "评价编号", "订单号", "商品编码", "昵称"),
    *("评分", "评价内容", "评价时间", "回复内容"),
)

ASPECTS = {
    "quality": "质量",
    "effect": "效果",
    "authenticity": "真伪",
    "description": "描述不符",
    "size_fit": "尺码",
    "freshness_taste": "新鲜口味",
    "packaging": "包装",
    "logistics": "物流",
    "wrong_missing": "错发漏发",
    "service": "客服",
    "after_sales": "售后",
    "installation": "安装",
    "price": "价格",
}
SENTIMENTS = {"negative": "负面", "mixed": "有褒有贬", "positive": "正面"}
FLAGS = {
    "safety": "安全",
    "threat": "要投诉",
    "hidden_bad": "高星差评",
    "misclick": "疑似误点",
    "followed_up": "有追评",
}
LIST_SHEET = "评价"
LIST_HEADERS = (
    *("编号", "平台", "评价编号", "订单号", "商品编码", "商品", "星级", "评价", "评价时间", "情感"),
    *("抱怨", "标记", "状态", "应回复时间", "回复时间", "回复或草稿"),
)
INSIGHT_SHEETS = {"product": "商品", "supplier": "供应商", "carrier": "快递"}
INSIGHT_HEADERS = (
    *("编码", "名称", "供应商", "评价数", "差评数", "差评率"),
    *("平均星级", "成交件", "退换件", "退货率"),
)

INSIGHT_SHARES = (5, 9)
"""Columns of INSIGHT_HEADERS that hold a share."""

COUPON_WORD = "券"
RESEND_WORDS = ("补发", "补寄", "重发")

# A reply may say that something will be mended; that it is mended, only numbers may say.
CLAIMS_OF_SUCCESS = re.compile(
    r"(?:已经?|早已|现已)(?:全部|彻底|完全)?(?:改进|改善|优化|解决|升级|修复|杜绝|整改)(?:完成|完毕|好|了)?"
    r"|不会再(?:有|出现|发生)|再也不会"
)
CLAIM_SOURCE = "反不正当竞争法 §9；本店规则：改进效果以差评率前后对比为准"
CLAIM_REWRITE = "正在改进，结果以后续评价为准"

NO_INVITATION_DUE = "现在没有可以发的邀请"
INVITED_LATER = "{count} 单已排好，免打扰时段过后再来导出"
NOT_INVITED = {
    "no_consent": "{count} 单的买家没有同意接收",
    "not_signed": "{count} 单还没签收",
    "too_early": "{count} 单刚签收不久",
    "too_late": "{count} 单签收太久了",
    "in_dispute": "{count} 单有纠纷未了",
    "given_back": "{count} 单退了货",
    "asked_lately": "{count} 单的买家最近邀请过",
    "reviewed_already": "{count} 单已经评价过",
}
INVITATION_HEADERS = ("订单号", "顾客", "邀请内容")

STATES = {
    "new": "待分析",
    "quiet": "无需回复",
    "open": "待回复",
    "approved": "待发布",
    "failed": "没有发成",
    "published": "已回复",
    "history": "历史",
    "dismissed": "不回复",
}

ROLES = {"agent": "客服", "lead": "组长", "manager": "经理"}


# --- suspected malicious reviews ------------------------------------------------------------------

OUTCOMES = {"suspected": "疑似恶意评价", "not_enough": "证据不足"}
SIGNALS = {
    "extortion": "评价以差评相要挟索要钱物：“{text}”",
    "elsewhere": "评价把读者引向站外或其他店铺：“{text}”",
    "alike": "另有多个账号发表了几乎相同的文字（{reviews}）",
    "burst": "{hours:g} 小时内集中出现 {count} 条差评，平时同样时长约 {usual} 条",
    "refunds": "该买家近 {days} 天内有 {refunds} 次仅退款",
}
APPEAL = {
    "suspected": (
        "关于{platform}评价 {review_id} 的申诉\n\n"
        "我店于 {posted} 收到上述评价，全文如下：\n{text}\n\n"
        "我店认为该评价疑似恶意评价，理由：\n{reasons}\n\n"
        "依据：《反不正当竞争法》第九条、第十二条、第十三条（不得滥用平台规则实施虚假评价、恶意交易），"
        "《电子商务法》第三十九条，《网络交易监督管理办法》第十四条。"
        "请平台核实账号与交易情况，依规则处理。我店不要求平台隐匿真实消费者的评价。\n\n"
        "附：带哈希链的评价快照、经过记录、订单记录。整理时间：{today}。\n"
    ),
    "not_enough": (
        "关于{platform}评价 {review_id}\n\n"
        "评价发表于 {posted}，全文：\n{text}\n\n"
        "现有记录不足以认定为恶意评价（证据不足）。已有的线索：\n{reasons}\n\n"
        "不建议申诉；请按普通差评在 24 小时内答复。《电子商务法》第三十九条：不得删除消费者的评价。"
        "整理时间：{today}。\n"
    ),
}
PACK_README = (
    "这个压缩包是一条评价的证据。\n\n"
    "核对方法一：kefu reviews verify 文件名.zip\n"
    "核对方法二（不需要本软件）：\n"
    "1. manifest.json 的 files 列出每个文件的 SHA-256，可用 sha256sum 逐个核对；\n"
    "2. snapshots.jsonl 每行是一个快照。它的 hash 等于\n"
    "   SHA-256(JSON 数组 [number, at, content, previous_hash])，\n"
    "   写法：键排序、不转义中文、无空格、UTF-8；\n"
    "   第一行的 previous_hash 是 64 个 0，之后每行等于上一行的 hash；\n"
    "3. 最后一行的 hash 等于 manifest.json 的 head。店铺的审计日志在打包时记下了同一个 head。\n"
)
PACK_NO_ARCHIVE = "不是能打开的 ZIP 文件：{reason}"
PACK_TOO_BIG = "压缩包展开后太大，不是这里打的包"
PACK_UNREADABLE = "缺少或读不懂：{part}"
PACK_STRANGE_FILE = "文件清单与内容不符：{name}"
PACK_CHANGED_FILE = "文件被改动过：{name}"
PACK_BROKEN_LINK = "第 {number} 个快照被改动过，或哈希链断了"
PACK_WRONG_HEAD = "最后一个快照与清单记下的不是同一个"


def shop_time(at: datetime) -> str:
    """Write an instant as the shop's people read it: 11月22日 18:00."""
    local = at.astimezone(CHINA)
    return f"{local.month}月{local.day}日 {local:%H:%M}"
