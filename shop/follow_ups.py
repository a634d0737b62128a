"""Short lines that ask on about what was just said: when, why, how far it is, to which account."""

import re

from shop.order_numbers import plain

LONGEST_FOLLOW_UP = 16
"""A longer line says by itself what it is about."""

_WHEN = re.compile(
    r"多久|多长时间|几天|几时|哪一?天|几号|几点|(?:什么|啥|何|多会儿?)时候?|啥时|多会儿|"
    r"(?:今|明|后)天.{0,4}(?:能|会|可以|到|有)"
)
_NOT_YET = re.compile(r"(?:还|仍)(?:是|然)?没(?:有)?(?:到|来|动静|消息)")
_GOODS = re.compile(r"快递|物流|包裹|件|货|单|派|送|发|寄")
LONGEST_BARE = 9
_WHY = re.compile(
    r"为(?:什么|啥|何|毛)|凭(?:什么|啥)|(?:怎么|咋)就?(?:不能|不行|不可以|不给|退不了|换不了)|"
    r"[啥什][么]?原因|[有啥什]么?依据|依据(?:是|呢|在)|哪条规定"
)
_PROGRESS = re.compile(
    r"到(?:哪|什么|啥)一?步|进度|进展|(?:处理|审核|弄|办|搞)[得到的]?(?:怎么样|咋样|如何|哪)|"
    r"(?:处理|审核|弄|办|搞)[好完]了?(?:吗|没|么)|有结果|(?:通过|同意)了?(?:吗|没|么)"
)
_RESULT = re.compile(r"^(?!.*[退换票钱审]).*(?:结果|回复|答复|回音|处理[好完]|弄好|办好)")
_SEND_PHOTO = re.compile(
    r"(?:照片|拍照|图片?|截图|视频).{0,6}(?:怎么|咋|哪里?|如何)(?:发|传|上传)|"
    r"(?:怎么|咋|哪里?|如何)(?:发|传|上传).{0,2}(?:照片|图|视频)"
)
_STILL = re.compile(r"(?:还是|依然|仍然|照样).{0,3}(?:不行|不可以|不能|没用|失败|付不|一样)|没用$")
_NOT_RECEIVED = re.compile(
    r"(?:没有?|未)(?:收|拿|见|看)到(?!.{0,2}(?:短信|通知|电话|退款|发票|券))"
)
_SAID_TO_BE_HERE = re.compile(r"签收|完成|送达|妥投|投递|驿站|快递柜|代收|放门口")
_WHERE = re.compile(r"[到在]哪(?:里|儿|了)?[了呢]?[?？]?$|走到哪|到哪了")
_NOT_SENT = re.compile(r"(?:没有?|未|不)(?:发[货出]|出库|寄出)")
_ACCOUNT = re.compile(r"退[到回](?:哪|谁|什么|我)|原路|(?:支付宝|微信|银行卡|花呗|信用卡|余额)")


def says_not_received(text: str) -> bool:
    """Say whether goods did not come that are said to be delivered: 显示签收了我没收到."""
    said = plain(text)
    return bool(_NOT_RECEIVED.search(said) and _SAID_TO_BE_HERE.search(said))


def says_not_sent(text: str) -> bool:
    """Say whether somebody says that an order has not left the shop yet: 还没发货能退吗."""
    return _NOT_SENT.search(plain(text)) is not None


def asks_when(text: str) -> bool:
    """Say whether a line asks for a day or an hour: 那多久到, 到底哪天."""
    return _WHEN.search(plain(text)) is not None


def asks_bare_when(text: str) -> bool:
    """Say whether a short line asks when without saying of what: 那多久到, 怎么还没到."""
    said = plain(text)
    asks = _WHEN.search(said) or _NOT_YET.search(said)
    return asks is not None and len(said) <= LONGEST_BARE and _GOODS.search(said) is None


def asks_where(text: str) -> bool:
    """Say whether a line asks how far goods have come: 台灯到哪了."""
    return _WHERE.search(plain(text)) is not None


def asks_why(text: str) -> bool:
    """Say whether a short line asks for the reason of what was said: 为啥不行, 凭什么."""
    return len(text) <= LONGEST_FOLLOW_UP and _WHY.search(plain(text)) is not None


def asks_for_result(text: str) -> bool:
    """Say whether a short line asks when there is an answer: 多久有结果, 什么时候给我回复."""
    said = plain(text)
    return (
        len(text) <= LONGEST_FOLLOW_UP
        and _RESULT.search(said) is not None
        and _WHEN.search(said) is not None
    )


def asks_how_to_send_photo(text: str) -> bool:
    """Say whether a line asks how a picture is sent: 照片怎么发."""
    return _SEND_PHOTO.search(plain(text)) is not None


def says_still_fails(text: str) -> bool:
    """Say whether a short line says that the advice did not help: 还是不行."""
    return len(text) <= LONGEST_FOLLOW_UP and _STILL.search(plain(text)) is not None


def asks_how_far(text: str) -> bool:
    """Say whether a line asks how far a request has got: 换货到哪一步了, 审核好了吗."""
    return _PROGRESS.search(plain(text)) is not None


def asks_which_account(text: str) -> bool:
    """Say whether a short line asks where money goes back to: 支付宝还是银行卡."""
    return len(text) <= LONGEST_FOLLOW_UP and _ACCOUNT.search(plain(text)) is not None
