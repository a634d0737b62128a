"""Sealed columns open only in their own row and under their own key."""

from pathlib import Path

import pytest

from storage.sealed import CannotOpenError, Keyring, NoKeyringError, Sealed, _in_use, blind_index

PHONE = "13800001234"


class Row:
    """A stand-in for a stored row: an id, a table name and the sealed column."""

    __tablename__ = "customer"
    phone = Sealed()

    def __init__(self, row_id: str | None) -> None:
        self.id = row_id
        self.phone_sealed: bytes | None = None


def test_a_sealed_value_reads_back_and_its_column_does_not_show_it() -> None:
    row = Row("c1")
    row.phone = PHONE
    assert row.phone == PHONE
    assert row.phone_sealed is not None
    assert PHONE.encode() not in row.phone_sealed


def test_equal_values_look_different_but_share_a_blind_index() -> None:
    first, second = Row("c1"), Row("c1")
    first.phone = second.phone = PHONE
    assert first.phone_sealed != second.phone_sealed
    assert blind_index("phone", PHONE) == blind_index("phone", PHONE)
    assert blind_index("phone", PHONE) != blind_index("order", PHONE)


def test_a_ciphertext_moved_to_another_row_does_not_open() -> None:
    mine, other = Row("c1"), Row("c2")
    mine.phone = PHONE
    other.phone_sealed = mine.phone_sealed
    with pytest.raises(CannotOpenError, match=r"customer\.phone:c2"):
        _ = other.phone


@pytest.mark.parametrize("position", [0, 1, 5, -1])
def test_a_changed_byte_does_not_open(position: int) -> None:
    ring = Keyring.generate()
    sealed = bytearray(ring.seal(PHONE, context="t.c:1"))
    sealed[position] ^= 0x01
    with pytest.raises(CannotOpenError):
        ring.open(bytes(sealed), context="t.c:1")


def test_old_keys_open_and_the_newest_seals() -> None:
    old = Keyring({1: b"a" * 32}, b"i" * 32)
    new = Keyring({1: b"a" * 32, 2: b"b" * 32}, b"i" * 32)
    assert new.open(old.seal(PHONE, context="x"), context="x") == PHONE
    with pytest.raises(CannotOpenError):
        old.open(new.seal(PHONE, context="x"), context="x")


def test_none_stays_none() -> None:
    row = Row("c1")
    row.phone = None
    assert row.phone is None


def test_the_id_comes_first() -> None:
    with pytest.raises(ValueError, match=r"set Row\.id before phone"):
        Row(None).phone = PHONE


def test_the_keyring_file_is_private_and_made_once(tmp_path: Path) -> None:
    path = tmp_path / "secrets" / "keyring.json"
    made = Keyring.load_or_create(path)
    assert path.stat().st_mode & 0o777 == 0o600
    assert Keyring.load_or_create(path) == made


def test_without_a_keyring_nothing_opens() -> None:
    _in_use.clear()
    with pytest.raises(NoKeyringError, match="use_keyring"):
        blind_index("phone", PHONE)
