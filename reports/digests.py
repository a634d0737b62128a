"""What alarms say to people: the digest of a group chat, and the managers' morning digest."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from reports import wording
from reports.alarm_rules import STEPS, Step
from reports.wording import span_text
from review_manager.wording import PLATFORMS

Payload = dict[str, Any]
MORNING = "morning"


def write_digest(
    payloads: Sequence[Payload], most_lines: int, *, most_bytes: int, url: str, now: datetime
) -> tuple[str, str]:
    """Return title and Markdown of one message for many alarms, the gravest first.

    Alarms that do not fit into `most_bytes` of UTF-8 are counted instead of listed.
    """
    morning = [one["text"] for one in payloads if one.get("step") == MORNING]
    alarms = sorted(
        (one for one in payloads if one.get("step") != MORNING),
        key=lambda one: (-STEPS.index(Step(one["step"])), one["due_at"]),
    )
    parts = list(morning)
    if alarms:
        room = most_bytes - sum(len(part.encode()) + 2 for part in parts)
        parts.append(_alarms(alarms, most_lines, room, url=url, now=now))
    title = wording.MORNING_TITLE if morning and not alarms else _title(alarms)
    return title, "\n\n".join(parts)


def _title(alarms: Sequence[Payload]) -> str:
    counts = Counter(one["step"] for one in alarms)
    said = [f"{wording.STEPS[step]} {counts[step]} 个" for step in reversed(STEPS) if counts[step]]
    return "kefu 提醒：" + "，".join(said)


def _alarms(
    alarms: Sequence[Payload], most_lines: int, room: int, *, url: str, now: datetime
) -> str:
    head = f"### {_title(alarms)}\n\n"
    lines = [f"- {_line(one, url=url, now=now)}" for one in alarms[:most_lines]]
    text = head + _list(lines, len(alarms) - len(lines), url)
    while lines and len(text.encode()) > room:
        lines.pop()
        text = head + _list(lines, len(alarms) - len(lines), url)
    return text


def _list(lines: Sequence[str], others: int, url: str) -> str:
    rest = wording.AND_MORE.format(n=others)
    return "\n".join([*lines, f"- [{rest}]({url}/dashboard)"] if others else lines)


def _line(one: Payload, *, url: str, now: datetime) -> str:
    due = datetime.fromisoformat(one["due_at"])
    left = (due - now).total_seconds()
    when = wording.LEFT if left >= 0 else wording.OVER
    page = "reviews?review=" if one["kind"] == "review" else "console?conversation="
    name = plain(one["title"]) or f"{wording.KINDS[one['kind']]} {one['case'][-4:]}"
    platform = PLATFORMS.get(one.get("platform") or "", "")
    about = " · ".join(part for part in (one["policy_title"], platform) if part)
    step = wording.STEPS[Step(one["step"])]
    said = when.format(time=span_text(abs(left)))
    return f"**{step}** [{name}]({url}/{page}{one['case']}) {about}，{said}"


def plain(text: str) -> str:
    """Keep a product's name from becoming Markdown of its own."""
    return "".join(one for one in text if one not in "[]()*_`#<>|\n\r")


def write_morning(figures: Payload, *, url: str) -> str:
    """Return the managers' morning digest: yesterday's promises, what is late and due."""
    yesterday = figures["date"]
    lines = []
    for clock in figures["clocks"]:
        now_figure = clock["now"]
        if now_figure["n"]:
            goal = clock["goal"]
            mark = "" if goal is None else (" ✓" if now_figure["share"] >= goal else " ✗")
            lines.append(
                f"- {clock['title']}：{now_figure['share']:.1%}（n={now_figure['n']}）{mark}"
            )
    parts = [  # a blank line between: else what follows a list belongs to its last point
        f"### {wording.MORNING_TITLE}（{yesterday}）",
        "\n".join(lines or [f"- {wording.NO_DATA}"]),
        wording.MORNING_NOW.format(late=figures["late"], today=figures["today"]),
        f"[{wording.OPEN_DASHBOARD}]({url}/dashboard)",
    ]
    return "\n\n".join(parts)
