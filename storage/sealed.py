"""Personal data at rest: encrypted columns bound to their row, and blind indexes to find them.

A sealed value is `version | key id | nonce | AES-256-GCM ciphertext`. Its associated data names
table, column and row, so a ciphertext copied to another row does not open.
"""

import hashlib
import hmac
import json
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self, overload

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from storage.private_files import write_private

VERSION = 1
NONCE_BYTES = 12
KEY_BYTES = 32


class NoKeyringError(RuntimeError):
    """No keyring is in use; call storage.sealed.use_keyring() before touching personal data."""

    def __init__(self) -> None:
        super().__init__(self.__doc__)


class CannotOpenError(ValueError):
    """A sealed value does not open: its key is missing, or it was changed or moved."""

    def __init__(self, context: str) -> None:
        super().__init__(f"{self.__doc__} ({context})")


@dataclass(frozen=True)
class Keyring:
    """Data keys by id (the highest seals, all open) and the key of the blind indexes."""

    data_keys: dict[int, bytes]
    index_key: bytes

    @classmethod
    def generate(cls) -> Self:
        """Make a keyring with one fresh data key."""
        return cls({1: secrets.token_bytes(KEY_BYTES)}, secrets.token_bytes(KEY_BYTES))

    @classmethod
    def load_or_create(cls, path: Path) -> Self:
        """Read the keyring file, or write a new one that only its owner may read (0600)."""
        if not path.exists():
            write_private(path, cls.generate()._to_json())
        stored = json.loads(path.read_text())
        data_keys = {int(key_id): bytes.fromhex(key) for key_id, key in stored["data"].items()}
        return cls(data_keys, bytes.fromhex(stored["index"]))

    def seal(self, plain: str, *, context: str) -> bytes:
        """Encrypt `plain` (UTF-8) for the place named by `context` ("table.column:row id")."""
        key_id = max(self.data_keys)
        nonce = secrets.token_bytes(NONCE_BYTES)
        sealed = AESGCM(self.data_keys[key_id]).encrypt(nonce, plain.encode(), context.encode())
        return bytes([VERSION, key_id]) + nonce + sealed

    def open(self, sealed: bytes, *, context: str) -> str:
        """Decrypt what `seal` made for the same context; raises CannotOpenError otherwise."""
        key = self.data_keys.get(sealed[1]) if sealed[:1] == bytes([VERSION]) else None
        if key is None:
            raise CannotOpenError(context)
        nonce, body = sealed[2 : 2 + NONCE_BYTES], sealed[2 + NONCE_BYTES :]
        try:
            return AESGCM(key).decrypt(nonce, body, context.encode()).decode()
        except InvalidTag:
            raise CannotOpenError(context) from None

    def blind_index(self, kind: str, value: str) -> str:
        """Return 64 hex digits that equal values of one kind share and nobody can reverse."""
        message = f"{kind}\0{value}".encode()
        return hmac.new(self.index_key, message, hashlib.sha256).hexdigest()

    def _to_json(self) -> str:
        data = {str(key_id): key.hex() for key_id, key in self.data_keys.items()}
        return json.dumps({"data": data, "index": self.index_key.hex()})


class Sealed:
    """A text attribute kept encrypted in the column `<name>_sealed` of the same row.

    The row's `id` must be set first, since the ciphertext is bound to it.
    """

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = name
        self._column = f"{name}_sealed"

    @overload
    def __get__(self, row: None, owner: type) -> Self: ...
    @overload
    def __get__(self, row: Any, owner: type) -> str | None: ...

    def __get__(self, row: Any, owner: type) -> Self | str | None:
        if row is None:
            return self
        sealed = getattr(row, self._column)
        return None if sealed is None else keyring().open(sealed, context=self._context(row))

    def __set__(self, row: Any, plain: str | None) -> None:
        sealed = None if plain is None else keyring().seal(plain, context=self._context(row))
        setattr(row, self._column, sealed)

    def _context(self, row: Any) -> str:
        if row.id is None:
            raise ValueError(f"set {type(row).__name__}.id before {self._name}")
        return f"{row.__tablename__}.{self._name}:{row.id}"


_in_use: list[Keyring] = []


def use_keyring(ring: Keyring) -> None:
    """Make `ring` the keyring of this process."""
    _in_use[:] = [ring]


def keyring() -> Keyring:
    """Return the keyring of this process; raises NoKeyringError before use_keyring()."""
    if not _in_use:
        raise NoKeyringError
    return _in_use[0]


def blind_index(kind: str, value: str) -> str:
    """Return the blind index of `value` under this process's keyring."""
    return keyring().blind_index(kind, value)
