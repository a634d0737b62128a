"""Takes personal data out of what leaves for the model: each datum becomes a placeholder."""

import re
from collections.abc import Iterable

from compliance import Channel, get_checker

_NUMBER = r"\d(?:[-\s·.]?\d){4,}[xX]?"
_HANDLE = r"(?<=微信|薇信|[vV][xX]|QQ|qq|扣扣)(?:号码?)?[是为：:\s]*[A-Za-z0-9][\w-]{4,}"
_ADDRESS = (
    r"[\u4e00-\u9fff]{2,20}(?:路|街|巷|弄|道|村|区|苑|园|里|坊|庭|公寓|大厦|广场)[东西南北中]?"
    r"\d+[号弄幢栋座室#-][\d号弄幢栋座单元室楼层户A-Za-z#-]*"
)
_PLAIN = re.compile(
    rf"(?:https?://|www\.)[^\s，。！？；、]+|[\w.+-]+@[\w-]+(?:\.[\w-]+)+"
    rf"|{_HANDLE}|{_ADDRESS}|{_NUMBER}",
    re.ASCII,
)
_SHORTEST_NAME = 2


def hidden(text: str, *, slot: str, known: Iterable[str] = ()) -> str:
    """Return the text without personal data; they are numbered placeholders of the name `slot`.

    Hidden are the `known` strings of this customer (name, phone, address, order number), whatever
    the wording rules find personal in a public text, and numbers of five digits or more, web and
    mail addresses and chat names. What was hidden is forgotten: nothing of it can come back.
    """
    text = text.replace("⟦", "[").replace("⟧", "]")
    taken: list[tuple[int, int]] = []
    for start, end in sorted(_spans(text, known), key=lambda span: (span[0], -span[1])):
        if taken and start < taken[-1][1]:
            taken[-1] = (taken[-1][0], max(end, taken[-1][1]))
        else:
            taken.append((start, end))
    for number in range(len(taken), 0, -1):
        start, end = taken[number - 1]
        text = f"{text[:start]}⟦{slot}{number}⟧{text[end:]}"
    return text


def _spans(text: str, known: Iterable[str]) -> Iterable[tuple[int, int]]:
    for datum in known:
        if len(datum.strip()) >= _SHORTEST_NAME:
            for match in re.finditer(re.escape(datum.strip()), text, re.IGNORECASE):
                yield match.span()
    verdict = get_checker().check(text, channel=Channel.REVIEW_REPLY, public=True)
    for finding in verdict.findings:
        if finding.rule == "personal_data":
            yield finding.start, finding.end
    for match in _PLAIN.finditer(_narrow(text)):
        yield match.span()


def _narrow(text: str) -> str:
    """Full-width digits and letters as plain ones, character for character."""
    return text.translate({code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)})
