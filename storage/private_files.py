"""Files that only their owner may read: keys, secrets, passwords."""

import os
from pathlib import Path


def write_private(path: Path, text: str) -> None:
    """Write a new file with mode 0600; raises FileExistsError rather than replace one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
