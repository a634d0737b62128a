"""The REST channel, which also puts the bot's own way of calling actions in place."""

from collections.abc import Awaitable, Callable
from typing import Any

from rasa.core.channels.channel import UserMessage
from rasa.core.channels.rest import RestInput
from sanic import Blueprint, Sanic

from live.action_endpoint import OpenEndpoint, check_answers_once


class RestChannel(RestInput):
    """Rasa's REST channel under its own name and address.

    A channel is the place where Rasa lets a project's code into its server: when the server has
    its agent, the agent gets our endpoint.
    """

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> Blueprint:
        """Return Rasa's routes, with what has to happen at the server's start and end."""
        routes = super().blueprint(on_new_message)
        routes.listener("after_server_start")(_use_open_endpoint)
        routes.listener("before_server_stop")(_close_endpoint)
        return routes


async def _use_open_endpoint(app: Sanic, _loop: Any) -> None:
    agent = app.ctx.agent
    if agent.action_endpoint is None or agent.processor is None:
        return
    check_answers_once()
    endpoint = OpenEndpoint.like(agent.action_endpoint)
    agent.action_endpoint = agent.processor.action_endpoint = endpoint


async def _close_endpoint(app: Sanic, _loop: Any) -> None:
    endpoint = app.ctx.agent.action_endpoint
    if isinstance(endpoint, OpenEndpoint):
        await endpoint.close()
