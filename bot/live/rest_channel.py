"""The REST channel, which also puts the bot's own way of reading and acting in place."""

import gc
from collections.abc import Awaitable, Callable
from typing import Any

from components.embeddings import Embedder
from components.sentence_embedding_featurizer import SentenceEmbeddingFeaturizer
from rasa.core.agent import Agent
from rasa.core.channels.channel import UserMessage
from rasa.core.channels.rest import RestInput
from rasa.core.policies.rule_policy import RulePolicy
from rasa.core.tracker_store import FailSafeTrackerStore
from rasa.engine.runner.dask import DaskGraphRunner
from sanic import Blueprint, Request, Sanic
from sanic.response import HTTPResponse, json

from live.action_endpoint import OpenEndpoint, check_answers_once
from live.conversation_locks import ConversationLocks
from live.planned_runner import PlannedRunner
from live.rules import look_back_no_further
from live.tracker_store import RecentTrackers
from live.vectors_ahead import VectorsAhead

Handler = Callable[[UserMessage], Awaitable[Any]]
COMMAND = "/"


class RestChannel(RestInput):
    """Rasa's REST channel under its own name and address.

    A channel is the place where Rasa lets a project's code into its server: when the server has
    its agent, the agent gets our action endpoint, and the featurizer vectors computed ahead.
    """

    def __init__(self) -> None:
        self._order = ConversationLocks()
        self._ahead: VectorsAhead | None = None

    def blueprint(self, on_new_message: Handler) -> Blueprint:
        """Return Rasa's routes, with what has to happen at the server's start and end."""

        async def hear(message: UserMessage) -> None:
            # What is computed ahead must not let a later line of the customer overtake.
            async with self._order.lock(message.sender_id):
                text = (message.text or "").strip()
                if self._ahead is not None and text and not text.startswith(COMMAND):
                    await self._ahead.prepare(text)
                await on_new_message(message)

        async def read(request: Request) -> HTTPResponse:  # sanic wants to name it: no method
            return await self._read(request)

        routes = super().blueprint(hear)
        routes.add_route(read, "/read", methods=["POST"])
        routes.listener("after_server_start")(self._take_over)
        routes.listener("before_server_stop")(self._let_go)
        return routes

    async def _read(self, request: Request) -> HTTPResponse:
        """Say whether a line should go to a person, and why; nothing is said or remembered."""
        message = (request.json or {}).get("message")
        text = message.strip() if isinstance(message, str) else ""
        if not text or text.startswith(COMMAND):
            return json({"handoff": None})
        if self._ahead is not None:
            await self._ahead.prepare(text)
        agent: Agent = request.app.ctx.agent
        read = await agent.parse_message(text)
        noted = {each["entity"]: each["value"] for each in read.get("entities", [])}
        return json({"handoff": noted.get("handoff")})

    async def _take_over(self, app: Sanic, _loop: Any) -> None:
        agent: Agent = app.ctx.agent
        if agent.processor is None:
            return
        if agent.action_endpoint is not None:
            check_answers_once()
            endpoint = OpenEndpoint.like(agent.action_endpoint)
            agent.action_endpoint = agent.processor.action_endpoint = endpoint
        _shorten_ways(agent)
        for featurizer in SentenceEmbeddingFeaturizer.loaded:
            if featurizer.embedder is not None:
                self._ahead = featurizer.embedder = _ahead_of(featurizer, featurizer.embedder)
        # What was loaded stays: looking through all of it for garbage stops the server for long.
        gc.collect()
        gc.freeze()

    async def _let_go(self, app: Sanic, _loop: Any) -> None:
        if self._ahead is not None:
            self._ahead.close()
        if isinstance(app.ctx.agent.action_endpoint, OpenEndpoint):
            await app.ctx.agent.action_endpoint.close()


def _ahead_of(featurizer: SentenceEmbeddingFeaturizer, embedder: Embedder) -> VectorsAhead:
    return VectorsAhead(embedder, featurizer.store(embedder).kept())


def _shorten_ways(agent: Agent) -> None:
    """Put runner, tracker store and rules in place that do the same with less."""
    processor, store = agent.processor, agent.tracker_store
    if isinstance(processor.graph_runner, DaskGraphRunner):
        processor.graph_runner = PlannedRunner.of(processor.graph_runner)
        for policy in processor.graph_runner.components(RulePolicy):
            look_back_no_further(policy)
    # At each line Rasa writes out all of the domain to see whether there is one: 0.5 ms.
    empty = processor.domain.is_empty()
    processor.domain.is_empty = lambda: empty
    # In front of ours Rasa puts one that would begin each conversation with its own tracker.
    if isinstance(store, FailSafeTrackerStore) and isinstance(store._tracker_store, RecentTrackers):
        agent.tracker_store = processor.tracker_store = store._tracker_store
