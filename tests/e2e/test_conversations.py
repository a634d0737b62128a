"""Every standard conversation from the first word to its end, in a real browser with the real bot.

One shop page is used for all: each scenario comes as another customer, with a conversation of its
own. Which order suits which talk stands in data/shop, whose days are relative to the start.
"""

import struct
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest
from playwright.sync_api import Browser, Frame, Page

from shop.identity import sign_ticket
from storage.settings import StorageSettings

pytestmark = [pytest.mark.browser, pytest.mark.product, pytest.mark.timeout(900)]

ANSWER_SECONDS = 40.0  # other tests keep this machine busy meanwhile


@dataclass(frozen=True)
class Say:
    """The customer types this; the answer holds all these words, and none of the others."""

    text: str
    answer: tuple[str, ...]
    never: tuple[str, ...] = ()


@dataclass(frozen=True)
class Tap:
    """The customer taps this button of the newest message."""

    title: str
    answer: tuple[str, ...]
    never: tuple[str, ...] = ()


@dataclass(frozen=True)
class Photo:
    """The customer sends a picture."""

    answer: tuple[str, ...]
    never: tuple[str, ...] = ()


Step = Say | Tap | Photo
SCENARIOS: dict[str, tuple[str | None, tuple[Step, ...]]] = {
    "order status": (
        "C0061",
        (
            Say("我的包发货了没有", ("最晚", "前发出", "帆布托特包", "待发货")),
            Say("催一下", ("已请仓库优先处理", "SR")),
        ),
    ),
    "parcel trace": (
        "C0006",
        (Say("订单867910856881514364到哪了", ("包裹预计", "前后送到", "顺丰")),),
    ),
    "stuck parcel is urged": (
        "C0001",
        (
            Say("我的快递怎么一直不动", ("小时没有新消息", "南京", "要我现在催")),
            Tap("催快递", ("已催快递，登记号 SR", "前给您结果")),
            Say("那多久到？", ("最晚", "登记号 SR")),
        ),
    ),
    "delivered, not received": (
        "C0041",
        (
            Say("694615138337297453显示签收了，可我没收到", ("已签收", "请快递核实")),
            Tap("登记核实", ("登记号 SR", "补发或退款")),
        ),
    ),
    "return": (
        "C0037",
        (
            Say("订单264808856618547246我想退货", ("什么原因",)),
            Tap("不想要了", ("什么样子",)),
            Tap("没拆，完好", ("可以退", "消费者权益保护法 §25", "提交")),
            Tap("提交", ("单号 AS", "前寄到", "余杭区", "运费由您付", "退")),
            Say("换货到哪一步了", ("等您寄回",)),
            Say("寄了，单号SF1420000000123", ("记下了", "SF1420000000123")),
        ),
    ),
    "return of a faulty item, with a photo": (
        "C0011",
        (
            Say("订单413658975265284658拖把坏了要退", ("照片",)),
            Photo(("可以退", "运费由我们承担")),
            Tap("提交", ("单号 AS", "运费由我们承担")),
        ),
    ),
    "exchange": (
        "C0055",
        (
            Say("订单692116711074956931太大了，想换小一号", ("什么样子",)),
            Tap("拆开看过或试过", ("想换成哪一种",)),
            Tap("L", ("可以换成L", "有货", "寄回运费由您付")),
            Tap("提交", ("换货申请已通过", "单号 AS", "前寄到", "当天补发L")),
            Say("算了，不换了", ("可以撤销",)),
            Tap("撤销申请", ("已撤销",)),
        ),
    ),
    "refund progress": (
        "C0005",
        (
            Say("我的退款到哪一步了", ("已收到", "最晚", "280.82 元", "支付宝")),
            Say("那到底哪天", ("最晚",), never=("没听明白",)),
        ),
    ),
    "cancel before shipping": (
        "C0029",
        (
            Say("订单868221554118069831不要了，取消掉", ("应退", "确认取消吗", "贵妃芒")),
            Tap("确认取消", ("已经取消", "原路退回支付宝", "退款单号 AS")),
        ),
    ),
    "change the address": (
        "C0013",
        (
            Say("地址写错了，想改一下", ("新的完整地址",)),
            Say("浙江省杭州市西湖区文三路100号2幢301，电话19912345678", ("地址改为", "手机号改为")),
            Tap("对，就改这个", ("已请仓库按新信息改", "SR")),
        ),
    ),
    "change the phone": (
        "C0050",
        (
            Say("订单862483340113006369收货手机号填错了，要改", ("新的手机号",)),
            Say("19912345678", ("手机号改为 199****5678",)),
            Tap("对，就改这个", ("改好了",)),
        ),
    ),
    "invoice": (
        "C0069",
        (
            Say("订单861888928891417733要开发票", ("个人还是公司",)),
            Tap("公司", ("抬头",)),
            Say("杭州青穗科技有限公司", ("税号",)),
            Say("91330100MA27ABCD1X", ("邮箱",)),
            Say("caiwu@example.com", ("杭州青穗科技有限公司", "对吗")),
            Tap("对，开吧", ("发票已申请", "24 小时内")),
        ),
    ),
    "promotion": (
        None,
        (
            Say("最近有什么优惠活动", ("满199减20", "满399减50")),
            Say("满减和券能叠加吗", ("再用一张券",)),
        ),
    ),
    "price protection": (
        "C0019",
        (
            Say("空气炸锅刚买就降价了，能退差价吗", ("可以退差价", "20 元")),
            Tap("登记退差价", ("空气炸锅", "登记号 SR", "原路退回")),
        ),
    ),
    "payment problem": ("C0004", (Say("一直付不了款", ("198 元", "去付款")),)),
    "warranty": (
        "C0064",
        (
            Say("订单303271332058904104的音箱坏了，能保修吗", ("七天内质量问题", "第二十四条")),
            Tap("退货", ("照片",)),
        ),
    ),
    "product facts": (
        None,
        (
            Say("不锈钢保温杯会漏水吗", ("漏",)),
            Say("飞织透气跑步鞋有38码吗", ("38", "没货", "39")),
        ),
    ),
    "policy with its clause": (
        None,
        (
            Say("七天无理由退货怎么算", ("第二十五条",)),
            Say("退货运费谁出", ("第二十四条",)),
        ),
    ),
    "small talk": (
        None,
        (
            Say("你好", ("我是智能客服", "有什么可以帮您")),
            Say("谢谢", ("不客气",)),
        ),
    ),
    "out of scope": (None, (Say("今天天气怎么样", ("聊不来",)),)),
    "a guest proves an order": (
        None,
        (
            Say("帮我查下物流", ("订单号",)),
            Say("没有订单号怎么办", ("我的订单",)),
            Say("866873818011798519", ("后四位",)),
            Say("1111", ("对不上",), never=("包裹",)),
            Say("866873818011798519 2539", ("包裹",)),
        ),
    ),
    "another subject while a form is open": (
        "C0063",
        (
            Say("订单869626974072293354我要退货", ("什么原因",)),
            Say("对了，现在有什么优惠活动", ("满199减20", "还没提交")),
            Tap("接着办退换", ("什么原因",)),
            Say("算了不退了", ("没有提交",)),
        ),
    ),
}


