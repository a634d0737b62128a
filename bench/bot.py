"""`kefu bench bot`: turns a second through the REST channel, beside stock Rasa, in one run.

Both are Rasa servers in processes of their own, trained on the same sentences, domain and rules.
Stock is the pipeline that `rasa init` recommends (DIETClassifier, TEDPolicy) with jieba's tokens,
Rasa's own endpoint and channel settings, and the SDK's own server for the actions; ours is what
`kefu up` starts. They are driven in turns by the same number of senders, each waiting for its
answer before it says its next line, and hear the same lines in the same order:

- plain: greetings and thanks that both answer with a fixed sentence, each never said before
- repeated: the same, but every second one is of the training data, whose vectors kefu keeps, as
  customers say the same things again and again
- action: questions, each never said before, answered by an action from the demo shop's database

A greeting that a bot takes for something else calls an action: that turn is none "without an
action". So plain and repeated lines are said to both bots first, and those that either answers in
another way are left out, for both; then both start anew and have heard none of them.
"""

import asyncio
import itertools
import tempfile
import uuid
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from time import perf_counter
from typing import Any

from aiohttp import ClientSession, ClientTimeout, TCPConnector

from bench.bot_choice import Choice, choose, is_fixed
from bench.bot_lines import action_lines, new_lines, repeated_lines
from bench.bot_models import Trained, kefu_model, stock_model
from bench.bot_servers import RunningBot, running_bots, say
from kefu.bot_model import ROOT

ROUNDS = 6
LINES_A_CONVERSATION = 5
WARM_UP = 10
LINES_A_SECOND = 60
"""How many lines are tried as plain ones for each second: each takes either bot a turn before."""

NLU = ROOT / "data" / "nlu"
CUSTOMERS = [f"C{number:04d}" for number in range(1, 9)]
"""Of the demo shop; a plain line comes from a guest."""

PLAIN, REPEATED, ACTION = "plain", "repeated", "action"
KINDS = {PLAIN: new_lines, REPEATED: repeated_lines, ACTION: action_lines}


@dataclass(frozen=True)
class Speed:
    """Turns a second and latencies in milliseconds.

    cpu_ms: processor time a turn of Rasa and its actions, which a busy machine changes least
    as_meant: share of the turns answered by a fixed sentence, or not; what was said before in a
        conversation may change how a line is read
    """

    turns: int
    per_second: float
    p50_ms: float
    p95_ms: float
    cpu_ms: float
    as_meant: float
    unanswered: int


@dataclass(frozen=True)
class Result:
    """What `kefu bench bot --json` prints; memory is that of each Rasa process and its actions.

    turns_ratio_plain, turns_ratio_action: no line was ever said before
    p95_ms, p95_ms_stock: over plain turns and turns with an action
    lines_tried: greetings and thanks said to both first; lines_dropped, lines_dropped_stock: those
        that the bot answered by an action, which were said to neither
    """

    turns_ratio_plain: float
    turns_ratio_repeated: float
    turns_ratio_action: float
    p95_ms: float
    p95_ms_stock: float
    rss_mb: float
    rss_mb_stock: float
    rss_actions_mb: float
    rss_actions_mb_stock: float
    training_seconds: float
    training_seconds_stock: float
    stock_epochs: int
    lines_tried: int
    lines_dropped: int
    lines_dropped_stock: int
    senders: int
    kefu: dict[str, Speed]
    stock: dict[str, Speed]


@dataclass
class _Heard:
    """What came back in one kind of turns of one bot."""

    latencies: list[float] = field(default_factory=list)
    seconds: float = 0.0
    cpu_seconds: float = 0.0
    as_meant: int = 0
    unanswered: int = 0


def run(
    *, senders: int, seconds: float, stock_epochs: int, tell: Callable[[str], None]
) -> dict[str, Any]:
    """Train what is not trained, start both bots, measure; return what `--json` prints.

    seconds: how long each bot is driven with each kind of turns, over all rounds
    """
    kefu, stock = kefu_model(tell), stock_model(tell, epochs=stock_epochs)
    with tempfile.TemporaryDirectory(prefix="kefu-bench-") as folder:
        measuring = _measure(Path(folder), kefu, stock, senders=senders, seconds=seconds, tell=tell)
        figures = asyncio.run(measuring)
    return {**asdict(figures), "stock_epochs": stock_epochs}


