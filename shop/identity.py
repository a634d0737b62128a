"""Who a customer is: the shop's signed ticket, or an order number with the phone's last digits."""

import base64
import binascii
import hashlib
import hmac
import json
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from shop.order_numbers import canonical
from shop.orders import find_order
from shop.tables import DbOrder, DbProofAttempt
from storage.sealed import blind_index

TICKET_LIFETIME = timedelta(minutes=10)
LONGEST_TICKET = 2_000
PHONE_TAIL_DIGITS = 4
TRIES = 5
"""Failed proofs allowed within TRIES_WINDOW, for one conversation and for one order number."""
TRIES_WINDOW = timedelta(hours=1)
PROOF_LASTS = timedelta(hours=24)
"""How long a conversation may speak of an order that a guest proved in it."""


class BadTicketError(ValueError):
    """The signed ticket is malformed, expired, or not signed by this shop."""

    def __init__(self, why: str) -> None:
        super().__init__(f"{self.__doc__} ({why})")


class TooManyTriesError(RuntimeError):
    """Too many wrong proofs; wait an hour, or ask for a human."""

    def __init__(self) -> None:
        super().__init__(self.__doc__)


@dataclass(frozen=True)
class Ticket:
    """What the shop's own page vouches for: this customer, until then."""

    customer_id: str
    expires_at: datetime


def sign_ticket(customer_id: str, secret: bytes, *, now: datetime) -> str:
    """Return `payload.signature`, both base64url: JSON {customer, exp, nonce} and HMAC-SHA256."""
    expires = int((now + TICKET_LIFETIME).timestamp())
    payload = {"customer": customer_id, "exp": expires, "nonce": secrets.token_hex(8)}
    body = _encode(json.dumps(payload, separators=(",", ":")).encode())
    return f"{body}.{_signature(body, secret)}"


def read_ticket(ticket: str, secret: bytes, *, now: datetime) -> Ticket:
    """Return what the ticket vouches for; raises BadTicketError."""
    body, _, signature = ticket.partition(".")
    if len(ticket) > LONGEST_TICKET or not hmac.compare_digest(
        signature.encode(), _signature(body, secret).encode()
    ):
        raise BadTicketError("signature")
    try:
        payload = json.loads(_decode(body))
        expires_at = datetime.fromtimestamp(int(payload["exp"]), tz=now.tzinfo)
        customer_id = str(payload["customer"])
    except (ValueError, KeyError, TypeError, OverflowError, binascii.Error):
        raise BadTicketError("content") from None
    if not now < expires_at <= now + TICKET_LIFETIME * 2:
        raise BadTicketError("expired")
    return Ticket(customer_id, expires_at)


async def prove_order(
    session: AsyncSession, *, number: str, phone_tail: str, conversation_id: str, now: datetime
) -> DbOrder | None:
    """Return the order if the receiver's or buyer's phone ends in `phone_tail`, else None.

    A wrong number and a wrong phone are not told apart. Raises TooManyTriesError after five
    failures within an hour for one conversation or one order number.
    """
    index = _index(number)
    if await _failures(session, conversation_id, index, now=now) >= TRIES:
        raise TooManyTriesError
    order = await find_order(session, number)
    proved = order is not None and _tail_matches(order, phone_tail)
    session.add(
        DbProofAttempt(conversation_id=conversation_id, order_index=index, at=now, succeeded=proved)
    )
    await session.flush()
    return order if proved else None


async def is_proved(
    session: AsyncSession, *, number: str, conversation_id: str, now: datetime
) -> bool:
    """Say whether this conversation proved the order within PROOF_LASTS."""
    query = select(func.count()).where(
        DbProofAttempt.conversation_id == conversation_id,
        DbProofAttempt.order_index == _index(number),
        DbProofAttempt.succeeded,
        DbProofAttempt.at > now - PROOF_LASTS,
    )
    return bool(await session.scalar(query))


def _index(number: str) -> str:
    """Return one index for all spellings of a number: proved is proved however it is typed."""
    return blind_index("order", canonical(number) or number)


async def _failures(
    session: AsyncSession, conversation_id: str, order_index: str, *, now: datetime
) -> int:
    recent = select(func.count()).where(
        DbProofAttempt.at > now - TRIES_WINDOW, DbProofAttempt.succeeded.is_(False)
    )
    by_conversation = recent.where(DbProofAttempt.conversation_id == conversation_id)
    by_order = recent.where(DbProofAttempt.order_index == order_index)
    counts = [await session.scalar(query) or 0 for query in (by_conversation, by_order)]
    return max(counts)


def _tail_matches(order: DbOrder, phone_tail: str) -> bool:
    phone = order.receiver_phone or ""
    return len(phone_tail) == PHONE_TAIL_DIGITS and hmac.compare_digest(
        phone[-PHONE_TAIL_DIGITS:].encode(), phone_tail.encode()
    )


def _signature(body: str, secret: bytes) -> str:
    return _encode(hmac.new(secret, body.encode(), hashlib.sha256).digest())


def _encode(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _decode(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
