"""Members: what a birthday brings, and the way out of such messages.

The greeting itself is sent by the web program, which alone knows of reviews and disputes.
"""

from actions.cards import coupon_card
from actions.turn import Turn
from actions.wording import day_text, member_coupons, yuan
from shop.coupons import usable_coupons
from shop.members.greeting import BIRTHDAY, stop_marketing
from shop.members.policy import load_member_policy


async def say_birthday(turn: Turn) -> None:
    """Show the birthday coupon in hand, else say the public rule."""
    known = turn.customer_id
    coupons = await usable_coupons(turn.session, known, now=turn.now) if known else []
    coupon = next((each for each in coupons if each.kind == BIRTHDAY), None)
    if coupon is not None:
        turn.say(
            "utter_birthday_coupon",
            cards={"coupon_card": coupon_card(coupon)},
            amount=yuan(coupon.amount_fen),
            until=day_text(coupon.expires_at),
        )
        return
    policy = load_member_policy()
    turn.say(
        "utter_birthday_rule",
        coupons=member_coupons(policy),
        days=policy.birthday.coupon_valid_days,
    )


async def opt_out(turn: Turn) -> None:
    """Stop commercial messages at once."""
    if turn.customer_id is not None:
        await stop_marketing(turn.session, turn.customer_id)
    turn.say("utter_opted_out")
