"""Row ids: UUIDv7 that sort by the time of their making and never meet."""

import time
import uuid

from storage.tables import new_id


def test_an_id_is_a_uuid_of_version_seven_with_its_time_in_front() -> None:
    before = time.time_ns() // 1_000_000
    made = [uuid.UUID(new_id()) for _ in range(5_000)]
    after = time.time_ns() // 1_000_000
    assert {(one.version, one.variant) for one in made} == {(7, uuid.RFC_4122)}
    assert all(before <= one.int >> 80 <= after for one in made)
    assert len(set(made)) == len(made)


def test_every_free_bit_is_thrown() -> None:
    made = [uuid.UUID(new_id()).int for _ in range(500)]
    always = 2**128 - 1
    ever = 0
    for one in made:
        always &= one
        ever |= one
    free = ((1 << 12) - 1) << 64 | ((1 << 62) - 1)
    assert always & free == 0
    assert ever & free == free
