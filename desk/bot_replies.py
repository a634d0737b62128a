"""Turns Rasa's reply objects into messages, and finds the handoff that may be among them."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from msgspec import structs

from desk.incoming import EmptyTextError, TextTooLongError, clean
from desk.messages import Draft
from desk.protocol import LONGEST_TEXT
from desk.states import HandoffReason, Sender

MOST_BUTTONS = 10
LONGEST_TITLE = 40
LONGEST_PAYLOAD = 500
LARGEST_CARD = 16 * 1024
CARD_TYPES = ("order", "parcel", "refund", "coupon", "product", "return")


@dataclass(frozen=True)
class Handoff:
    """The bot asks for a human: why, and what it knows already."""

    reason: HandoffReason
    card: dict[str, Any]


@dataclass(frozen=True)
class BotAnswer:
    """What the bot says, and whether it hands over."""

    drafts: tuple[Draft, ...]
    handoff: Handoff | None


def read_answer(replies: Iterable[Mapping[str, Any]]) -> BotAnswer:
    """Return what can be shown of the replies; what is malformed is left out."""
    drafts: list[Draft] = []
    handoff: Handoff | None = None
    for reply in replies:
        custom = reply.get("custom")
        if isinstance(custom, Mapping) and isinstance(custom.get("handoff"), Mapping):
            handoff = _handoff(custom["handoff"])
        draft = _draft(reply)
        if draft is not None and not draft.text and draft.cards and drafts:
            # Rasa sends a card as a reply of its own; it belongs to the words before it.
            drafts[-1] = structs.replace(drafts[-1], cards=drafts[-1].cards + draft.cards)
        elif draft is not None:
            drafts.append(draft)
    return BotAnswer(tuple(drafts), handoff)


def _draft(reply: Mapping[str, Any]) -> Draft | None:
    custom = reply.get("custom")
    cards = _cards(custom) if isinstance(custom, Mapping) else ()
    text = _text(reply.get("text"))
    image = reply.get("image")
    picture = {"url": image} if isinstance(image, str) and _is_our_path(image) else None
    buttons = _buttons(reply.get("buttons"))
    if not (text or cards or picture or buttons):
        return None
    return Draft(sender=Sender.BOT, text=text, cards=cards, buttons=buttons, image=picture)


def _text(value: object) -> str:
    if not isinstance(value, str):
        return ""
    try:
        return clean(value)
    except EmptyTextError:
        return ""
    except TextTooLongError:
        return value[: LONGEST_TEXT - 1] + "…"


def _is_our_path(url: str) -> bool:
    return url.startswith("/") and not url.startswith("//") and len(url) <= 500


def _buttons(value: object) -> tuple[dict[str, str], ...]:
    if not isinstance(value, list):
        return ()
    buttons = []
    for button in value[:MOST_BUTTONS]:
        if not isinstance(button, Mapping):
            continue
        title, payload = button.get("title"), button.get("payload")
        if not isinstance(title, str) or not title.strip():
            continue
        payload = payload if isinstance(payload, str) else title
        if len(payload) <= LONGEST_PAYLOAD:
            buttons.append({"title": title.strip()[:LONGEST_TITLE], "payload": payload})
    return tuple(buttons)


def _cards(custom: Mapping[str, Any]) -> tuple[dict[str, Any], ...]:
    cards = []
    for kind in CARD_TYPES:
        value = custom.get(f"{kind}_card")
        for card in value if isinstance(value, list) else [value]:
            if isinstance(card, Mapping) and _size(card) <= LARGEST_CARD:
                cards.append({**card, "type": kind})
    return tuple(cards)


def _handoff(value: Mapping[str, Any]) -> Handoff:
    try:
        reason = HandoffReason(value.get("reason", HandoffReason.ASKED_HUMAN))
    except ValueError:
        reason = HandoffReason.ASKED_HUMAN
    inner = value.get("card")
    card = {key: each for key, each in value.items() if key not in ("reason", "card")}
    if isinstance(inner, Mapping):
        card |= inner
    return Handoff(reason, card if _size(card) <= LARGEST_CARD else {})


def _size(value: Mapping[str, Any]) -> int:
    return len(json.dumps(value, ensure_ascii=False))