async def _measure(
    folder: Path,
    kefu: Trained,
    stock: Trained,
    *,
    senders: int,
    seconds: float,
    tell: Callable[[str], None],
) -> Result:
    said = {kind: lines(NLU) for kind, lines in KINDS.items()}
    for kind in (PLAIN, REPEATED):
        said[kind] = said[kind][: int(seconds * LINES_A_SECOND)]
    choice = await _choice(_new(folder / "choosing"), kefu, stock, said, tell)
    for kind in (PLAIN, REPEATED):
        said[kind] = [line for line in said[kind] if line in choice.kept]
    tell("starting both bots and their actions")
    async with running_bots(_new(folder / "driving"), kefu.model, stock.model) as (ours, theirs):
        driver = _Driver(said, senders)
        for kind, bot in itertools.product(KINDS, (ours, theirs)):
            await driver.warm_up(bot, kind)
        for number in range(ROUNDS):
            for kind in KINDS:
                # Who comes first changes, so that a machine that slows down favours neither.
                for bot in (ours, theirs) if number % 2 else (theirs, ours):
                    tell(f"round {number + 1} of {ROUNDS}: {kind} turns, {bot.name}")
                    await driver.drive(bot, kind, seconds / ROUNDS)
        memory = [bot.memory_mb for bot in (ours, theirs)]
        actions = [bot.actions_memory_mb for bot in (ours, theirs)]
    speeds = {bot.name: {k: driver.speed(bot, k) for k in KINDS} for bot in (ours, theirs)}
    mine, its = speeds[ours.name], speeds[theirs.name]
    return Result(
        turns_ratio_plain=round(mine[PLAIN].per_second / its[PLAIN].per_second, 2),
        turns_ratio_repeated=round(mine[REPEATED].per_second / its[REPEATED].per_second, 2),
        turns_ratio_action=round(mine[ACTION].per_second / its[ACTION].per_second, 2),
        p95_ms=driver.p95_ms(ours),
        p95_ms_stock=driver.p95_ms(theirs),
        rss_mb=memory[0],
        rss_mb_stock=memory[1],
        rss_actions_mb=actions[0],
        rss_actions_mb_stock=actions[1],
        training_seconds=kefu.seconds,
        training_seconds_stock=stock.seconds,
        stock_epochs=0,
        lines_tried=choice.asked,
        lines_dropped=choice.dropped[ours.name],
        lines_dropped_stock=choice.dropped[theirs.name],
        senders=senders,
        kefu=mine,
        stock=its,
    )


async def _choice(
    folder: Path,
    kefu: Trained,
    stock: Trained,
    said: dict[str, list[str]],
    tell: Callable[[str], None],
) -> Choice:
    tell("starting both bots to choose lines that are plain for both")
    async with running_bots(folder, kefu.model, stock.model) as bots:
        return await choose(bots, said[PLAIN] + said[REPEATED], tell)


