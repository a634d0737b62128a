"""Pattern rules: a forbidden phrase counts only in a context that does not make it lawful."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from compliance.normal import NormalText
from compliance.policy import PatternEntry, RuleEntry, WordingPolicy, expand
from compliance.verdict import Channel, Finding, Severity

_SENTENCE_END = re.compile(r"[。!?;\n]")
_CLAUSE_END = re.compile(r"[,。!?;:\n]")
_NUMERALS = {character: value for value, character in enumerate("零一二三四五六七八九")} | {"两": 2}
_UNITS = {"十": 10, "百": 100, "千": 1000, "万": 10000}


@dataclass(frozen=True)
class Pattern:
    """One compiled pattern with the exceptions of its rule merged in."""

    rule: str
    source: str
    severity: Severity
    rewrite: str
    whole_clause: bool
    find: re.Pattern[str]
    unless_before: re.Pattern[str] | None
    unless_after: re.Pattern[str] | None
    unless_in: re.Pattern[str] | None
    unless_text: re.Pattern[str] | None
    channels: frozenset[Channel] | None
    above_yuan: int | None


def build_patterns(policy: WordingPolicy) -> tuple[Pattern, ...]:
    """Compile the pattern rules of a policy, in the order of the file."""
    return tuple(
        _pattern(policy, name, rule, entry)
        for name, rule in policy.rules.items()
        for entry in rule.patterns
    )


def _pattern(policy: WordingPolicy, name: str, rule: RuleEntry, entry: PatternEntry) -> Pattern:
    shared_before = () if entry.ignore_before else rule.unless_before
    return Pattern(
        rule=name,
        source=rule.source,
        severity=entry.severity or rule.severity,
        rewrite=rule.rewrite if entry.rewrite is None else entry.rewrite,
        whole_clause=(entry.span or rule.span) == "clause",
        find=re.compile(expand(policy, entry.find)),
        unless_before=_any_of(policy, shared_before + entry.unless_before),
        unless_after=_any_of(policy, rule.unless_after + entry.unless_after),
        unless_in=_any_of(policy, rule.unless_in + entry.unless_in),
        unless_text=_any_of(policy, rule.unless_text + entry.unless_text),
        channels=entry.channels,
        above_yuan=entry.above_yuan,
    )


def _any_of(policy: WordingPolicy, exceptions: tuple[str, ...]) -> re.Pattern[str] | None:
    if not exceptions:
        return None
    patterns = [expand(policy, policy.contexts.get(name, name)) for name in exceptions]
    return re.compile("|".join(f"(?:{pattern})" for pattern in patterns))


def find_breaches(
    text: NormalText, patterns: tuple[Pattern, ...], *, channel: Channel
) -> Iterator[Finding]:
    """Yield a finding for each match that no exception excuses; they may overlap."""
    for pattern in patterns:
        if pattern.channels is not None and channel not in pattern.channels:
            continue
        for match in pattern.find.finditer(text.text):
            if match.start() < match.end() and not _is_excused(pattern, match, text.text):
                start, end = text.original_span(*_reported(pattern, match, text.text))
                yield Finding(
                    pattern.rule, pattern.source, start, end, pattern.severity, pattern.rewrite
                )


def _is_excused(pattern: Pattern, match: re.Match[str], text: str) -> bool:
    if pattern.above_yuan is not None and _yuan(match["yuan"]) <= pattern.above_yuan:
        return True
    start, end = _around(_SENTENCE_END, text, match.start(), match.end())
    clause, _ = _around(_CLAUSE_END, text, match.start(), match.end())
    asked = (
        (pattern.unless_before, text[clause : match.start()]),
        (pattern.unless_after, text[match.end() : end]),
        (pattern.unless_in, text[start:end]),
        (pattern.unless_text, text),
    )
    return any(exception is not None and exception.search(where) for exception, where in asked)


def _reported(pattern: Pattern, match: re.Match[str], text: str) -> tuple[int, int]:
    if not pattern.whole_clause:
        return match.span()
    return _around(_CLAUSE_END, text, match.start(), match.end())


def _around(boundary: re.Pattern[str], text: str, start: int, end: int) -> tuple[int, int]:
    """Widen [start, end) to the boundaries on both sides, boundaries not included."""
    while start > 0 and not boundary.match(text[start - 1]):
        start -= 1
    following = boundary.search(text, end)
    return start, following.start() if following else len(text)


@lru_cache(maxsize=1024)
def _yuan(amount: str) -> int:
    """`5000`, `五千`, `两万` as a number."""
    if amount.isdigit():
        return int(amount)
    total, current = 0, 0
    for character in amount:
        if character in _UNITS:
            total = (
                (total + max(current, 1)) * _UNITS[character]
                if character == "万"
                else (total + max(current, 1) * _UNITS[character])
            )
            current = 0
        else:
            current = _NUMERALS.get(character, 0)
    return total + current
