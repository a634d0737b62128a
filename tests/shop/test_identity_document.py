"""The code that the documentation gives a shop makes tickets that are accepted."""

import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from shop.identity import read_ticket

DOCUMENT = Path(__file__).parents[2] / "docs" / "identity.md"
SECRET = b"0123456789abcdef" * 4


def test_the_documented_python_signs_what_is_read() -> None:
    match = re.search(r"```python\n(.*?)```", DOCUMENT.read_text(), re.DOTALL)
    assert match is not None
    given: dict[str, Any] = {}
    exec(match[1], given)
    ticket = read_ticket(given["sign_ticket"]("C0001", SECRET), SECRET, now=datetime.now(UTC))
    assert ticket.customer_id == "C0001"
