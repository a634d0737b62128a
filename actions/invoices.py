"""Invoices: asking for one, and where one is."""

import re

from actions.forms import ShopForm, was_left
from actions.handing_over import hand_over
from actions.known_orders import known_orders, may_hear
from actions.offers import request
from actions.order_choice import choose_order
from actions.topics import TopicAction, answer_waiting
from actions.turn import ShopAction, Turn
from actions.wording import day_text, yuan
from shop.invoices import (
    ISSUED,
    InvoiceKind,
    Wanted,
    ask_for_invoice,
    find_company,
    find_email,
    find_invoice,
    find_obstacle,
    find_tax_number,
    read_kind,
)
from shop.orders import OrderStatus, find_order, title_of
from shop.receivers import find_name
from shop.service_policy import RequestKind, service_policy
from shop.tables import DbOrder

_PERSONAL = re.compile(r"(?:开|就|填|写)?(?:个人|私人)(?:的|抬头)?[\s,，:：]*")
FIELDS = ("invoice_kind", "invoice_title", "invoice_tax_number", "invoice_email")


class ActionInvoice(TopicAction):
    """Take up an invoice, or say where it is."""

    topic = "invoice"

    def name(self) -> str:
        """Return the action's name in the domain."""
        return "action_invoice"

    async def answer(self, turn: Turn) -> None:
        """Start the form where no invoice exists yet."""
        if turn.wish == "vat":
            await hand_over(turn, "policy_exception", saying="utter_invoice_special")
            return
        if turn.wish == "kind" or await _is_new_here(turn):
            turn.say("utter_invoice_terms")
            turn.remember(pending_topic=self.topic)
            return
        order = await choose_order(turn, self.topic, suits=_may_be_invoiced)
        if order is None:
            return
        existing = await find_invoice(turn.session, order)
        obstacle = find_obstacle(order, service_policy(), now=turn.now)
        if existing is not None and turn.wish == "change":
            await request(turn, order, RequestKind.CHANGE_INVOICE, detail={"invoice": existing.id})
        elif existing is not None:
            turn.say(
                f"utter_invoice_{'issued' if existing.status == ISSUED else 'requested'}",
                number=existing.number,
                on=day_text(existing.issued_at or existing.requested_at),
                amount=yuan(existing.amount_fen),
                hours=service_policy().requests[RequestKind.INVOICE],
            )
        elif obstacle is not None:
            turn.say(f"utter_invoice_{obstacle}")
        else:
            self._start(turn, order)

    def _start(self, turn: Turn, order: DbOrder) -> None:
        if turn.slot("invoice_order") != order.number:
            forget_invoice(turn)
        turn.remember(
            invoice_order=order.number,
            invoice_confirmed=None,
            requested_slot=None,
            form_left=None,
            form_misses=0.0,
        )
        # An order number may have as many digits as a tax number.
        take_invoice_facts(turn, None, said=turn.said.replace(order.number, ""))
        turn.follow("invoice_form")


class ValidateInvoiceForm(ShopForm):
    """Takes the kind, the title, the tax number of a company, and where to send the invoice."""

    form = "invoice_form"
    takes_data = True
    own_intents = frozenset({"invoice"})

    async def hear(self, turn: Turn, asked: str) -> bool:
        """Take whatever of them the message says; all may come in one."""
        if asked == "invoice_confirmed" and turn.intent == "affirm":
            turn.remember(invoice_confirmed=True)
            return True
        return take_invoice_facts(turn, asked)

    async def next_slot(self, turn: Turn) -> str | None:
        """Ask for the first that is missing."""
        needed = [f for f in FIELDS if f != "invoice_tax_number" or _kind(turn) == "company"]
        missing = next((field for field in needed if not turn.slot(field)), None)
        if missing or turn.slot("invoice_confirmed"):
            return missing
        return "invoice_confirmed"


class ActionAskInvoiceConfirmed(ShopAction):
    """Show what goes on the invoice and ask for a yes."""

    def name(self) -> str:
        """Return the action's name in the domain."""
        return "action_ask_invoice_form_invoice_confirmed"

    async def act(self, turn: Turn) -> None:
        """Show it."""
        order = await find_order(turn.session, str(turn.slot("invoice_order")))
        turn.say(
            f"utter_confirm_invoice_{_kind(turn)}",
            order=title_of(order) if order else "",
            title=turn.slot("invoice_title"),
            tax_number=turn.slot("invoice_tax_number") or "",
            email=turn.slot("invoice_email"),
            amount=yuan(order.paid_fen) if order else "",
        )


class ActionSubmitInvoice(ShopAction):
    """Record the invoice that was confirmed."""

    def name(self) -> str:
        """Return the action's name in the domain."""
        return "action_submit_invoice"

    async def act(self, turn: Turn) -> None:
        """Record it once."""
        number = turn.slot("invoice_order")
        order = await find_order(turn.session, str(number)) if number else None
        confirmed = turn.slot("invoice_confirmed") and not await was_left(turn)
        if confirmed and order is not None and await may_hear(turn, order):
            if await find_invoice(turn.session, order) is None:
                await ask_for_invoice(turn.session, order, _wanted(turn), now=turn.now)
            turn.say(
                "utter_invoice_taken",
                hours=service_policy().requests[RequestKind.INVOICE],
                email=turn.slot("invoice_email"),
            )
        forget_invoice(turn)
        await answer_waiting(turn)


def take_invoice_facts(turn: Turn, asked: str | None, *, said: str | None = None) -> bool:
    """Keep whatever the message says of an invoice; False if it says nothing."""
    text = turn.text if said is None else said
    found: dict[str, str | None] = {
        "invoice_email": find_email(text),
        "invoice_tax_number": find_tax_number(text),
        "invoice_title": find_company(text) if asked else None,
        "invoice_kind": read_kind(text),
    }
    if found["invoice_tax_number"] or found["invoice_title"]:
        found["invoice_kind"] = InvoiceKind.COMPANY
    kind = found["invoice_kind"] or _kind(turn)
    by_name = asked in ("invoice_kind", "invoice_title") and kind == InvoiceKind.PERSONAL
    if by_name and not found["invoice_title"] and turn.intent != "deny":
        found["invoice_title"] = find_name(_PERSONAL.sub("", turn.text))
    known = {name: str(value) for name, value in found.items() if value}
    turn.remember(**known)
    return bool(known)


def forget_invoice(turn: Turn) -> None:
    """Clear what the form gathered."""
    turn.remember(
        invoice_order=None,
        invoice_kind=None,
        invoice_title=None,
        invoice_tax_number=None,
        invoice_email=None,
        invoice_confirmed=None,
    )


def _wanted(turn: Turn) -> Wanted:
    tax_number = turn.slot("invoice_tax_number")
    return Wanted(
        kind=InvoiceKind(_kind(turn)),
        title=str(turn.slot("invoice_title")),
        tax_number=str(tax_number) if tax_number and _kind(turn) == "company" else None,
        email=str(turn.slot("invoice_email")),
    )


def _kind(turn: Turn) -> str:
    return str(turn.slot("invoice_kind") or "")


async def _is_new_here(turn: Turn) -> bool:
    """Say whether somebody whose orders nobody knows asks for the first time how it goes."""
    has_heard = turn.tracker.get_slot("last_topic") == ActionInvoice.topic
    has_one = turn.wish in ("where", "change") or bool(turn.order_numbers)
    return not has_heard and not has_one and not await known_orders(turn)


def _may_be_invoiced(order: DbOrder) -> bool:
    over = (OrderStatus.UNPAID, OrderStatus.CANCELLED, OrderStatus.REFUNDED)
    return order.status not in over
