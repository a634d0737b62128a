"""Reads why somebody wants to give goods back, and in what state they are, from plain words.

Only what is said outright counts; whatever is unclear is asked for.
"""

import re

from shop.order_numbers import plain
from shop.returns.case import Condition, Reason

# The first pattern that is found decides, so the graver and the more definite stand first.
_REASONS: tuple[tuple[Reason, re.Pattern[str]], ...] = (
    (Reason.FAKE, re.compile(r"假货|假的|仿[冒的]|山寨|不是正品|非正品|冒牌|高仿")),
    (
        Reason.MISSING,
        re.compile(
            r"少[发寄装]|漏[发寄装]|少了|缺[了少件]|没有?[发装给]全|只[收发]到|数量不[对够]"
        ),
    ),
    (
        Reason.WRONG_ITEM,
        re.compile(
            r"[发寄送]错|错发|货不对|不是我[买要拍订]的|[买拍要订][的了].{0,12}(?:发|寄|送|给|收到|来)(?:了|的|我)?(?:是|个|成)|"
            r"(?:颜色|款式|型号|尺码|码数|口味)(?:发|寄|送|给)?(?:得|的)?(?:错|不对)"
        ),
    ),
    (
        Reason.QUALITY,
        re.compile(
            r"质量|坏[了的掉]?|破[了的损洞]?|裂|断了|碎|漏[水电气液]|掉色|褪色|起球|开线|脱线|脱胶|开胶|变形|异味|臭|发霉|变质|"
            r"瑕疵|故障|失灵|没反应|不工作|充不进|开不了机|不亮|不响|不制冷|不加热|用不了|不能用|损坏|脏[的了]|污渍|划痕|生锈|卡顿|卡键|过敏"
        ),
    ),
    (
        Reason.NOT_AS_DESCRIBED,
        re.compile(
            r"描述不[符一]|与?图片?(?:不符|不一样|差|不像)|色差|实物.{0,6}(?:不符|不一样|差)|和(?:页面|详情|宣传|介绍|图)|材质不[对符]|货不对板|虚假"
        ),
    ),
    (
        Reason.SIZE,
        re.compile(
            r"尺[码寸]|[大小][了码]|[大小][一1两2]?[号码]|偏[大小]|(?:太|有点|有些|略)[大小长短紧松肥瘦宽窄]|"
            r"穿不[上下进]|[紧松肥瘦长短挤]了|挤脚|勒|不合[身适脚]|码数|号不合"
        ),
    ),
    (
        Reason.NO_REASON,
        re.compile(
            r"不喜欢|不想要|不要了|不需要|用不[上着到]|买错|拍错|拍多|买多|买重|重复|后悔|七天无理由|7天无理由|无理由|"
            r"不好看|不合适|不满意|没用|其他原因|别的原因|没有?(?:什么)?原因|不为什么|家人不|老公|老婆|孩子不|个人原因|闲置|用不着"
        ),
    ),
)
_CONDITIONS: tuple[tuple[Condition, re.Pattern[str]], ...] = (
    (Condition.STAINED, re.compile(r"污渍|弄脏|脏了|染|沾|洒|油渍|划[痕伤花]|磕|摔")),
    (
        Condition.USED_TRACES,
        re.compile(
            r"(?<![没未试])(?<!没有)(?:用过|使用过|穿过|穿了|用了|洗过|下水|戴过|吃过|喝过|吃了|骑过)"
        ),
    ),
    (Condition.ACTIVATED, re.compile(r"(?<![没未])(?<!没有)(?:激活|配对|绑定|注册过|登录过)")),
    (
        Condition.INNER_SEAL_BROKEN,
        re.compile(
            r"(?:内|里面|里层|密封|封口|膜|塑封|封条|真空|锡纸).{0,5}(?:拆|打开|开了|撕|破|剪)|(?:拆|撕|剪)了.{0,5}(?:密封|封口|塑封|膜)"
        ),
    ),
    (
        Condition.TAG_CUT,
        re.compile(
            r"(?:吊牌|标签|标|水洗标).{0,4}(?:剪|拆|掉|撕|摘|扔|没了)|(?:剪|拆|撕|摘)了?(?:吊牌|标)"
        ),
    ),
    (
        Condition.OPENED_TO_INSPECT,
        re.compile(r"拆[开了过封]|打开(?:看|过|了)?|试[穿戴了过]|看了看|开箱|查看"),
    ),
    (
        Condition.INTACT,
        re.compile(
            r"完好|没[拆动开用穿]|没有[拆动开用穿]|未[拆动开用穿]|全新|原样|原封|原包装|都在|齐全|没问题|好好的"
        ),
    ),
)
_NOT = re.compile(r"(?:没有?|未|不)(?:曾|再)?(?=(?:拆|剪|用|穿|洗|激活|开|动|戴|弄|试|吃|喝|打开))")

