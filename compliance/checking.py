"""The check itself: one text in, its verdict out."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from compliance.labels import Labels, build_labels
from compliance.normal import Normaliser, build_normaliser
from compliance.patterns import Pattern, build_patterns, find_breaches
from compliance.personal import PersonalData, build_personal_data
from compliance.policy import WordingPolicy, load_wording
from compliance.verdict import Channel, Finding, Severity, Verdict


@dataclass(frozen=True)
class Checker:
    """One wording policy, compiled; `check` may be called from any thread."""

    normaliser: Normaliser
    patterns: tuple[Pattern, ...]
    personal: PersonalData
    labels: Labels

    def check(
        self,
        text: str,
        *,
        channel: Channel | str,
        public: bool | None = None,
        generated: bool = False,
    ) -> Verdict:
        """Check one outgoing text.

        `public`: anybody may read it; unless told otherwise, review replies are public and the
        other channels are not. `generated`: a language model wrote it. Raises ValueError for an
        unknown channel.
        """
        channel = Channel(channel)  # its name compares equal, but is not the same object
        normal = self.normaliser.normal(text)
        findings = list(find_breaches(normal, self.patterns, channel=channel))
        if public or (public is None and channel is Channel.REVIEW_REPLY):
            findings += self.personal.find(normal)
        findings += self.labels.find(normal, channel=channel, generated=generated, length=len(text))
        return Verdict(_merged(findings))


def check(
    text: str,
    *,
    channel: Channel | str = Channel.CHAT,
    public: bool | None = None,
    generated: bool = False,
    policy: WordingPolicy | None = None,
) -> Verdict:
    """Check `text` by `policy`, or by the wording policy of data/policies.

    Raises ValueError for an unknown channel, PolicyError where the policy file is unusable.
    """
    checker = get_checker() if policy is None else build_checker(policy)
    return checker.check(text, channel=Channel(channel), public=public, generated=generated)


@cache
def get_checker() -> Checker:
    """The checker of the shipped policy, compiled once."""
    return build_checker(load_wording())


def build_checker(policy: WordingPolicy) -> Checker:
    """Compile a policy; takes some tenths of a second, so keep the result."""
    return Checker(
        build_normaliser(policy),
        build_patterns(policy),
        build_personal_data(policy),
        build_labels(policy),
    )


def rewritten(text: str, verdict: Verdict) -> str:
    """Apply every rewrite of `verdict`; overlapping findings are replaced as one, by the first."""
    for start, end, rewrite in reversed(_regions(verdict.findings)):
        text = text[:start] + rewrite + text[end:]
    return text


def _regions(findings: Iterable[Finding]) -> list[tuple[int, int, str]]:
    regions: list[tuple[int, int, str]] = []
    for finding in sorted(findings, key=lambda f: (f.start, -f.end)):
        if regions and finding.start < regions[-1][1]:
            start, end, rewrite = regions[-1]
            regions[-1] = (start, max(end, finding.end), rewrite)
        else:
            regions.append((finding.start, finding.end, finding.rewrite))
    return regions


def _merged(findings: list[Finding]) -> tuple[Finding, ...]:
    """Sort by place; of overlapping findings of one rule keep the widest, at its worst."""
    kept: list[Finding] = []
    for finding in sorted(findings, key=lambda f: (f.rule, f.start, -f.end)):
        last = kept[-1] if kept else None
        if last is None or last.rule != finding.rule or finding.start >= max(last.end, 1):
            kept.append(finding)
        elif finding.severity is Severity.BLOCK and last.severity is Severity.WARN:
            kept[-1] = Finding(
                last.rule,
                last.source,
                last.start,
                max(last.end, finding.end),
                finding.severity,
                last.rewrite,
            )
    return tuple(sorted(kept, key=lambda f: (f.start, f.end, f.rule)))
