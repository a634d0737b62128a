"""Which endpoints and keys are taken, and what is said of the others."""

from pathlib import Path

import pytest

from review_manager.language_model import BadEndpointError, Endpoint, read_key


@pytest.mark.parametrize(
    "address",
    [
        "https://api.example.com/v1",
        "https://api.example.com/compatible-mode/v1/",
        "http://localhost:11434/v1",
        "http://127.0.0.1:8000/v1",
        "http://[::1]:8000/v1",
        "http://192.168.1.5:8000/v1",
        "http://ollama:11434/v1",
    ],
)
def test_secure_and_near_addresses_are_taken(address: str) -> None:
    endpoint = Endpoint(address, "m")
    assert endpoint.url == address.rstrip("/") + "/chat/completions"
    assert endpoint.time_limit.total_seconds() == 8


@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("http://api.example.com/v1", "use https"),
        ("http://8.8.8.8/v1", "use https"),
        ("ftp://localhost/v1", "no http"),
        ("api.example.com/v1", "no http"),
        ("https:///v1", "no http"),
        ("https://me:secret@api.example.com/v1", "no password"),
        ("https://api.example.com/v1?key=1", "no password, query"),
    ],
)
def test_other_addresses_are_refused_with_the_reason(address: str, told: str) -> None:
    with pytest.raises(BadEndpointError, match=told):
        Endpoint(address, "m")


def test_a_model_must_be_named() -> None:
    with pytest.raises(BadEndpointError, match="name of a model"):
        Endpoint("https://api.example.com/v1", "")


@pytest.mark.parametrize("key", ["sk-1\n", "sk-1\r\nX: 1", "密钥"])
def test_a_key_that_no_header_can_hold_is_refused(key: str) -> None:
    with pytest.raises(BadEndpointError, match="the key holds"):
        Endpoint("https://api.example.com/v1", "m", key=key)


def test_the_key_does_not_show_in_logs() -> None:
    assert "sk-secret" not in repr(Endpoint("https://api.example.com/v1", "m", key="sk-secret"))


def _file(folder: Path, content: str, mode: int) -> Path:
    path = folder / "key"
    path.write_text(content)
    path.chmod(mode)
    return path


def test_a_private_key_file_is_read(tmp_path: Path) -> None:
    assert read_key(_file(tmp_path, "sk-1\n", 0o600)) == "sk-1"
    assert read_key(_file(tmp_path, "sk-2", 0o400)) == "sk-2"


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o644, 0o660, 0o601])
def test_a_key_file_for_others_is_refused(tmp_path: Path, mode: int) -> None:
    with pytest.raises(BadEndpointError, match="chmod 600"):
        read_key(_file(tmp_path, "sk-1", mode))


@pytest.mark.parametrize("content", ["", "\n", "密钥", "two\nlines"])
def test_a_file_without_a_key_is_refused(tmp_path: Path, content: str) -> None:
    with pytest.raises(BadEndpointError, match="holds no key"):
        read_key(_file(tmp_path, content, 0o600))


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadEndpointError, match="absent cannot be read"):
        read_key(tmp_path / "absent")
