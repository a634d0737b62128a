"""A bare machine is prepared in order, and what is missing is said in one line with its mend."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import bootstrap

ROOT = Path(__file__).parents[1]
NOWHERE = "http://127.0.0.1:9"  # the discard port: nothing listens


def _program(folder: Path, name: str, says: str, *, code: int = 0) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / name
    file.write_text(f"#!/bin/sh\necho '{says}'\nexit {code}\n")
    file.chmod(0o755)
    return file


@pytest.fixture
def bare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine with an empty HOME and PATH, on which nothing is installed yet."""
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.delenv("PYENV_ROOT", raising=False)
    monkeypatch.setattr(bootstrap, "TOOLS", tmp_path / "tools")
    return tmp_path


def test_a_uv_on_the_path_is_used(bare: Path) -> None:
    uv = _program(bare / "bin", "uv", "uv 0.9.1")
    assert bootstrap.find_or_install_uv() == str(uv)


def test_the_private_uv_comes_before_the_one_on_the_path(bare: Path) -> None:
    _program(bare / "bin", "uv", "uv 0.9.1")
    private = _program(bare / "tools" / "bin", "uv", "uv 0.9.2")
    assert bootstrap.find_or_install_uv() == str(private)


def test_a_shim_of_pyenv_is_no_uv(bare: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _program(bare / "shims", "uv", "uv 0.9.1")
    monkeypatch.setenv("PATH", str(bare / "shims"))
    installed = []
    monkeypatch.setattr(bootstrap, "install_private_uv", lambda: installed.append("uv"))
    with pytest.raises(bootstrap.Mend, match="does not start"):
        bootstrap.find_or_install_uv()
    assert installed == ["uv"]


def test_a_python_on_the_path_comes_before_the_one_pyenv_holds(bare: Path) -> None:
    held = bare / "home" / ".pyenv" / "versions" / "3.10.13" / "bin"
    _program(held, "python3.10", "Python 3.10.13")
    assert bootstrap.find_python(("3.10",)) == str(held / "python3.10")
    on_path = _program(bare / "bin", "python3.10", "Python 3.10.4")
    assert bootstrap.find_python(("3.10",)) == str(on_path)


def test_a_python_that_does_not_start_is_passed_over(bare: Path) -> None:
    _program(bare / "bin", "python3.10", "pyenv: python3.10: command not found", code=127)
    assert bootstrap.find_python(("3.10",)) is None


def test_a_python_that_nobody_has_is_named_with_its_mend(bare: Path) -> None:
    uv = _program(bare / "bin", "uv", "error: no download", code=1)
    with pytest.raises(bootstrap.Mend, match=r"Python 3\.10 is missing .*pyenv install 3\.10"):
        bootstrap.download_python(str(uv), "3.10")


def test_too_little_disk_for_a_first_installation(
    bare: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bootstrap, "FREE_BYTES_NEEDED", 2**62)
    monkeypatch.setattr(bootstrap, "ROOT", bare)
    with pytest.raises(bootstrap.Mend, match="free some space"):
        bootstrap.check_disk()
    for folder in (".venv", "bot/.venv"):
        (bare / folder).mkdir(parents=True)
    bootstrap.check_disk()  # what is installed needs no room


def test_a_failed_download_ends_in_one_line_and_can_be_repeated(tmp_path: Path) -> None:
    """The real uv, with an empty cache and no way to the network."""
    clone = tmp_path / "clone"
    (clone / "bot").mkdir(parents=True)
    for name in ("bootstrap.py", "pyproject.toml", "uv.lock", "README.md"):
        shutil.copy(ROOT / name, clone / name)
    uv = bootstrap.find_or_install_uv()
    done = subprocess.run(
        [sys.executable, "bootstrap.py"],
        cwd=clone,
        env={
            "PATH": f"{Path(uv).parent}:{os.environ['PATH']}",
            "HOME": str(tmp_path),
            "UV_CACHE_DIR": str(tmp_path / "cache"),
            "UV_HTTP_RETRIES": "0",
            "HTTPS_PROXY": NOWHERE,
            "HTTP_PROXY": NOWHERE,
        },
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 1
    last = done.stderr.strip().splitlines()[-1]
    assert last.startswith("✗ packages could not be installed: check the network")
    assert "run the same command again" in last
    assert not (clone / "bot" / ".venv").exists()
