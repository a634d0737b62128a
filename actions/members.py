"""Members: the greeting on a birthday, and the way out of such messages."""

from actions.cards import coupon_card
from actions.turn import Turn
from actions.wording import day_text, yuan
from shop.members.greeting import greet_on_birthday, stop_marketing
from shop.members.policy import load_member_policy
from shop.service_policy import service_policy


async def greet_member(turn: Turn) -> bool:
    """Congratulate on the birthday if that may be done now; False if not."""
    if turn.customer_id is None:
        return False
    coupon = await greet_on_birthday(
        turn.session,
        turn.customer_id,
        load_member_policy(),
        now=turn.now,
        ship_within=service_policy().shipping.ship_within,
    )
    if coupon is None:
        return False
    turn.say(
        "utter_birthday",
        cards={"coupon_card": coupon_card(coupon)},
        amount=yuan(coupon.amount_fen),
        until=day_text(coupon.expires_at),
    )
    return True


async def opt_out(turn: Turn) -> None:
    """Stop commercial messages at once."""
    if turn.customer_id is not None:
        await stop_marketing(turn.session, turn.customer_id)
    turn.say("utter_opted_out")