_SENT_BACK = re.compile(
    r"(?:已经?|都|刚|我)?(?:寄|退|发)(?:回去?|出去?)?了.{0,8}(?:单号|运单|快递)|(?:已经?|刚|昨天|今天)(?:寄|退)(?:回|出|走)|"
    r"(?:退货|寄回|回寄)的?(?:快递|物流|运)?单号"
)
_SENT = re.compile(r"(?:寄|发|退)(?:回去?|出去?|走)?了")
_WAYBILL = re.compile(r"[A-Za-z]{0,4}\d{10,16}")
_ASKING = re.compile(r"[吗么没]|多少|什么|怎么|哪|[?？]")
_WITHDRAWN = re.compile(
    r"不(?:想|用|要)?[退换]了|(?:撤销|撤回|取消)(?:掉)?.{0,4}(?:退货|退款|换货|售后|申请)|(?:退货|换货|售后|申请).{0,4}(?:撤销|撤回|取消)"
)
_TELLS = re.compile(
    r"(?:^|[\s,，])(?:那|就|我要|给我|帮我)+(?:把.{1,8})?退(?!换?[货款]?(?:的|流程|政策|规则)).{0,6}(?:吧|了|掉)"
)
_INSTEAD = re.compile(r"^(?:那|算了)?[,，\s]*(?:还是|改成|改为|直接|干脆)(?:给我)?[退换]")
_EXCHANGES = re.compile(
    r"换(?:个|一|成|货|码|大|小|颜色|款|新)|(?:能|可以|想|要)换(?!句|个说法|人)"
)
_RETURNS = re.compile(r"(?<!不)退(?:货|款|了吧|吧|掉)|(?:还是|直接|改成|改|要|想)退")
_WHERE = re.compile(r"(?:退货|寄回|回寄|收货)?地址|寄(?:到|去|给|往)?(?:哪|谁)|往哪")
_NO_PHOTO = re.compile(
    r"跳过|(?:没|不|无)(?:有|用|想|方便|会)?.{0,3}(?:照片|图|拍|传)|先不|^没有?了?$"
)


def declines_photo(text: str) -> bool:
    """Say whether somebody who was asked for a photo goes on without one."""
    return _NO_PHOTO.search(plain(text)) is not None


def asks_where_to_send(text: str) -> bool:
    """Say whether somebody asks where returned goods go: 寄到哪里, 退货地址."""
    return _WHERE.search(plain(text)) is not None


def says_sent_back(text: str) -> bool:
    """Say whether somebody says that the goods are on their way back: 寄了 SF12..., 已寄回."""
    said = plain(text)
    told = _SENT_BACK.search(said) or (_SENT.search(said) and _WAYBILL.search(said))
    return told is not None and _ASKING.search(said) is None


def says_withdrawn(text: str) -> bool:
    """Say whether somebody takes back a return or an exchange: 不退了, 取消退货申请."""
    return _WITHDRAWN.search(plain(text)) is not None


def tells_to_return(text: str) -> bool:
    """Say whether a line asks nothing and tells to take goods back: 那退拖把吧."""
    said = plain(text)
    return _TELLS.search(said) is not None and _ASKING.search(said) is None


def says_instead(text: str) -> bool:
    """Say whether somebody would rather have the one than the other: 还是退款吧, 改成换货."""
    return _INSTEAD.search(plain(text)) is not None


def read_kind(text: str) -> str | None:
    """Return "exchange" or "return" where a line clearly wants the one and not the other."""
    said = plain(text)
    wants = {"exchange": _EXCHANGES.search(said), "return": _RETURNS.search(said)}
    named = [kind for kind, found in wants.items() if found]
    return named[0] if len(named) == 1 else None


def read_reason(text: str) -> Reason | None:
    """Return the reason for a return that the text names, None if it names none."""
    said = plain(text)
    return next((reason for reason, pattern in _REASONS if pattern.search(said)), None)


def read_condition(text: str) -> Condition | None:
    """Return the state of the goods that the text names, the worst of several; None if none."""
    said = plain(text)
    denied = bool(_NOT.search(said))
    kept = _NOT.sub("\0", said)
    # What stands behind a "not" did not happen: 没剪吊牌 is intact.
    affirmed = re.sub(r"\0[^，,。;；\s但]*", " ", kept)
    for condition, pattern in _CONDITIONS[:-1]:
        if pattern.search(affirmed):
            return condition
    return Condition.INTACT if denied or _CONDITIONS[-1][1].search(said) else None
