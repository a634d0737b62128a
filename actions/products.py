"""Product facts as the catalogue states them: stock, size, specification, questions and answers."""

from actions.cards import product_card
from actions.known_orders import focus_of
from actions.topics import TopicAction, choices
from actions.turn import Turn
from actions.wording import yuan
from shop.products import (
    asked_choice,
    asks_if_there,
    asks_one_thing,
    asks_price,
    find_faq,
    find_product,
    find_spec,
    in_stock,
    is_sold_out,
    mentioned_products,
)
from shop.sizes import read_body, recommend
from shop.tables import DbProduct

LONGEST_TITLE = 40


class ActionProduct(TopicAction):
    """Answer about a product from the catalogue; what it does not say is said to be unknown."""

    topic = "product_question"
    needs_order = False

    def name(self) -> str:
        """Return the action's name in the domain."""
        return "action_product"

    async def answer(self, turn: Turn) -> None:
        """Find the product, then answer."""
        product = await self._product(turn)
        if product is None:
            return
        turn.remember(product_in_focus=product.sku)
        _answer(turn, product, turn.said)

    async def _product(self, turn: Turn) -> DbProduct | None:
        """Return the product meant; None after asking which, or after a general answer."""
        found = await mentioned_products(turn.session, turn.text)
        if len(found) == 1:
            return found[0]
        if not found:
            known = await _spoken_of(turn)
            if known is not None:
                return known
            turn.say("utter_genuine" if turn.wish == "genuine" else "utter_which_product")
        else:
            turn.say(
                "utter_which_of_products",
                buttons=choices([product.name[:LONGEST_TITLE] for product in found]),
            )
        turn.remember(pending_topic=self.topic, pending_wish=turn.wish, pending_text=turn.said)
        return None


async def _spoken_of(turn: Turn) -> DbProduct | None:
    sku = turn.slot("product_in_focus")
    if sku:
        return await find_product(turn.session, str(sku))
    order = await focus_of(turn)
    return order.items[0].product if order is not None and len(order.items) == 1 else None


def _answer(turn: Turn, product: DbProduct, question: str) -> None:
    cards = {"product_card": product_card(product)}
    named = asked_choice(product, question)
    if named is not None and asks_if_there(question):
        _say_stock(turn, product, question)
        return
    if asks_price(question):
        turn.say(
            "utter_product_price", cards=cards, name=product.name, price=yuan(product.price_fen)
        )
        return
    if _say_size(turn, product, question):
        return
    faq = find_faq(product, question)
    if faq is not None:
        turn.say("utter_product_faq", cards=cards, answer=faq["answer"])
    elif turn.wish == "stock" or named is not None:
        _say_stock(turn, product, question)
    elif turn.wish == "genuine":
        turn.say("utter_genuine")
    elif find_spec(product, question) is not None:
        turn.say("utter_product_faq", cards=cards, answer=find_spec(product, question))
    elif turn.wish in ("spec", "compare", None):
        name = "utter_product_not_stated" if asks_one_thing(question) else "utter_product_facts"
        turn.say(name, cards=cards, name=product.name, spec=product.spec)
    else:
        turn.say("utter_product_unknown", cards=cards, name=product.name)


def _say_size(turn: Turn, product: DbProduct, question: str) -> bool:
    """Recommend a size where the question is about size; False if it is not."""
    body = read_body(question)
    told = any((body.height_cm, body.weight_kg, body.foot_mm))
    if not (told or turn.wish == "size") or not product.size_chart:
        return False
    fit = recommend(product.size_chart, body) if told else None
    if not told:
        turn.say("utter_size_ask", chart=product.size_chart)
        turn.remember(pending_topic="product_question", pending_wish="size", pending_text=question)
    elif fit is None and body.foot_mm is None and "脚长" in product.size_chart:
        turn.say("utter_size_by_foot", chart=product.size_chart)
        turn.remember(pending_topic="product_question", pending_wish="size", pending_text=question)
    elif fit is None:
        turn.say("utter_size_chart", chart=product.size_chart)
    elif not fit.sizes:
        turn.say("utter_size_none", chart=product.size_chart)
    elif len(fit.sizes) == 1:
        turn.say("utter_size_fits", size=fit.sizes[0], chart=product.size_chart)
    else:
        turn.say("utter_size_between", smaller=fit.sizes[0], larger=fit.sizes[-1])
    return True


def _say_stock(turn: Turn, product: DbProduct, question: str) -> None:
    asked = asked_choice(product, question)
    name = "utter_stock_yes" if product.stock > 0 else "utter_stock_none"
    if asked is not None and product.stock > 0:
        name = "utter_stock_option_yes"
        if not asked[1]:
            name = "utter_stock_no_such_option"
        elif is_sold_out(product, asked[0]):
            name = "utter_stock_option_gone"
    options = in_stock(product)
    turn.say(
        name,
        cards={"product_card": product_card(product)},
        name=product.name,
        option=asked[0] if asked else "",
        options=options,
        price=yuan(product.price_fen),
    )
