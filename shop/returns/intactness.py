"""Whether goods in a given condition are still intact in the sense of a no-reason return.

网络购买商品七日无理由退货暂行办法 §8 (opening and reasonable testing leave goods intact) and §9
(what counts as not intact, by kind of goods); 法释〔2022〕8号 §3 (opened alone is no ground).
"""

from enum import StrEnum

from shop.returns.case import Category, Condition

SEALED_GOODS = {Category.FOOD, Category.FRESH, Category.COSMETICS, Category.MEDICAL}
"""§9(1): the necessary disposable seal must be whole."""

TAGGED_GOODS = {
    Category.CLOTHING,
    Category.SHOES,
    Category.BAGS,
    Category.TOYS,
    Category.HOME,
    Category.JEWELRY,  # not named in §9(3), but §8 wants the mark and its tag complete
}
"""§9(3): the tag must be on."""

SEAL_MAY_MATTER = {Category.SOFTWARE, Category.OTHER}
"""An unsealed disc is §6(3), contraceptives have no code of their own: someone must look."""


class Intactness(StrEnum):
    """What can be said about the goods; `unclear` wants a person to look."""

    INTACT = "intact"
    NOT_INTACT = "not_intact"
    UNCLEAR = "unclear"


def judge(condition: Condition, category: Category | None) -> Intactness:
    """Say whether goods of this category in this condition may go back without a reason."""
    match condition:
        case Condition.INTACT | Condition.OPENED_TO_INSPECT:
            return Intactness.INTACT
        case Condition.USED_TRACES | Condition.STAINED:
            # use beyond looking and testing, §9 first sentence: whatever the goods are
            return Intactness.NOT_INTACT
        case Condition.TAG_CUT:
            return _spoiled_if(category in TAGGED_GOODS)
        case Condition.ACTIVATED:
            return _spoiled_if(category is Category.ELECTRONICS)
        case Condition.INNER_SEAL_BROKEN:
            return _broken_seal(category)


def _spoiled_if(named_in_the_article: bool) -> Intactness:
    return Intactness.NOT_INTACT if named_in_the_article else Intactness.UNCLEAR


def _broken_seal(category: Category | None) -> Intactness:
    if category in SEALED_GOODS:
        return Intactness.NOT_INTACT
    if category is None or category in SEAL_MAY_MATTER:
        return Intactness.UNCLEAR
    return Intactness.INTACT
