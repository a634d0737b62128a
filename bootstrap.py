"""Prepares a bare machine: uv, both Python environments, and what the tests need.

Runs on any Python 3.8+ with the standard library alone: `python3 bootstrap.py [--test]`.
"""

import argparse
import glob
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent
TOOLS = ROOT / ".tools"
FREE_BYTES_NEEDED = 6 * 1024**3
MAIN_VERSIONS = ("3.12", "3.13", "3.11")
BOT_VERSION = "3.10"
CHROMIUM_PLACES = ("/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome")


class Mend(Exception):
    """A step that cannot go on; the message is one line that says how to mend it."""


def main():
    """Run the steps that are not done yet, with their names and times."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--test", action="store_true", help="also what the tests need")
    for_tests = parser.parse_args().test
    try:
        check_disk()
        uv = step("uv, the package manager", find_or_install_uv)
        step("Python packages of the product", lambda: sync_main(uv))
        step("Python 3.10 packages of the Rasa bot", lambda: sync_bot(uv))
        if for_tests:
            step("Chromium and a Chinese font for the tests", install_browser)
    except Mend as error:
        sys.exit("\n✗ {}".format(error))
    except KeyboardInterrupt:
        sys.exit("\n✗ interrupted; run the same command again to go on")


def step(name, action):
    """Print what is being done and how long it took; return the action's result."""
    print("• {} …".format(name), flush=True)
    started = time.monotonic()
    result = action()
    print("  done in {:.1f} s".format(time.monotonic() - started), flush=True)
    return result


def check_disk():
    """Refuse to start a first installation that will not fit."""
    installed = (ROOT / ".venv").exists() and (ROOT / "bot" / ".venv").exists()
    free = shutil.disk_usage(str(ROOT)).free
    if not installed and free < FREE_BYTES_NEEDED:
        raise Mend(
            "the disk has {:.1f} GB free and the installation needs {:.0f} GB: free some space and "
            "run the command again".format(free / 1024**3, FREE_BYTES_NEEDED / 1024**3)
        )


def find_or_install_uv():
    """Return the path of a uv that works: the one on PATH, or a private one in .tools/."""
    private = TOOLS / "bin" / "uv"
    if works(private):
        return str(private)
    found = shutil.which("uv")
    # A pyenv shim exports PYENV_VERSION and so hides the other Pythons from uv.
    if found and "shims" not in found and works(found):
        return found
    print("  not found; installing a private one into .tools/", flush=True)
    install_private_uv()
    if not works(private):
        raise Mend("uv was installed into .tools/ but does not start: remove .tools/ and try again")
    return str(private)


def install_private_uv():
    """Install uv into .tools/ with pip."""
    made = subprocess.run(
        [sys.executable, "-m", "venv", str(TOOLS)], capture_output=True, text=True
    )
    if made.returncode:
        raise Mend(
            "this Python cannot make virtual environments: install its venv package (Debian: "
            "apt-get install python3-venv) or uv (https://docs.astral.sh/uv/), then try again"
        )
    run(
        [str(TOOLS / "bin" / "pip"), "install", "--quiet", "--disable-pip-version-check", "uv"],
        mend="uv could not be downloaded: check the network or set PIP_INDEX_URL to a mirror",
    )


def sync_main(uv):
    """Install the product's own packages from uv.lock into .venv."""
    # Compiled once here: where Python may keep nothing, each start would compile spaCy anew.
    sync(uv, ROOT, MAIN_VERSIONS, "--compile-bytecode")


def sync_bot(uv):
    """Install Rasa's packages from bot/uv.lock into bot/.venv."""
    sync(uv, ROOT / "bot", (BOT_VERSION,))


def sync(uv, folder, versions, *options):
    """Make the environment of `folder` equal to its lock; a Python that serves already stays."""
    command = [uv, "sync", "--locked", *options, "--directory", str(folder)]
    own = folder / ".venv" / "bin" / "python"
    if not any(reports(str(own), version) for version in versions):
        command += ["--python", find_python(versions) or download_python(uv, versions[0])]
    run(
        command,
        mend="packages could not be installed: check the network (UV_DEFAULT_INDEX names a mirror) "
        "and the free disk space, then run the same command again; it goes on where it stopped",
    )


