"""Calls the actions over connections that stay open, in bounded time, and never ends in silence."""

import asyncio
import logging
from json import loads
from typing import Any

import aiohttp
from jsonschema import Draft202012Validator
from rasa.core.actions.action import RemoteAction
from rasa.utils.endpoints import ClientResponseError, EndpointConfig

logger = logging.getLogger(__name__)
DEFAULT_SECONDS = 3.5
DEFAULT_MESSAGES = 3
DECLINED = 400
"""The status by which an action declines to run; Rasa then asks its policies again."""

_ANSWER = RemoteAction.action_response_format_spec()["properties"]
EVENTS = {
    schema["properties"]["event"]["const"]: Draft202012Validator(schema)
    for schema in _ANSWER["events"]["items"]["oneOf"]
}
"""Rasa's schema of each kind of event; trying one instead of all of them is what saves time."""


class ActionUnavailableError(Exception):
    """The action server answered with an error, or with something that is no answer."""


FAILURES = (
    ActionUnavailableError,
    aiohttp.ClientError,
    OSError,
    asyncio.TimeoutError,  # another class than TimeoutError on the bot's Python 3.10
)


class OpenEndpoint(EndpointConfig):
    """Rasa's action endpoint with one session for all calls instead of a new one for each.

    `seconds` in endpoints.yml bounds a call; Rasa's own bound is five minutes. `messages` is how
    many of the customer's messages the action hears of, with all that followed them. Whatever
    goes wrong with a call, the customer is told and handed to a person.
    """

    @classmethod
    def like(cls, endpoint: EndpointConfig) -> "OpenEndpoint":
        """Return an endpoint with the settings of Rasa's."""
        return cls(
            endpoint.url,
            endpoint.params,
            endpoint.headers,
            endpoint.basic_auth,
            endpoint.token,
            endpoint.token_name,
            endpoint.cafile,
            **endpoint.kwargs,
        )

    def __init__(self, *settings: Any, **more: Any) -> None:
        super().__init__(*settings, **more)
        seconds = float(self.kwargs.get("seconds", DEFAULT_SECONDS))
        self._messages = int(self.kwargs.get("messages", DEFAULT_MESSAGES))
        self._limit = aiohttp.ClientTimeout(total=seconds)
        self._session: aiohttp.ClientSession | None = None

    async def request(self, *_words: Any, json: dict[str, Any], **_more: Any) -> Any:
        """Run the action that `json` calls and return its answer, or one made here if it fails.

        Raises:
            ClientResponseError: the action declines to run (status 400, as Rasa expects it).
        """
        try:
            return await self._post({**json, "tracker": self._shortened(json["tracker"])})
        except ClientResponseError:
            raise
        except FAILURES as why:
            # The call itself is never logged: it holds what the customer said.
            action = str(json.get("next_action"))
            logger.error("action %s did not answer: %r", action, why)
            return not_answered(action)

    async def close(self) -> None:
        """Give the connections back."""
        if self._session is not None:
            await self._session.close()

    def _shortened(self, tracker: dict[str, Any]) -> dict[str, Any]:
        events = tracker["events"]
        said = [place for place, event in enumerate(events) if event["event"] == "user"]
        start = said[-self._messages] if len(said) > self._messages else 0
        return {**tracker, "events": events[start:]}

    async def _post(self, call: dict[str, Any]) -> Any:
        if self._session is None:
            self._session = self.session()
        async with self._session.post(
            self.url, json=call, params=self.combine_parameters(), timeout=self._limit
        ) as response:
            raw = await response.read()
            status = response.status
        try:
            answer = loads(raw)
        except ValueError:
            raise ActionUnavailableError(f"status {status}, not JSON") from None
        if status == DECLINED and isinstance(answer, dict) and "action_name" in answer:
            raise ClientResponseError(status, "declined", raw.decode())
        if status != 200 or not is_answer(answer):
            raise ActionUnavailableError(f"status {status}")
        return answer


def is_answer(found: Any) -> bool:
    """Say whether an action server answered in the form that Rasa asks for."""
    if not isinstance(found, dict):
        return False
    events, responses = found.get("events", []), found.get("responses", [])
    if not isinstance(events, list) or not isinstance(responses, list):
        return False
    return all(map(_is_event, events)) and all(isinstance(each, dict) for each in responses)


def _is_event(found: Any) -> bool:
    schema = EVENTS.get(str(found.get("event"))) if isinstance(found, dict) else None
    return schema is not None and bool(schema.is_valid(found))


def not_answered(action: str) -> dict[str, Any]:
    """Return what an action would answer that failed: told, handed over, any form closed."""
    handoff = {"reason": "bot_unavailable", "card": {"failed_action": action}}
    return {
        "events": [
            {"event": "active_loop", "name": None},
            {"event": "slot", "name": "requested_slot", "value": None},
            # Nothing follows, or the end of the form would call the actions once more.
            {"event": "followup", "name": "action_listen"},
        ],
        "responses": [{"response": "utter_action_failed"}, {"custom": {"handoff": handoff}}],
    }


def check_answers_once() -> None:
    """Spare answers that OpenEndpoint has checked the second check by Rasa.

    Rasa calls jsonschema.validate, which checks the schema itself before the answer, at every
    action call: 30 ms, three quarters of a whole turn. There is no setting for it.
    """
    RemoteAction._validate_action_result = lambda _action, _answer: True
