"""Shows the wording check's verdict the way the console reads it."""

from typing import Any

from compliance import Verdict, rewritten


def verdict_view(text: str, verdict: Verdict) -> dict[str, Any]:
    """Return level, findings with their words in place, and the text as it may be sent."""
    findings = [
        {
            "rule": finding.rule,
            "text": text[finding.start : finding.end],
            "start": finding.start,
            "end": finding.end,
            "level": finding.severity,
            "advice": finding.rewrite,
            "basis": finding.source,
        }
        for finding in verdict.findings
    ]
    lawful = rewritten(text, verdict) if findings else None
    return {"level": verdict.outcome, "findings": findings, "rewrite": lawful}
