"""Who gets a parcel and where: reading what a customer typed, and changing it on the order."""

import re
from dataclasses import dataclass
from enum import StrEnum

from shop.order_numbers import plain
from shop.orders import OrderStatus
from shop.tables import DbOrder

LONGEST_ADDRESS = 120
LONGEST_NAME = 20
_PHONE = re.compile(r"(?<!\d)(?:\+?86[- ]?)?(1[3-9]\d[- ]?\d{4}[- ]?\d{4})(?!\d)")
_PLACE = re.compile(
    r"[\u4e00-\u9fff]{2,}(?:省|市|区|县|旗|镇|乡|村|路|街|道|巷|弄|里|苑|园|城|号楼|小区|大厦|公寓|广场)"
)
_PROVINCE = re.compile(
    r"(?:北京|上海|天津|重庆|河北|山西|辽宁|吉林|黑龙江|江苏|浙江|安徽|福建|江西|山东|河南|湖北|湖南|广东|海南|四川|贵州|"
    r"云南|陕西|甘肃|青海|台湾|内蒙古|广西|西藏|宁夏|新疆|香港|澳门)(?:省|市|.{0,6}自治区|特别行政区)?(?=.*(?:市|区|县|路|街))"
)
_AROUND = re.compile(r"[\s,，。;；]*(?:电话|手机号?|联系方式)(?:也|改成|改为|是|为)*[：:\s]*$")
_DETAIL = re.compile(r"\d|号|栋|幢|楼|室|组|单元")
_LEAD = re.compile(
    r"^.*(?:改成|改为|改到|换成|换到|寄到|送到|发到|地址是|新地址|地址为|收货地址|叫|姓名|收件人)[是为：:\s,，]*"
)
_CALLED = re.compile(
    r"(?:收[件货]人|姓名|名字|联系人)[也都就]?(?:改成|改为|换成|换为|写|是|叫|为)*[：:\s]*([\u4e00-\u9fff·]{2,8}?)"
    r"(?=$|[\s,，。.、;；吧了啊]|电话|手机|地址|\d)"
)
_NAME = re.compile(r"[\u4e00-\u9fff]{2,4}|[\u4e00-\u9fff]{1,8}·[\u4e00-\u9fff]{1,8}")
_SURNAMES = frozenset(
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许邓韩冯曹彭曾肖田董潘袁蔡蒋余于杜叶程魏苏吕丁任卢"
    "姚沈钟姜崔谭陆范汪廖石金韦贾夏付方邹熊白孟秦邱侯江尹薛闫段雷龙黎史陶贺毛郝顾龚邵万覃武钱戴严莫孔向"
    "常汤温康施文牛樊葛邢安齐易乔伍庞颜倪庄聂章鲁岳翟申欧耿关兰焦俞左柳甘祝包宁尚符舒阮柯纪梅童凌毕单季"
    "裴霍涂成苗谷盛曲翁冉骆蓝路游辛靳管柴蒙鲍华喻祁房滕屈饶解牟艾尤时穆农司卓古吉缪简车项连芦麦褚娄窦戚"
    "岑党宫费卜冷晏席卫米柏宗瞿桂全佟应臧闵苟邬边卞姬仇栾隋桑沙占封敖占上官诸葛"
)


class Part(StrEnum):
    """What of the receiver changes."""

    ADDRESS = "address"
    PHONE = "phone"
    RECIPIENT = "recipient"


class Changeability(StrEnum):
    """What can be done about the receiver of an order."""

    AT_ONCE = "at_once"
    BY_REQUEST = "by_request"
    ON_THE_WAY = "on_the_way"
    TOO_LATE = "too_late"


@dataclass(frozen=True)
class Receiver:
    """A receiver as far as one is masked: good enough to recognise one's own."""

    name: str
    phone: str
    address: str


def changeability(order: DbOrder) -> Changeability:
    """Return what can be done about the receiver now."""
    match OrderStatus(order.status):
        case OrderStatus.UNPAID | OrderStatus.PAID:
            return Changeability.AT_ONCE
        case OrderStatus.PICKING:
            return Changeability.BY_REQUEST
        case OrderStatus.SHIPPED:
            return Changeability.ON_THE_WAY
        case _:
            return Changeability.TOO_LATE


def read_part(text: str, part: Part) -> str | None:
    """Return the address, phone number or name in what somebody typed; None if there is none."""
    match part:
        case Part.PHONE:
            return find_phone(text)
        case Part.ADDRESS:
            return find_address(text)
        case Part.RECIPIENT:
            return find_name(text)


def find_phone(text: str) -> str | None:
    """Return the eleven digits of a mainland mobile number, None if there is none."""
    match = _PHONE.search(plain(text))
    return re.sub(r"\D", "", match[1]) if match else None


def find_address(text: str) -> str | None:
    """Return an address that a parcel could be sent to: a named place and a detail within it."""
    without_phone = _PHONE.sub("", plain(text))
    without_name = _CALLED.sub("", without_phone)
    bare = _AROUND.sub("", _LEAD.sub("", without_name)).strip(" ,，。.、;；:：\n")
    province = _PROVINCE.search(bare)
    bare = bare[province.start() :] if province else bare
    found = _PLACE.search(bare) and _DETAIL.search(bare) and len(bare) >= 6
    return bare[:LONGEST_ADDRESS] if found else None


def find_name(text: str) -> str | None:
    """Return a personal name that stands by itself or after words such as 收件人改成."""
    named = _CALLED.search(plain(text))
    bare = named[1] if named else _LEAD.sub("", plain(text)).strip(" ,，。.、吧")
    return bare if _NAME.fullmatch(bare) and (bare[0] in _SURNAMES or "·" in bare) else None


def says_recipient(text: str) -> bool:
    """Say whether a text calls something the receiver's name: 收件人也改成王五."""
    return _CALLED.search(plain(text)) is not None


def change_receiver(order: DbOrder, part: Part, value: str) -> None:
    """Write the new value to the order; it is sealed where it is stored."""
    match part:
        case Part.ADDRESS:
            order.receiver_address = value
        case Part.PHONE:
            order.receiver_phone = value
        case Part.RECIPIENT:
            order.receiver = value


def masked(value: str, part: Part) -> str:
    """Return the value as it may be shown again: enough to recognise, not enough to use."""
    match part:
        case Part.PHONE:
            return f"{value[:3]}****{value[-4:]}"
        case Part.RECIPIENT:
            return f"{value[:1]}{'*' * (len(value) - 1)}"
        case Part.ADDRESS:
            shown = max(6, len(value) // 2)
            return f"{value[:shown]}****"
