"""A draft with holes: what code has decided is taken out before the model sees it, and put back
into whatever the model writes."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from review_manager.language_model.failure import NoWordingError, Why
from review_manager.language_model.policy import SlotNames

SLOT = re.compile(r"⟦[^⟦⟧]*⟧")
_SENTENCE = re.compile(r"[^。！？]*[。！？]?")
_QUOTED = re.compile(r"“[^“”]*”")
_STOPS = "。！？"
_AFTER_STOP = "。！？，、；：,.;: "


@dataclass(frozen=True)
class Skeleton:
    """A draft whose decided parts are placeholders.

    `fixed` are whole sentences, `inner` words inside a sentence; both map a placeholder to what
    stands there in the end. `own` is what the model may word anew.
    """

    text: str
    fixed: Mapping[str, str]
    inner: Mapping[str, str]

    @property
    def slots(self) -> Mapping[str, str]:
        """Every placeholder with what stands for it."""
        return {**self.fixed, **self.inner}

    @property
    def own(self) -> str:
        """The words between the placeholders."""
        return own_words(self.text)


def make_skeleton(
    draft: str,
    *,
    names: SlotNames,
    keep: Sequence[str],
    commits: str,
    words: Mapping[str, str],
) -> Skeleton:
    """Take out of a draft what the model may not touch.

    `words` maps what stands inside a sentence (a customer's name, the problem as it is named) to
    its kind of placeholder; quotations are taken out as well. A sentence is fixed whole where it
    holds one of `keep` or matches `commits`.
    """
    inner: dict[str, str] = {}
    for word, name in words.items():
        if word and word in draft:
            inner[f"⟦{name}{len(inner) + 1}⟧"] = word
    for quotation in dict.fromkeys(_QUOTED.findall(draft)):
        if quotation not in inner.values():
            inner[f"⟦{names.words}{len(inner) + 1}⟧"] = quotation
    fixed: dict[str, str] = {}
    text = ""
    for sentence in _SENTENCE.findall(draft):
        holed = _holed(sentence, inner, used=text)
        decided = any(word in sentence for word in keep) or re.search(commits, own_words(holed))
        if sentence and decided:
            slot = f"⟦{names.fixed}{len(fixed) + 1}⟧"
            fixed[slot], holed = sentence, slot
        text += holed
    used = {slot: word for slot, word in inner.items() if slot in text}
    return Skeleton(text, fixed, used)


def fill(skeleton: Skeleton, wording: str) -> str:
    """Put the decided parts back; raises NoWordingError unless each placeholder stands once, and
    those of whole sentences stand where a sentence begins."""
    found = SLOT.findall(wording)
    stray = "⟦" in SLOT.sub("", wording) or "⟧" in SLOT.sub("", wording)
    if stray or sorted(found) != sorted(skeleton.slots):
        raise NoWordingError(Why.PLACEHOLDERS, " ".join(found)[:200])
    for slot, sentence in skeleton.fixed.items():
        before, after = wording.split(slot)
        bare = before.rstrip()
        if bare and bare[-1] not in _STOPS and bare[-1] != "⟧":
            raise NoWordingError(Why.PLACEHOLDERS, f"{slot} inside a sentence")
        wording = bare + slot + (after.lstrip(_AFTER_STOP) if sentence[-1] in _STOPS else after)
    for slot, word in skeleton.slots.items():
        wording = wording.replace(slot, word)
    return wording


def own_words(text: str) -> str:
    """What stands between the placeholders, which leave a gap."""
    return SLOT.sub("\u2003", text)


def _holed(sentence: str, inner: Mapping[str, str], *, used: str) -> str:
    """Replace each word once; where it stands a second time it stays as it is."""
    for slot, word in inner.items():
        if slot not in used:
            sentence = sentence.replace(word, slot, 1)
    return sentence
