"""The settings of the sentence vectors reach the bot's processes, and the key nothing else."""

from pathlib import Path

import pytest

from kefu.bot_environment import bot_environment, embeddings_environment
from kefu.bot_model import inputs_hash
from kefu.bot_programs import actions_program, bot_program
from server.settings import Settings

KEY = "sk-not-to-be-seen"
NAMES = ("KEFU_EMBEDDINGS_URL", "KEFU_EMBEDDINGS_MODEL", "KEFU_EMBEDDINGS_KEY")


@pytest.fixture(autouse=True)
def shop_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a .env of its own, and none of these settings in the environment."""
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".env").write_text("")
    return tmp_path


def _write(folder: Path, *, url: str, model: str = "m3", key: str = KEY) -> None:
    lines = zip(NAMES, (url, model, key), strict=True)
    (folder / ".env").write_text("".join(f"{name}={value}\n" for name, value in lines))


def test_nothing_is_passed_on_that_is_not_set() -> None:
    assert embeddings_environment() == {}
    assert not set(NAMES) & set(bot_environment())


def test_the_file_reaches_training_reading_and_serving(shop_folder: Path) -> None:
    _write(shop_folder, url="https://v.example/v1/embeddings")
    expected = dict(zip(NAMES, ("https://v.example/v1/embeddings", "m3", KEY), strict=True))
    assert embeddings_environment() == expected
    assert expected.items() <= bot_environment().items()
    served = bot_program(shop_folder, Path("m.tar.gz"), port=1, actions_port=2)
    assert expected.items() <= dict(served.environment).items()


def test_the_environment_wins_over_the_file(
    shop_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _write(shop_folder, url="https://file.example/v1/embeddings")
    monkeypatch.setenv("KEFU_EMBEDDINGS_URL", "https://env.example/v1/embeddings")
    assert embeddings_environment()["KEFU_EMBEDDINGS_URL"] == "https://env.example/v1/embeddings"


def test_other_vectors_need_another_model_but_another_key_does_not(shop_folder: Path) -> None:
    offline = inputs_hash()
    _write(shop_folder, url="https://v.example/v1/embeddings")
    named = inputs_hash()
    _write(shop_folder, url="https://v.example/v1/embeddings", key="sk-renewed")
    assert inputs_hash() == named
    _write(shop_folder, url="https://v.example/v1/embeddings", model="m4")
    assert len({offline, named, inputs_hash()}) == 3


def test_the_key_is_in_no_command_and_no_record(shop_folder: Path) -> None:
    _write(shop_folder, url="https://v.example/v1/embeddings")
    settings = Settings()
    assert KEY not in repr(settings)
    assert KEY not in settings.model_dump_json()
    served = bot_program(shop_folder, Path("m.tar.gz"), port=1, actions_port=2)
    assert KEY not in " ".join(served.command)
    assert KEY not in repr(served)


def test_bot_and_actions_meet_on_loopback(shop_folder: Path) -> None:
    bot = bot_program(shop_folder, Path("m.tar.gz"), port=5005, actions_port=5055)
    assert bot.environment["KEFU_ACTIONS_URL"] == "http://127.0.0.1:5055/webhook"
    assert bot.environment["SANIC_HOST"] == "127.0.0.1"
    assert ("--interface", "127.0.0.1") in zip(bot.command, bot.command[1:], strict=False)
    assert actions_program(shop_folder, port=5055).environment == {"KEFU_ACTIONS_PORT": "5055"}
