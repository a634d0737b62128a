"""Product facts as the catalogue states them: finding a product by name, stock, options, FAQ."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from shop.mentions import by_name
from shop.order_numbers import plain
from shop.tables import DbProduct

_COLOUR = re.compile(r"[黑白红蓝绿黄灰粉紫橙棕咖金银青米]{1,2}色")
_IS_THERE = re.compile(r"有.{0,8}(?:吗|没|么|不$|不？)|有没有|还有|缺货|断货|没货|现货")
_FITS = re.compile(r"穿|适合|合适|选|多大|偏|建议|推荐")
_PRICE = re.compile(r"多少钱|几块钱?|(?:什么|多少)价|价格(?:是|多少|呢)|怎么卖|卖多少")
_YES_OR_NO = re.compile(r"吗|么[?？]?$|能不能|会不会|是不是|可不可以|(?<!怎)么[?？]$|不[?？]?$")
_SAYS_LITTLE = frozenset(
    ("多少", "什么", "怎么", "可以", "不能", "能不", "使用", "是不", "不是", "有没", "没有", "多大")
)
_REMARK = re.compile(r"[（(].*?[）)]")
MOST_MEANT = 4
"""More products than this share a word with the text: it names none of them."""
_CHARACTER = re.compile(r"[\u4e00-\u9fffa-z0-9]")
_FILLER = frozenset("吗呢啊呀的了么吧是这个那款我你们有没能不会可以要请问想一下亲在家什怎多少")
CLOSE_ENOUGH = 0.5
"""The least share of a question's characters that both texts must have in common."""


@dataclass(frozen=True)
class Choices:
    """One thing to choose about a product, such as 颜色 and its values."""

    name: str
    values: tuple[str, ...]


async def mentioned_products(session: AsyncSession, text: str) -> list[DbProduct]:
    """Return the products that the text may mean; [] if it names none or too many."""
    products = (await session.scalars(select(DbProduct).order_by(DbProduct.sku))).all()
    exact = [product for product in products if product.sku.lower() in text.lower()]
    # What stands in brackets is a remark, such as 剩余保质期约60天, and names nothing.
    named = [(product, [_REMARK.sub("", product.name)]) for product in products]
    found = exact or by_name(text, named, by_noun=False)
    return found if len(found) <= MOST_MEANT else []


async def find_product(session: AsyncSession, sku: str) -> DbProduct | None:
    """Return the product with this stock keeping unit, or None."""
    return await session.get(DbProduct, sku)


def choices_of(product: DbProduct) -> tuple[Choices, ...]:
    """Return what can be chosen, read from `options` (`name:a/b/c;name:...`)."""
    parts = (part.partition(":") for part in product.options.split(";") if ":" in part)
    return tuple(Choices(name.strip(), tuple(values.split("/"))) for name, _, values in parts)


def asked_choice(product: DbProduct, text: str) -> tuple[str, bool] | None:
    """Return the option value that the text asks for and whether the product comes in it.

    None if the text names no value of a kind that this product has.
    """
    said = plain(text).upper()
    for choice in choices_of(product):
        for value in sorted(choice.values, key=len, reverse=True):
            if _names_value(value.upper(), said):
                return value, True
    colour = _COLOUR.search(said)
    if colour and any(choice.name == "颜色" for choice in choices_of(product)):
        return colour[0], False
    size = re.search(r"(?<![A-Z0-9])(\d?X{0,3}[SML]|\d{2,3})\s*(?:码|号)", said)
    has_sizes = any(choice.name == "尺码" for choice in choices_of(product))
    return (size[1], False) if size and has_sizes else None


def is_size(product: DbProduct, value: str) -> bool:
    """Say whether the value is one of the product's sizes."""
    return any(value in kind.values for kind in choices_of(product) if kind.name == "尺码")


def is_sold_out(product: DbProduct, value: str) -> bool:
    """Say whether this option of the product, or all of the product, is gone."""
    return product.stock <= 0 or value in [each.strip() for each in product.sold_out.split("/")]


def in_stock(product: DbProduct) -> str:
    """Return what there is of the product to choose from, such as 颜色：黑；尺码：38、39."""
    kinds = [
        (choice.name, [value for value in choice.values if not is_sold_out(product, value)])
        for choice in choices_of(product)
    ]
    return "；".join(f"{name}：{'、'.join(values)}" for name, values in kinds if values)


def asks_if_there(question: str) -> bool:
    """Say whether a question is whether there is something, not which one fits: 有42码吗."""
    return _IS_THERE.search(plain(question)) is not None and _FITS.search(plain(question)) is None


def asks_price(question: str) -> bool:
    """Say whether a question is what something costs: 多少钱, 什么价格."""
    return _PRICE.search(plain(question)) is not None


def asks_one_thing(question: str) -> bool:
    """Say whether a question wants one fact answered yes or no: 防水吗, 能不能机洗."""
    return _YES_OR_NO.search(plain(question)) is not None


def find_faq(product: DbProduct, question: str) -> dict[str, str] | None:
    """Return the question and answer of the catalogue that the customer's question matches."""
    said = _bag(question) - _bag(product.name)
    best, best_score = None, 0.0
    for faq in product.faq:
        asked = _bag(faq["question"])
        score = len(said & asked) / max(1, min(len(asked), len(said)))
        if score > best_score and len(said & asked) >= 2:
            best, best_score = faq, score
    return best if best_score >= CLOSE_ENOUGH else None


def find_spec(product: DbProduct, question: str) -> str | None:
    """Return the part of the specification that the question is about, or None."""
    parts = re.split(r"[；;]", product.spec)
    for part in parts:
        heading, _, value = part.partition("：")
        named = heading.strip()
        if value and named and named in question and named not in product.name:
            return part.strip()
    asked = _pairs(question) - _pairs(product.name)
    return next((part.strip() for part in parts if _pairs(part) & asked), None)


def _names_value(value: str, said: str) -> bool:
    if re.fullmatch(r"[0-9A-Z-]+", value):
        return re.search(rf"(?<![A-Z0-9]){re.escape(value)}(?![A-Z0-9])", said) is not None
    return value in said or (len(value) == 1 and f"{value}色" in said)


def _pairs(text: str) -> set[str]:
    words = re.findall(r"[\u4e00-\u9fff]{2,}", text)
    return {word[i : i + 2] for word in words for i in range(len(word) - 1)} - _SAYS_LITTLE


def _bag(text: str) -> set[str]:
    return set(_CHARACTER.findall(plain(text).lower())) - _FILLER


def titles(products: Sequence[DbProduct]) -> list[str]:
    """Return the products' names, in order."""
    return [product.name for product in products]