@pytest.fixture(scope="module")
def shop_page(product: Any, chromium: Browser) -> Iterator[Page]:
    """The shop's page with the chat open."""
    context = chromium.new_context(locale="zh-CN", viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.set_default_timeout(30_000)
    page.goto(f"{product.url}/shop")
    page.locator("kefu-chat").evaluate("(element) => element.open()")
    yield page
    context.close()


@pytest.fixture
def come(product: Any, shop_page: Page) -> Callable[[str | None, str], Frame]:
    """Come as a customer (or a guest) to a conversation of one's own."""
    secret = StorageSettings(_env_file=None, var_dir=product.var_dir).ticket_secret()

    def as_customer(customer: str | None, name: str) -> Frame:
        ticket = sign_ticket(customer, secret, now=datetime.now(UTC)) if customer else None
        chat = _chat(shop_page)
        shop_page.locator("kefu-chat").evaluate(
            """(element, [ticket, name]) => {
                if (ticket) element.setAttribute('identity', ticket);
                else element.removeAttribute('identity');
                element.setAttribute('customer', name);
            }""",
            [ticket, name],
        )
        chat.locator(".msg.customer").first.wait_for(state="detached")
        chat.locator(".choices button").first.wait_for()
        return chat

    return as_customer


@pytest.mark.parametrize("name", SCENARIOS)
def test_a_standard_conversation(
    name: str, product: Any, come: Callable[[str | None, str], Frame]
) -> None:
    customer, steps = SCENARIOS[name]
    chat = come(customer, name)
    for step in steps:
        answer = _do(chat, step)
        for words in step.answer:
            assert words in answer, f"{step}: {answer}"
        for words in step.never:
            assert words not in answer, f"{step}: {answer}"


def test_a_second_wish_for_a_person_is_never_answered_by_a_question(
    come: Callable[[str | None, str], Frame],
) -> None:
    chat = come("C0012", "a person")
    before = chat.locator(".msg.bot").count()
    _type(chat, "转人工")
    chat.locator("h1", has_text="智能客服").wait_for(state="detached")
    _type(chat, "转人工")
    chat.locator(".msg.customer").nth(1).wait_for()
    chat.page.wait_for_timeout(1_500)
    said = chat.locator(".msg.bot").all_inner_texts()[before:]
    assert not any("？" in text for text in said), said
    assert "智能客服" not in chat.locator("h1").inner_text()


def _chat(page: Page) -> Frame:
    while True:
        frame = next((frame for frame in page.frames if "/widget?" in frame.url), None)
        if frame is not None:
            frame.locator("textarea").wait_for()
            return frame
        page.wait_for_timeout(50)


def _do(chat: Frame, step: Step) -> str:
    """Do the step; return all that the bot, or the desk, then says, cards and buttons included."""
    before = chat.locator(".msg.bot, .msg.system").count()
    match step:
        case Say(text=text):
            _type(chat, text)
        case Tap(title=title):
            chat.locator(".msg .buttons").get_by_role("button", name=title, exact=True).click()
        case Photo():
            picture = {"name": "photo.png", "mimeType": "image/png", "buffer": _png()}
            chat.locator("input[type=file]").set_input_files([picture])  # type: ignore[list-item]
    return _answer(chat, before, step)


def _answer(chat: Frame, before: int, step: Step) -> str:
    """Wait for the answer to be whole: all words are there, or nothing more comes."""
    heard = ""
    for _ in range(int(ANSWER_SECONDS * 10)):
        said = chat.locator(".msg.bot, .msg.system").all_inner_texts()[before:]
        heard = "\n".join(said)
        if said and all(words in heard for words in step.answer):
            return heard
        chat.page.wait_for_timeout(100)
    return heard


def _type(chat: Frame, text: str) -> None:
    chat.locator("textarea").fill(text)
    chat.get_by_role("button", name="发送", exact=True).click()


def _png() -> bytes:
    """Return a small grey picture."""
    rows = b"".join(b"\0" + bytes([128]) * 8 for _ in range(8))
    header = struct.pack(">IIBBBBB", 8, 8, 8, 0, 0, 0, 0)
    chunks = [(b"IHDR", header), (b"IDAT", zlib.compress(rows)), (b"IEND", b"")]
    body = b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in chunks
    )
    return b"\x89PNG\r\n\x1a\n" + body