class _Driver:
    """The customers: so many senders, each with one conversation after the other."""

    def __init__(self, said: dict[str, list[str]], senders: int) -> None:
        self._senders = senders
        # Each bot hears the same lines, from the first; none that is new comes twice.
        self._lines: dict[str, dict[str, Iterator[str]]] = defaultdict(
            lambda: {kind: iter(lines) for kind, lines in said.items()}
        )
        self._round = {kind: (len(lines) - WARM_UP) // ROUNDS for kind, lines in said.items()}
        self._heard: dict[tuple[str, str], _Heard] = defaultdict(_Heard)

    async def warm_up(self, bot: RunningBot, kind: str) -> None:
        """Say a few lines that are not measured."""
        async with _client() as http:
            for line in itertools.islice(self._lines[bot.name][kind], WARM_UP):
                await say(http, bot, uuid.uuid4().hex, line, customer=_who(kind, 0))

    async def drive(self, bot: RunningBot, kind: str, seconds: float) -> None:
        """Let all senders talk for so long, or until the lines of a round have been said.

        What is under way at the end is still heard.
        """
        heard = self._heard[bot.name, kind]
        lines = itertools.islice(self._lines[bot.name][kind], self._round[kind])
        began, cpu_before = perf_counter(), bot.cpu_seconds

        async def talk(http: ClientSession, number: int) -> None:
            for conversation in itertools.count():
                sender = uuid.uuid4().hex
                customer = _who(kind, number + conversation)
                for _ in range(LINES_A_CONVERSATION):
                    said_at = perf_counter()
                    line = next(lines, None) if said_at - began < seconds else None
                    if line is None:
                        return
                    replies = await say(http, bot, sender, line, customer=customer)
                    heard.latencies.append(perf_counter() - said_at)
                    heard.unanswered += not replies
                    heard.as_meant += bool(replies) and is_fixed(replies) == (kind != ACTION)

        async with _client() as http:
            await asyncio.gather(*(talk(http, number) for number in range(self._senders)))
        heard.seconds += perf_counter() - began
        heard.cpu_seconds += bot.cpu_seconds - cpu_before

    def speed(self, bot: RunningBot, kind: str) -> Speed:
        """Return how fast the bot was with this kind of turns, over all rounds."""
        heard = self._heard[bot.name, kind]
        return Speed(
            turns=len(heard.latencies),
            per_second=round(len(heard.latencies) / heard.seconds, 1),
            p50_ms=_percentile(heard.latencies, 0.5),
            p95_ms=_percentile(heard.latencies, 0.95),
            cpu_ms=round(heard.cpu_seconds / len(heard.latencies) * 1000, 1),
            as_meant=round(heard.as_meant / len(heard.latencies), 2),
            unanswered=heard.unanswered,
        )

    def p95_ms(self, bot: RunningBot) -> float:
        """Return the latency that 95 of 100 plain turns and turns with an action do not exceed."""
        turns = [took for kind in (PLAIN, ACTION) for took in self._heard[bot.name, kind].latencies]
        return _percentile(turns, 0.95)


def table(figures: dict[str, Any]) -> str:
    """Return the figures as a text table."""
    lines = [f"{'':<18}{'kefu':>12}{'stock':>12}{'ratio':>8}"]
    for kind in KINDS:
        mine, its = figures["kefu"][kind], figures["stock"][kind]
        ratio = figures[f"turns_ratio_{kind}"]
        lines.append(_row(f"{kind} turns/s", mine["per_second"], its["per_second"], ratio))
        others = ("p50_ms", "p95_ms", "cpu_ms", "as_meant", "unanswered")
        lines += [_row(f"{kind} {name}", mine[name], its[name]) for name in others]
    for name in ("p95_ms", "rss_mb", "rss_actions_mb", "training_seconds"):
        lines.append(_row(name.replace("training_seconds", "training s"), *_pair(figures, name)))
    lines.append(
        f"of {figures['lines_tried']} greetings and thanks kefu answered {figures['lines_dropped']}"
        f" by an action, stock {figures['lines_dropped_stock']}: said to neither"
    )
    lines.append(f"{figures['senders']} senders at once; stock's classifier was trained for")
    lines.append(
        f"{figures['stock_epochs']} epochs of 100, which changes its reading, not its speed"
    )
    return "\n".join(lines)


def _pair(figures: dict[str, Any], name: str) -> tuple[float, float]:
    return figures[name], figures[f"{name}_stock"]


def _row(name: str, mine: float, its: float, ratio: float | None = None) -> str:
    return f"{name:<18}{mine:>12}{its:>12}" + (f"{ratio:>8}" if ratio is not None else "")


def _who(kind: str, number: int) -> str:
    return CUSTOMERS[number % len(CUSTOMERS)] if kind == ACTION else ""


def _new(folder: Path) -> Path:
    folder.mkdir()
    return folder


def _percentile(seconds: Sequence[float], share: float) -> float:
    ordered = sorted(seconds)
    return round(ordered[min(int(len(ordered) * share), len(ordered) - 1)] * 1000, 1)


def _client() -> ClientSession:
    return ClientSession(connector=TCPConnector(limit=0), timeout=ClientTimeout(total=120))