def find_python(versions):
    """Return the path of a Python of one of these versions: on PATH, else held by pyenv."""
    for version in versions:
        candidates = [shutil.which("python" + version)]
        for root in pyenv_roots():
            pattern = os.path.join(root, "versions", version + ".*", "bin", "python" + version)
            candidates += sorted(glob.glob(pattern), reverse=True)
        for candidate in candidates:
            if candidate and reports(candidate, version):
                return candidate
    return None


def pyenv_roots():
    """Return the folders in which pyenv may keep its Pythons."""
    roots = [os.environ.get("PYENV_ROOT"), os.path.expanduser("~/.pyenv")]
    pyenv = shutil.which("pyenv")
    if pyenv:
        roots.append(os.path.dirname(os.path.dirname(os.path.realpath(pyenv))))
    return [root for root in dict.fromkeys(roots) if root]


def download_python(uv, version):
    """Let uv download a Python of this version; return its path."""
    print("  no Python {} on this machine; downloading one".format(version), flush=True)
    mend = (
        "Python {0} is missing and could not be downloaded: install it (pyenv install {0}), or set "
        "UV_PYTHON_INSTALL_MIRROR to a mirror that this machine reaches".format(version)
    )
    run([uv, "python", "install", version], mend=mend)
    found = subprocess.run(
        [uv, "python", "find", "--no-project", version],
        capture_output=True,
        text=True,
        env=environment(),
    )
    if found.returncode:
        raise Mend(mend)
    return found.stdout.strip()


def install_browser():
    """Install Chromium and a Chinese font: Debian's as root, Playwright's download elsewhere."""
    if any(os.access(place, os.X_OK) for place in CHROMIUM_PLACES) and has_chinese_font():
        return
    if os.geteuid() == 0 and shutil.which("apt-get"):
        packages = ["chromium", "fonts-noto-cjk", "fontconfig"]
        install = ["apt-get", "install", "-y", "-qq", "--no-install-recommends"]
        mend = "Debian's packages {} could not be installed".format(" ".join(packages))
        run(["apt-get", "update", "-qq"], mend=mend)
        run(install + packages, mend=mend, quiet=True)
        return
    run(
        [str(ROOT / ".venv" / "bin" / "playwright"), "install", "chromium"],
        mend="Chromium could not be downloaded: install it and fonts-noto-cjk with the system's "
        "package manager, then try again",
    )


def has_chinese_font():
    """Say whether fontconfig knows a font with Chinese letters."""
    listed = (
        subprocess.run(["fc-list", ":lang=zh"], capture_output=True, text=True)
        if (shutil.which("fc-list"))
        else None
    )
    return bool(listed and listed.stdout.strip())


def works(program):
    """Say whether the program starts."""
    return reports(str(program), "")


def reports(program, version):
    """Say whether `program --version` starts and names `version`."""
    try:
        asked = subprocess.run(
            [program, "--version"], capture_output=True, text=True, env=environment()
        )
    except OSError:
        return False
    return asked.returncode == 0 and " {}".format(version) in asked.stdout


def run(command, mend, quiet=False):
    """Run a command with its own progress shown; raise Mend if it fails."""
    output = subprocess.DEVNULL if quiet else None
    try:
        done = subprocess.run(command, env=environment(), stdout=output, stdin=subprocess.DEVNULL)
    except OSError as error:
        raise Mend("{} ({})".format(mend, error))
    if done.returncode:
        raise Mend(mend)


def environment():
    """Return the environment without what a pyenv shim or another virtual environment set."""
    hidden = ("PYENV_VERSION", "PYENV_DIR", "VIRTUAL_ENV", "PYTHONHOME", "PYTHONPATH", "UV_PYTHON")
    kept = {name: value for name, value in os.environ.items() if name not in hidden}
    kept.setdefault("DEBIAN_FRONTEND", "noninteractive")
    return kept


if __name__ == "__main__":
    main()
