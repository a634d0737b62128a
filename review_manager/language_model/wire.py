"""The Chat Completions wire format: the request's body, and the text in an answer or a stream."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from review_manager.language_model.failure import NoWordingError, Why

_THOUGHT = re.compile(r"^\s*<think>.*?</think>", re.DOTALL)
_DONE = "[DONE]"
_FINISHED = {"stop", "eos", "end_turn"}
_FAILED = {"length": Why.CUT_SHORT, "content_filter": Why.FILTERED}


@dataclass(frozen=True)
class Message:
    """One message of the prompt."""

    role: str
    content: str


def request_body(
    messages: Sequence[Message], *, model: str, limit: Mapping[str, int], stream: bool
) -> dict[str, Any]:
    """Return the body of a request, with nothing that only some servers understand.

    `limit` is how many tokens the answer may have, under the name that the server knows.
    """
    return {
        "model": model,
        "messages": [asdict(message) for message in messages],
        "stream": stream,
        **limit,
    }


def read_answer(raw: bytes, *, content_type: str) -> str:
    """Return the text of a whole answer, streamed or not; raises NoWordingError.

    A server may stream unasked, so the answer's own type decides.
    """
    try:
        body = raw.decode()
    except UnicodeDecodeError:
        raise NoWordingError(Why.BROKEN_ANSWER, "not UTF-8") from None
    streamed = content_type == "text/event-stream" or body.lstrip().startswith("data:")
    text, finish = _read_stream(body) if streamed else _read_whole(_object(body))
    if finish in _FAILED:
        raise NoWordingError(_FAILED[finish])
    if finish not in _FINISHED:
        raise NoWordingError(Why.BROKEN_ANSWER, f"finish_reason {finish!r}"[:80])
    text = _THOUGHT.sub("", text).strip()
    if not text:
        raise NoWordingError(Why.EMPTY_ANSWER)
    return text


def _read_whole(answer: Mapping[str, Any]) -> tuple[str, Any]:
    choice = _first_choice(answer)
    if choice is None:
        raise NoWordingError(Why.EMPTY_ANSWER, "no choices")
    message = choice.get("message")
    if not isinstance(message, dict):
        raise NoWordingError(Why.BROKEN_ANSWER, "no message")
    return _content(message), choice.get("finish_reason") or "stop"


def _read_stream(body: str) -> tuple[str, Any]:
    """Join the pieces; a stream that stops without saying why it stops was cut."""
    pieces: list[str] = []
    finish: Any = None
    for data in _events(body):
        if data == _DONE:
            break
        choice = _first_choice(_object(data))
        if choice is None:
            continue  # a last event with nothing but the usage
        delta = choice.get("delta")
        pieces.append(_content(delta) if isinstance(delta, dict) else "")
        finish = choice.get("finish_reason") or finish
    if finish is None:
        raise NoWordingError(Why.BROKEN_ANSWER, "stream cut")
    return "".join(pieces), finish


def _events(body: str) -> Iterator[str]:
    """Yield the data of each server-sent event; comments and other fields are passed over."""
    for event in re.split(r"(?:\r\n|\r|\n){2,}", body):
        lines = [line[5:].removeprefix(" ") for line in event.splitlines() if line[:5] == "data:"]
        if lines:
            yield "\n".join(lines)


def _object(body: str) -> Mapping[str, Any]:
    try:
        answer = json.loads(body)
    except (ValueError, RecursionError):
        raise NoWordingError(Why.BROKEN_ANSWER, "not JSON") from None
    if not isinstance(answer, dict):
        raise NoWordingError(Why.BROKEN_ANSWER, "no object")
    if answer.get("error"):
        raise NoWordingError(Why.SERVER_ERROR, "error in an answer of status 200")
    return answer


def _first_choice(answer: Mapping[str, Any]) -> Mapping[str, Any] | None:
    choices = answer.get("choices")
    if not isinstance(choices, list):
        raise NoWordingError(Why.BROKEN_ANSWER, "no list of choices")
    if choices and not isinstance(choices[0], dict):
        raise NoWordingError(Why.BROKEN_ANSWER, "choice is no object")
    return choices[0] if choices else None


def _content(message: Mapping[str, Any]) -> str:
    if message.get("refusal"):
        raise NoWordingError(Why.FILTERED, "the model refused")
    content = message.get("content")
    if content is None:
        return ""
    if not isinstance(content, str):
        raise NoWordingError(Why.BROKEN_ANSWER, "content is no text")
    return content
