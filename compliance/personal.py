"""Personal data that a public text would give away: who somebody is, where, how to reach them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import phonenumbers

from compliance.normal import CJK, NormalText
from compliance.policy import WordingPolicy
from compliance.verdict import Finding, Severity

_RULE = "personal_data"
_NUMERAL = "0-9〇零一二两三四五六七八九壹贰叁肆伍陆柒捌玖幺"
_DIGITS = str.maketrans("〇零一壹幺二两贰三叁四肆五伍六陆七柒八捌九玖", "0011122233445566778899")
_ROAD = (
    "[一二三四五六七八九十]区|路|街|巷|弄|大道|村|小区|花园|苑|公寓|大厦|家园|府|庭"
    "|新城|社区|广场|胡同"
)
_ADMIN = "省|自治区|市|区|县|州|镇|乡|街道"
_PROVINCES = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"

_MOBILE = re.compile(rf"(?<![\da-z])(?:\+?86[-\s]?)?([1一壹幺](?:[-\s]?[{_NUMERAL}]){{10}})(?!\d)")
_LANDLINE = re.compile(r"(?<!\d)0\d{2,3}[-\s]?\d{7,8}(?!\d)")
_NUMBER = re.compile(r"(?<![a-z\d.])([a-z]{0,4})(\d(?:[-\s]?\d){7,24}x?)(?![a-z\d])")
_ORDER_LABEL = re.compile(r"(?:订单|单号|运单|物流|快递|流水号?)(?:编?号)?(?:码)?(?:是|为|:|\s)*$")
_CARD_LABEL = re.compile(r"(?:卡号|银行卡|账号|帐号)(?:是|为|:|\s)*$")
_ID_LABEL = re.compile(r"(?:身份证|护照|驾驶证|社保卡?|医保卡?)(?:号码?)?(?:是|为|:|\s)*$")
_EMAIL = re.compile(r"[a-z0-9._%+-]+@[a-z0-9-]+(?:\.[a-z0-9-]+)+")
_PLATE = re.compile(rf"[{_PROVINCES}][a-z][·\s]?([a-z\d]{{5,6}})(?![a-z\d])")
_ADDRESS = re.compile(
    rf"(?:[{CJK}]{{1,8}}?(?:{_ADMIN}))*[{CJK}]{{1,8}}?(?:{_ROAD})[东西南北中]?(?:第?\d+期)?"
    rf"\d+[a-z]?(?:-\d+)*(?:号楼?|弄|栋|幢|座|单元|室|#|楼)"
    rf"(?:[{CJK}]{{0,6}}?[a-z]?\d+[a-z]?(?:-\d+)*(?:号楼?|弄|栋|幢|座|单元|室|楼|层|户|库)?)*"
)
_ADDRESS_LEAD = re.compile(
    r"^.*?(?:寄往|寄到|寄至|送到|送往|送至|派送到|收货地址是?|地址是?|住在?|改成|改为|前往|发往|发到|按照?|(?<!周)到|您在|您|在|是|为)"
    rf"(?=[{CJK}]{{2}})"
)
_TITLE = "女士|先生|小姐|太太|夫人|老师|同学"


@dataclass(frozen=True)
class PersonalData:
    """Finds personal data in public texts, with the exceptions of one policy."""

    source: str
    severity: Severity
    own_contact: re.Pattern[str]
    own_address: re.Pattern[str]
    product_code: re.Pattern[str]
    not_name: re.Pattern[str]
    surname: re.Pattern[str]
    titled: re.Pattern[str]
    labelled: re.Pattern[str]
    greeted: re.Pattern[str]

    def find(self, text: NormalText) -> Iterator[Finding]:
        """Yield one finding for each datum; data inside a longer datum are not reported twice."""
        taken: list[tuple[int, int]] = []
        for start, end, rewrite in self._data(text.text):
            if any(start < last and first < end for first, last in taken):
                continue
            taken.append((start, end))
            first, last = text.original_span(start, end)
            yield Finding(_RULE, self.source, first, last, self.severity, rewrite)

    def _data(self, text: str) -> Iterator[tuple[int, int, str]]:
        if re.search(rf"[{_NUMERAL}]{{2}}|\d", text):
            yield from self._emails(text)
            yield from self._addresses(text)
            yield from self._phones(text)
            yield from self._numbers(text)
            yield from _plates(text)
        elif "@" in text:
            yield from self._emails(text)
        yield from self._names(text)

    def _emails(self, text: str) -> Iterator[tuple[int, int, str]]:
        for match in _EMAIL.finditer(text):
            if not self.own_contact.search(text, 0, match.start()):
                yield *match.span(), "（地址略）"

    def _phones(self, text: str) -> Iterator[tuple[int, int, str]]:
        for match in _MOBILE.finditer(text):
            digits = re.sub(r"\D", "", match[1].translate(_DIGITS))
            mobile = len(digits) == 11 and digits[1] in "3456789"
            if mobile and not self._is_ours(text, match.start()):
                yield *match.span(), f"尾号{digits[-4:]}"
        for match in _LANDLINE.finditer(text):
            number = phonenumbers.parse(match[0], "CN")
            if phonenumbers.is_valid_number(number) and not self._is_ours(text, match.start()):
                yield *match.span(), f"尾号{match[0][-4:]}"

    def _is_ours(self, text: str, start: int) -> bool:
        before = text[:start]
        return bool(self.own_contact.search(before) or self.product_code.search(before))

    def _numbers(self, text: str) -> Iterator[tuple[int, int, str]]:
        for match in _NUMBER.finditer(text):
            before = text[: match.start()]
            digits = re.sub(r"[-\s]", "", match[2])
            if self.product_code.search(before + match[1]) or self.own_contact.search(before):
                continue
            if _ID_LABEL.search(before) or is_identity_card(digits):
                yield *match.span(), "（号码略）"
            elif _is_traceable(before, match[1], digits):
                yield *match.span(), f"尾号{digits[-4:]}"

    def _addresses(self, text: str) -> Iterator[tuple[int, int, str]]:
        for match in _ADDRESS.finditer(text):
            lead = _ADDRESS_LEAD.match(match[0])
            start = match.start() + (lead.end() if lead else 0)
            if not self.own_address.search(text[:start]):
                yield start, match.end(), "您的收货地址"

    def _names(self, text: str) -> Iterator[tuple[int, int, str]]:
        for match in self.titled.finditer(text):
            if self._is_name(match["name"]):
                surname = self.surname.match(match["name"])
                first = surname[0] if surname else match["name"][0]
                yield match.start("name"), match.end("title"), first + match["title"]
        for match in self.labelled.finditer(text):
            if self._is_name(match["name"]):
                yield *match.span("name"), "本人"
        greeting = self.greeted.match(text)
        for group in ("name", "common"):
            if greeting and greeting[group] and self._is_name(greeting[group]):
                yield *greeting.span(group), "您"

    def _is_name(self, name: str) -> bool:
        return not self.not_name.match(name) and not re.search(
            "女士|先生|小姐|[的了是在您你我他她们这那不很都也就还要会能可有没请把被又再及或从么吗吧呢啊哦]",
            name,
        )


def build_personal_data(policy: WordingPolicy) -> PersonalData:
    """Compile the finder of a policy."""
    rule, entry = policy.rules[_RULE], policy.personal
    name = rf"(?P<name>(?:{entry.surnames})[{CJK}]{{1,2}})"
    common = rf"(?P<common>{entry.common_surnames}[{CJK}]{{1,2}})"
    return PersonalData(
        source=rule.source,
        severity=rule.severity,
        own_contact=re.compile(entry.own_contact),
        own_address=re.compile(entry.own_address),
        product_code=re.compile(entry.product_code),
        not_name=re.compile(entry.not_names),
        surname=re.compile(entry.surnames),
        titled=re.compile(
            rf"(?:(?<![{CJK}])|(?<=[的谢歉请给为向和跟与对让帮系由致好是叫名到把替代户客家员主人们烦]))"
            rf"{name}(?P<title>{_TITLE})"
        ),
        labelled=re.compile(
            rf"(?:收件人|收货人|联系人|姓名|机主|户主|持卡人)(?:是|为|叫|:|\s)*{name}"
            rf"(?=[^{CJK}]|$|的|您|女士|先生)"
        ),
        greeted=re.compile(
            rf"(?:尊敬的|亲爱的|感谢|谢谢|亲|,|\s)*(?:{name}(?=(?:顾客|客户|买家)?,?(?:您好|你好))"
            rf"|{common}(?=,(?:您|麻烦|请|感谢|谢谢|很?抱歉|对不起)))"
        ),
    )


def is_identity_card(digits: str) -> bool:
    """Whether 18 characters are a resident identity number (checksum of GB 11643-1999)."""
    if not re.fullmatch(r"[1-9]\d{16}[\dx]", digits):
        return False
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    total = sum(int(digit) * weight for digit, weight in zip(digits[:17], weights, strict=True))
    return "10x98765432"[total % 11] == digits[17]


def _is_traceable(before: str, prefix: str, digits: str) -> bool:
    """An order, parcel or card number: by its label, its courier prefix, or sheer length."""
    labelled = _ORDER_LABEL.search(before) or _CARD_LABEL.search(before)
    long_enough = len(digits) >= (10 if prefix else 12) and len(set(digits)) > 2
    return bool(labelled) or long_enough


def _plates(text: str) -> Iterator[tuple[int, int, str]]:
    for match in _PLATE.finditer(text):
        if sum(character.isdigit() for character in match[1]) >= max(3, len(match[1]) - 2):
            yield *match.span(), "（车牌略）"
