"""The normal form of a text: disguises undone, every character still knowing where it came from."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import opencc
from pypinyin import lazy_pinyin
from pypinyin.pinyin_dict import pinyin_dict

from compliance.policy import SoundEntry, WordingPolicy

CJK = "\u4e00-\u9fff"
_SEPARATORS = r"[\s·•・.*_~|/\\^`'\"“”‘’「」『』【】\[\]<>(){}《》〈〉«»\-—#&=°]"
_WEAK = re.compile(
    rf"(?<=[{CJK}])(?:(?!\n){_SEPARATORS})+(?=[{CJK}a-z\d+%])"
    rf"|(?<=[a-z\d+%])(?:(?!\n){_SEPARATORS})+(?=[{CJK}])"
    rf"|(?<=(?<![a-z])[a-z]){_SEPARATORS}+(?=[a-z](?![a-z]))"
    r"|(?<=[+:])\s+"
    rf"|(?<![微威薇徽葳崴维v])♥+(?=[{CJK}])"
)
_SIMPLIFY = opencc.OpenCC("t2s")
_PLAIN = re.compile(rf"[{CJK}a-z0-9,。、!?;:\n]*")


@dataclass(frozen=True)
class NormalText:
    """A normalised text; character i covers [starts[i], ends[i]) of the original."""

    text: str
    starts: Sequence[int]
    ends: Sequence[int]

    def original_span(self, start: int, end: int) -> tuple[int, int]:
        """The original characters behind [start, end) of the normal form (not empty)."""
        return self.starts[start], max(self.ends[start:end])

    def replaced(self, pattern: re.Pattern[str], word: str) -> "NormalText":
        """Put `word` where `pattern` matches; its characters stand for all that they replace."""
        parts: list[str] = []
        starts: list[int] = []
        ends: list[int] = []
        done = 0
        for match in pattern.finditer(self.text):
            if match.start() == match.end() or match.start() < done:
                continue
            parts += [self.text[done : match.start()], word]
            starts += [*self.starts[done : match.start()]]
            ends += [*self.ends[done : match.start()]]
            first, last = self.original_span(*match.span())
            starts += [first] * len(word)
            ends += [last] * len(word)
            done = match.end()
        if not done:
            return self
        parts.append(self.text[done:])
        return NormalText(
            "".join(parts), [*starts, *self.starts[done:]], [*ends, *self.ends[done:]]
        )


@dataclass(frozen=True)
class Normaliser:
    """Undoes the disguises that one wording policy knows."""

    characters: dict[str, str]
    spellings: tuple[tuple[re.Pattern[str], str, bool], ...]

    def normal(self, text: str) -> NormalText:
        """Fold `text`: widths, case, traditional characters, separators, spellings."""
        folded = _without_separators(self._folded(text))
        has_latin = re.search("[a-z]", folded.text) is not None
        for pattern, word, needs_latin in self.spellings:
            if has_latin or not needs_latin:
                folded = folded.replaced(pattern, word)
        return folded

    def _folded(self, text: str) -> NormalText:
        if _PLAIN.fullmatch(text):
            return NormalText(_simplified(text), range(len(text)), range(1, len(text) + 1))
        characters: list[str] = []
        origins: list[int] = []
        for position, character in enumerate(text):
            folded = self._character(character)
            characters.append(folded)
            origins += [position] * len(folded)
        return NormalText(
            _simplified("".join(characters)), origins, [origin + 1 for origin in origins]
        )

    def _character(self, character: str) -> str:
        if "\u4e00" <= character <= "\u9fff":
            return self.characters.get(character, character)
        if character in self.characters:
            return self.characters[character]
        if character.isascii():
            return character.lower()
        return _unusual(character)


def _unusual(character: str) -> str:
    """Fold a character beyond ASCII and plain Chinese: width, circled digits, emoji, invisibles."""
    if character in "…⋯":
        return "。"
    folded = unicodedata.normalize("NFKC", character).lower()
    category = unicodedata.category(character)
    if category in {"Cf", "Mn", "Me", "Cc", "Co", "Cn"} and character != "\n":
        return ""
    if folded == character and category == "No":
        return str(unicodedata.digit(character, ""))
    if folded == character and category in {"So", "Sk"}:
        return " "
    return re.sub(r"[()\s]", "", folded) if len(folded) > 1 else folded


def _simplified(text: str) -> str:
    """Traditional to simplified, character for character (the offsets must not move)."""
    whole = str(_SIMPLIFY.convert(text))
    if len(whole) == len(text):
        return whole
    return "".join(str(_SIMPLIFY.convert(character))[:1] for character in text)


def _without_separators(text: NormalText) -> NormalText:
    kept = [True] * len(text.text)
    for match in _WEAK.finditer(text.text):
        kept[match.start() : match.end()] = [False] * (match.end() - match.start())
    if all(kept):
        return text
    places = [place for place, keep in enumerate(kept) if keep]
    return NormalText(
        "".join(text.text[place] for place in places),
        [text.starts[place] for place in places],
        [text.ends[place] for place in places],
    )


def build_normaliser(policy: WordingPolicy) -> Normaliser:
    """Compile the spellings and the sound-alikes of a policy."""
    spelled = [(entry.disguise, entry.to) for entry in policy.spellings]
    sounds = [(_sound_pattern(entry), entry.word) for entry in policy.sounds_like]
    pinyin = [(_pinyin_pattern(word), word, True) for word in policy.pinyin]
    known = [(pattern, word, _needs_latin(pattern)) for pattern, word in spelled]
    return Normaliser(
        dict(policy.characters),
        tuple(
            (re.compile(pattern), word, needs_latin)
            for pattern, word, needs_latin in (
                *known,
                *pinyin,
                *((pattern, word, False) for pattern, word in sounds),
            )
        ),
    )


def _needs_latin(pattern: str) -> bool:
    """Whether every alternative of the pattern spells a Latin letter outside look-arounds."""
    bare = re.sub(r"\(\?[<=!]+(?:[^()]|\([^()]*\))*\)|\[[^\]]*\]|\\[a-z]|\?:", "", pattern)
    return all(re.search("[a-z]", part) for part in bare.split("|"))


def _pinyin_pattern(word: str) -> str:
    """`word` with at least one of its characters spelled in Pinyin."""
    syllables = zip(word, lazy_pinyin(word), strict=True)
    spelled = r"\s?".join(f"(?:{character}|{syllable})" for character, syllable in syllables)
    return rf"(?<![a-z])(?!{word}){spelled}(?![a-z])"


def _sound_pattern(entry: SoundEntry) -> str:
    """`word` with the character at `at` replaced by any other of the same sound."""
    syllables, characters = _sounds()
    alike: set[str] = set()
    for syllable in syllables[entry.word[entry.at]]:
        alike |= characters[syllable]
    alike.discard(entry.word[entry.at])
    before, after = entry.word[: entry.at], entry.word[entry.at + 1 :]
    return f"(?!{entry.exception}){before}[{''.join(sorted(alike))}]{after}"


@cache
def _sounds() -> tuple[dict[str, set[str]], dict[str, set[str]]]:
    """The toneless syllables of each character, and the characters of each syllable."""
    syllables: dict[str, set[str]] = {}
    characters: dict[str, set[str]] = {}
    for code, readings in pinyin_dict.items():
        if not 0x4E00 <= code <= 0x9FFF:
            continue
        for reading in readings.split(","):
            plain = unicodedata.normalize("NFD", reading)
            plain = "".join(letter for letter in plain if unicodedata.category(letter) != "Mn")
            syllables.setdefault(chr(code), set()).add(plain)
            characters.setdefault(plain, set()).add(chr(code))
    return syllables, characters
