"""Passwords match or not, and an unknown person costs what a known one costs."""

from argon2 import PasswordHasher, extract_parameters

from server.passwords import _DUMMY, hash_password, password_matches

PASSWORD = "correct horse battery"


async def test_a_password_matches_its_own_hash_alone() -> None:
    stored = hash_password(PASSWORD)
    assert await password_matches(PASSWORD, stored)
    assert not await password_matches("correct horse", stored)
    assert not await password_matches(PASSWORD, "no hash at all")


async def test_nobody_has_a_password() -> None:
    assert not await password_matches(PASSWORD, None)
    assert not await password_matches("", None)


def test_an_unknown_person_costs_as_much_as_a_known_one() -> None:
    assert extract_parameters(_DUMMY) == extract_parameters(hash_password(PASSWORD))
    assert not PasswordHasher().check_needs_rehash(_DUMMY)
