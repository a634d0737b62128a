"""Columns are recognised by name, by layout, and by what stands in them; never by force."""

import pytest

from policies.files import PolicyError
from review_manager.intake.columns import (
    Field,
    Profile,
    check_mapping,
    load_columns,
    plain_header,
    with_profiles,
)
from review_manager.intake.files import FileError

columns = load_columns()


def guess(*headers: str) -> dict[str, str]:
    return columns.guess(headers).as_record()


def test_a_layout_that_was_seen_is_recognised_with_its_platform() -> None:
    found = columns.guess(
        ["评论ID", "用户ID", "商品ID", "订单ID", "评分", "描述得分", "评论内容", "评论时间"]
    )
    assert found.platform == "pdd"
    assert found.fields[Field.REVIEW_ID] == "评论ID"
    assert found.fields[Field.SKU] == "商品ID"
    assert "描述得分" not in found.fields.values()


def test_the_fields_of_the_open_interface_are_recognised() -> None:
    found = columns.guess(
        ["tid", "oid", "nick", "result", "created", "item_title", "content", "reply"]
    )
    assert found.platform == "taobao"
    assert found.fields[Field.ORDER_NUMBER] == "tid"
    assert found.fields[Field.REVIEW_ID] == "oid"


def test_half_a_layout_is_read_name_by_name() -> None:
    assert guess("评论ID", "评分", "评论内容") == {
        "review_id": "评论ID",
        "stars": "评分",
        "text": "评论内容",
    }


@pytest.mark.parametrize(
    "header", ["评价内容", " 评价 内容 ", "【评价内容】", "评价内容：", "Review", "REVIEW_TEXT"]
)
def test_case_spaces_and_brackets_do_not_matter(header: str) -> None:
    assert guess(header) == {"text": header}


def test_the_better_name_wins_where_two_would_do() -> None:
    assert guess("内容", "评价内容")["text"] == "评价内容"


def test_a_nameless_column_is_the_text_if_it_talks() -> None:
    samples = [
        {"甲": "A100", "乙": "这个杯子漏水漏得一塌糊涂"},
        {"甲": "A101", "乙": "物流太慢等了整整一个星期"},
    ]
    assert columns.guess(["甲", "乙"], samples).as_record() == {"text": "乙"}
    assert columns.guess(["甲"], [{"甲": "A100"}]).as_record() == {}


def test_short_reviews_are_found_beside_shorter_names() -> None:
    samples = [{"甲": "盖子漏水了", "乙": "杯子"}, {"甲": "挺好的", "乙": "杯子"}]
    assert columns.guess(["乙", "甲"], samples).as_record() == {"text": "甲"}
    alike = [{"甲": "盖子漏水了", "乙": "保温杯子"}]
    assert columns.guess(["甲", "乙"], alike).as_record() == {}


def test_an_address_is_never_the_text() -> None:
    samples = [{"收货地址": "广东省深圳市某区某街道某小区三栋", "话": "盖子漏水，包里全湿了"}]
    assert columns.guess(["收货地址", "话"], samples).as_record() == {"text": "话"}


@pytest.mark.parametrize(
    ("header", "private"),
    [
        ("收货人姓名", True),
        ("联系手机", True),
        ("收件人电话", True),
        ("买家手机", True),
        ("收货人信息", True),
        ("Receiver Name", True),
        ("buyer_email", True),
        ("评价内容", False),
        ("图片地址", False),
        ("手机型号", False),
        ("电话客服评价", False),
        ("买家昵称", False),
    ],
)
def test_personal_columns_are_known(header: str, private: bool) -> None:
    assert columns.is_private(header) is private


def test_a_saved_layout_comes_before_the_shipped_ones() -> None:
    own = Profile(
        name="本店",
        platform="jd",
        seen_in="小陈",
        columns={"甲": "text", "乙": "stars", "丙": "sku"},
    )
    found = with_profiles(columns, [own]).guess(["甲", "乙", "丙"])
    assert (found.platform, found.fields[Field.TEXT]) == ("jd", "甲")


@pytest.mark.parametrize(
    ("mapping", "told"),
    [
        ({"text": "没有"}, "没有“没有”这一列"),
        ({"words": "正文"}, "没有“words”这个字段"),
        ({"stars": "评分"}, "没有找到评价内容列"),
    ],
)
def test_a_wrong_mapping_says_what_is_wrong(mapping: dict[str, str], told: str) -> None:
    with pytest.raises(FileError, match=told):
        check_mapping(mapping, ["正文", "评分"])


def test_no_shipped_layout_calls_itself_official() -> None:
    assert all("官方" not in f"{one.name}{one.seen_in}" for one in columns.profiles)
    assert all(one.seen_in for one in columns.profiles)


def test_no_name_stands_for_two_fields() -> None:
    import yaml

    from review_manager.intake.columns import COLUMNS_FILE

    synonyms = yaml.safe_load(COLUMNS_FILE.read_text())["synonyms"]
    names = [plain_header(name) for known in synonyms.values() for name in known]
    assert len(names) - len(set(names)) == sum(
        1
        for known in synonyms.values()
        for _ in range(len(known) - len({plain_header(n) for n in known}))
    )


def test_a_wrong_columns_file_names_the_key(tmp_path) -> None:
    path = tmp_path / "columns.yml"
    path.write_text(
        "valid_from: 2026-11-01\nsource: x\nsynonyms: {words: [a]}\nprivate: []\nprofiles: []\n"
    )
    with pytest.raises(PolicyError, match=r"columns\.yml: synonyms"):
        load_columns(path)
