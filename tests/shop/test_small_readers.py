"""Small readings of a line: ways to pay, another language, a yes in other words, a return."""

from collections.abc import Callable

import pytest

from shop.coupons import asks_about_birthday, asks_to_combine
from shop.mentions import names_vague_days, points_at_goods
from shop.order_numbers import lacks_order_number
from shop.payments import find_unoffered_payment
from shop.products import asks_if_there, asks_one_thing, asks_price
from shop.receivers import find_address, find_name, find_phone, says_recipient
from shop.returns.reading import (
    read_kind,
    says_instead,
    says_sent_back,
    says_withdrawn,
    tells_to_return,
)
from shop.smalltalk import (
    asks_for_person,
    asks_to_urge,
    asks_who_answers,
    drops_it,
    is_foreign,
    takes_up,
)
from shop.warranty import names_repair

OFFERED = ("支付宝", "微信支付", "云闪付")
CASES: list[tuple[Callable[[str], bool], list[str], list[str]]] = [
    (asks_to_combine, ["满减和券能一起用吗", "可以叠加吗", "都能用吗"], ["有券吗", "怎么用"]),
    (asks_about_birthday, ["生日有没有优惠"], ["生鲜有优惠吗"]),
    (
        names_vague_days,
        ["前几天买的", "这几天", "前些天"],
        ["前天买的", "大前天", "三天前", "昨天"],
    ),
    (points_at_goods, ["耳机那个", "徒步鞋那双"], ["耳机", "到哪了"]),
    (
        lacks_order_number,
        ["没有订单号", "我没有订单号啊", "订单号在哪看", "用手机号可以吗", "没有"],
        ["869521132756736669", "订单号是869521132756736669", "尾号2643"],
    ),
    (asks_if_there, ["有42码吗", "还有黑色的不？", "有没有货"], ["42码适合我吗", "多大脚穿42"]),
    (asks_one_thing, ["防水吗", "能不能机洗", "会不会掉色"], ["介绍一下", "是什么材质", "怎么洗"]),
    (asks_price, ["多少钱", "怎么卖", "什么价格"], ["降价了", "有优惠吗"]),
    (says_recipient, ["收件人也改成王五", "姓名：李四"], ["王五", "电话13900001111"]),
    (
        says_sent_back,
        ["寄了 单号SF1234567890123", "已经寄回了", "寄了 SF9988776655443"],
        ["寄了吗", "什么时候寄", "快递寄了吗单号多少", "包裹退回去了"],
    ),
    (says_withdrawn, ["不退了", "算了我不换了", "取消退货申请"], ["退货", "不想要了退货", "不行"]),
    (says_instead, ["还是退款吧", "那直接退", "改成换货"], ["退款", "退了还是换了", "怎么换"]),
    (
        tells_to_return,
        ["那退拖把吧", "我要退了", "就退那个吧 颜色发错了"],
        ["那能退吗", "退货流程是什么", "怎么退", "退款到了"],
    ),
    (
        asks_to_urge,
        ["催一下", "能快点吗", "麻烦尽快", "抓紧发吧", "加急"],
        ["已经催过了", "退款快点", "快点拿到了很开心", "快递"],
    ),
    (asks_who_answers, ["你是机器人吗", "客服在吗", "是自动回复吗"], ["转人工", "叫个人来"]),
    (
        is_foreign,
        ["Can I return it?", "human please", "返品したい"],
        ["OK", "hi", "我要iPhone壳", "SF123"],
    ),
    (asks_for_person, ["human please", "转人工", "An agent, now"], ["management", "agenda"]),
    (
        takes_up,
        ["登记核实", "请快递处理", "帮我查一下", "好 帮我查查", "好，报修"],
        [
            "查快递",
            "不登记",
            "怎么登记",
            "先不处理",
            "我想知道登记以后会怎么样",
            "帮我查下物流",
            "帮我查一下退款",
        ],
    ),
    (
        drops_it,
        ["算了不退了", "不改了", "不想换货了", "取消申请"],
        ["退吧", "不退款吗", "取消订单"],
    ),
    (names_repair, ["漏水了", "能保修吗", "音箱坏了"], ["会漏水吗", "防水吗"]),
]


@pytest.mark.parametrize(
    ("reads", "line", "does"),
    [(reads, line, True) for reads, lines, _ in CASES for line in lines]
    + [(reads, line, False) for reads, _, lines in CASES for line in lines],
)
def test_what_a_line_says(reads: Callable[[str], bool], line: str, does: bool) -> None:
    assert reads(line) is does


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("那换个码行吗", "exchange"),
        ("还是退吧", "return"),
        ("不退了，换货", "exchange"),
        ("不换了，退货", "return"),
        ("退货还是换货好", None),
        ("换句话说", None),
        ("不想要了", None),
    ],
)
def test_which_remedy_is_wanted(line: str, kind: str | None) -> None:
    assert read_kind(line) == kind


@pytest.mark.parametrize(
    ("line", "asked"),
    [
        ("可以货到付款吗", "货到付款"),
        ("花呗分期呢", "花呗分期"),
        ("能用微信吗", None),
        ("支付宝可以吗", None),
        ("花呗付款失败了", None),
        ("怎么付款", None),
    ],
)
def test_a_way_to_pay_that_the_shop_has_not(line: str, asked: str | None) -> None:
    assert find_unoffered_payment(line, OFFERED) == asked


@pytest.mark.parametrize(
    ("line", "address", "name", "phone"),
    [
        ("改成寄到公司 上海市浦东新区张江路88号", "上海市浦东新区张江路88号", None, None),
        (
            "新地址是北京市朝阳区建国路1号，收件人张三，电话13811112222",
            "北京市朝阳区建国路1号",
            "张三",
            "13811112222",
        ),
        ("收件人也改成王五", None, "王五", None),
        ("电话13900001111", None, None, "13900001111"),
        ("收货地址改到人民路5号3单元302", "人民路5号3单元302", None, None),
    ],
)
def test_several_parts_of_the_receiver_in_one_line(
    line: str, address: str | None, name: str | None, phone: str | None
) -> None:
    assert (find_address(line), find_phone(line)) == (address, phone)
    assert find_name(line) == name
