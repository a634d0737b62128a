"""Small words that decide something: a yes hidden in thanks, a wish for no more messages."""

import re

from shop.order_numbers import plain

_AGREES = re.compile(r"^(?:好|行|可以|嗯|要|麻烦|那就|帮我|需要|对|ok)", re.IGNORECASE)
_URGES = re.compile(
    r"催(?!.{0,3}(?:过|了.{0,4}(?:次|遍)))|加急|"
    r"^(?!.*[退换票钱]).*(?:快一?点|抓紧|快些|尽快)(?:发|送|处理)?[吗么不呗吧啊呀了]?[?？]?$"
)
_GOES_ON = re.compile(r"继续|接着|刚才那个|还是(?:退|换|开)")
LONGEST_DECISION = 10
_CONFIRMS = re.compile(
    r"(?:是的?|对|嗯+|好的?|行|可以)?[,，\s]*(?:确认|确定|同意|没错)|"
    r"^(?:是的|对的|好的|可以的?)[吧啊呀]?$"
)
_DECLINES = re.compile(r"先不|暂时不|不用|别|算了|再想想|再看看|不取消|不要取消|不是要")
_TAKES_UP = re.compile(
    r"^(?:好的?|行|嗯|那就?|请|麻烦|帮我|给我)*[,，\s]*(?:帮我|请)?"
    r"(?:登记|核实|处理|拦|查(?:一?下|一?查)|找找|问问|报修|检测|补发|撤销|提交|申请|优先|催|办吧|退吧|换吧)"
)
_OTHER_SUBJECT = re.compile("物流|订单|退款|发票|优惠|进度|保修|运费|余额|积分")
"""What nobody offers to look up: 帮我查下物流 is a question of its own."""

_DROPS = re.compile(
    r"不(?:想|用|要)?(?:退|换|改|开|查|办|弄|申请)(?:货|款|票|地址|发票)?了|取消(?:申请|操作)$"
)
_PERSON = re.compile(
    r"人工|真人|活人|客服|机器人|专员|(?:换|找|叫|转)个?人|"
    r"\b(?:human|agent|operator|representative|real person)\b",
    re.IGNORECASE,
)
_PERSON_ITSELF = re.compile(
    r"人工|真人|活人|专员|经理|主管|店长|领导|老板|负责|电话|[换找叫转接要派].{0,4}(?:人|客服)|"
    r"\b(?:human|agent|operator|representative|real person)\b",
    re.IGNORECASE,
)
_FOREIGN = re.compile(
    r"[A-Za-z]{2,}(?:\W+[A-Za-z]{1,}){1,}\W*|[\u0400-\u04ff\u3040-\u30ff\uac00-\ud7af].*"
)
_NO_MESSAGES = re.compile(
    r"^(?:td|t|退订)$|(?:不要|别|不想|停止|取消|拒绝|关闭).{0,6}(?:发|推|收到?|订阅).{0,8}(?:消息|短信|广告|优惠|营销|推送|祝福|活动)"
    r"|退订|不要再?.{0,3}(?:打扰|推送)",
    re.IGNORECASE,
)


def asks_to_urge(text: str) -> bool:
    """Say whether somebody asks to hurry another: 催一下, 帮我催催快递."""
    return _URGES.search(plain(text)) is not None


def wants_to_go_on(text: str) -> bool:
    """Say whether somebody takes up again what was set aside: 继续, 接着办吧."""
    return _GOES_ON.search(plain(text)) is not None


def decision(text: str) -> bool | None:
    """Return the yes or no that a short text opens with: 确认取消 is yes, 先不取消 is no."""
    said = plain(text).strip()
    if len(said) > LONGEST_DECISION:
        return None
    if _DECLINES.match(said):
        return False
    return True if _CONFIRMS.match(said) else None


def takes_up(text: str) -> bool:
    """Say whether a short line tells to do what was offered: 登记核实, 请快递处理."""
    said = plain(text).strip().replace("快递", "").replace("仓库", "")
    if len(said) > LONGEST_DECISION or _OTHER_SUBJECT.search(said):
        return False
    return _TAKES_UP.search(said) is not None


def drops_it(text: str) -> bool:
    """Say whether somebody gives up what is being taken up: 算了不退了, 不改了, 不办了."""
    return len(text) <= LONGEST_DECISION and _DROPS.search(plain(text)) is not None


def asks_for_person(text: str) -> bool:
    """Say whether the words themselves ask for a person: 转人工, 叫客服来, 别用机器人."""
    return _PERSON.search(plain(text)) is not None


def asks_who_answers(text: str) -> bool:
    """Say whether a line about persons and robots asks for no person: 你是机器人吗, 客服在吗."""
    return _PERSON_ITSELF.search(plain(text)) is None


def is_foreign(text: str) -> bool:
    """Say whether a line is in another language: letters of several words and nothing Chinese."""
    said = plain(text).strip()
    has_chinese = re.search(r"[\u4e00-\u9fff]", said) and not re.search(r"[\u3040-\u30ff]", said)
    return not has_chinese and _FOREIGN.search(said) is not None


def agrees_while_thanking(text: str) -> bool:
    """Say whether thanks begin with a yes: 好的谢谢, 那麻烦了."""
    return _AGREES.match(plain(text).strip()) is not None


def declines_messages(text: str) -> bool:
    """Say whether somebody wants no more commercial messages: 退订, TD, 别再发优惠短信了."""
    return _NO_MESSAGES.search(plain(text).strip()) is not None
