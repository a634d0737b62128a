"""Reviews as case records: who answered, and who is no member of staff."""

import pytest

from reports.review_log import read_reviews

from .conftest import store_review


@pytest.mark.parametrize(
    ("by", "agent"),
    [
        ("staff:s1", "s1"),
        ("01a204e4-4219-7344-a30e-a6b9f634c438", "01a204e4-4219-7344-a30e-a6b9f634c438"),
        ("taobao", None),  # answered on the platform itself, and imported with the file
        ("house", None),
        ("demo", None),
        ("system", None),
        ("push:endpoint", None),
    ],
)
async def test_only_staff_counts_as_who_answered(database, now, by, agent) -> None:
    review = await store_review(database, now, hours=5, replied=2, by=by)
    async with database.read() as session:
        (record,) = await read_reviews(session, [review], now=now)
    assert record.agent_id == agent
    assert [person for _at, person in record.answers] == ([agent] if agent else [])
    assert [one.type for one in record.events] == ["review_posted", "reply_published"]
