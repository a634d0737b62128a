"""The labels a text must carry: how to refuse commercial messages, and that a machine wrote it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from compliance.normal import NormalText
from compliance.policy import WordingPolicy, expand
from compliance.verdict import Channel, Finding, Severity

_RULE = "missing_label"


@dataclass(frozen=True)
class Labels:
    """Finds missing labels; the finding is the empty span at the end of the text."""

    source: str
    severity: Severity
    opt_out: re.Pattern[str]
    offer: re.Pattern[str]
    call: re.Pattern[str]
    generated: re.Pattern[str]
    opt_out_line: str
    generated_line: str

    def find(
        self, text: NormalText, *, channel: Channel, generated: bool, length: int
    ) -> Iterator[Finding]:
        """Yield what is missing from a text of `length` original characters.

        - A finished commercial message (marketing, an offer and a call to act on it) needs a way to
          refuse the next one. A bare line of copy is not a message yet and is left alone.
        - A text written by a model needs a visible label; only the caller knows that it was.
        """
        lines = []
        if channel is Channel.MARKETING and self._is_unrefusable(text.text):
            lines.append(self.opt_out_line)
        if generated and not self.generated.search(text.text):
            lines.append(self.generated_line)
        for line in lines:
            yield Finding(_RULE, self.source, length, length, self.severity, line)

    def _is_unrefusable(self, text: str) -> bool:
        message = self.offer.search(text) and self.call.search(text)
        return bool(message) and not self.opt_out.search(text)


def build_labels(policy: WordingPolicy) -> Labels:
    """Compile the label patterns of a policy."""
    rule, entry = policy.rules[_RULE], policy.labels
    return Labels(
        source=rule.source,
        severity=rule.severity,
        opt_out=re.compile(expand(policy, entry.opt_out)),
        offer=re.compile(expand(policy, entry.offer)),
        call=re.compile(expand(policy, entry.call)),
        generated=re.compile(expand(policy, entry.generated)),
        opt_out_line=entry.opt_out_line,
        generated_line=entry.generated_line,
    )
