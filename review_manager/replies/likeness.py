"""How alike two replies read: shared character n-grams."""

_SIZE = 3


def ngrams(text: str) -> frozenset[str]:
    """The character trigrams of a text without spaces and punctuation."""
    letters = "".join(character for character in text if character.isalnum())
    if len(letters) < _SIZE:
        return frozenset({letters} if letters else ())
    return frozenset(letters[start : start + _SIZE] for start in range(len(letters) - _SIZE + 1))


def likeness(first: frozenset[str], second: frozenset[str]) -> float:
    """Jaccard index of two n-gram sets, 0 (nothing shared) to 1 (the same)."""
    if not first or not second:
        return 0.0
    shared = len(first & second)
    return shared / (len(first) + len(second) - shared)


def nearest(text: frozenset[str], others: list[frozenset[str]]) -> float:
    """The likeness of `text` to the most similar of `others`, 0 where there are none."""
    return max((likeness(text, other) for other in others), default=0.0)
