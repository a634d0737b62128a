"""Pictures in a chat: known by their first bytes, measured, sealed, shown to who has the key."""

import base64
import hashlib
import hmac
import struct
from dataclasses import dataclass
from typing import Any

from desk.pen import Pen
from desk.tables import DbAttachment
from storage.sealed import blind_index
from storage.tables import new_id

LARGEST_BYTES = 5 * 1024**2
LARGEST_SIDE = 12_000
TYPES = ("image/jpeg", "image/png", "image/webp", "image/gif")


class BadPictureError(ValueError):
    """Not a JPEG, PNG, WebP or GIF picture, or too large."""


@dataclass(frozen=True)
class Picture:
    """What a file's own bytes say that it is."""

    content_type: str
    width: int
    height: int


def look_at(content: bytes) -> Picture:
    """Return type and size from the bytes alone, whatever was claimed; raises BadPictureError."""
    if len(content) > LARGEST_BYTES:
        raise BadPictureError
    try:
        picture = _look(content)
    except (struct.error, IndexError):
        raise BadPictureError from None
    if picture is None or not (0 < picture.width <= LARGEST_SIDE >= picture.height > 0):
        raise BadPictureError
    return picture


def store(pen: Pen, *, conversation: str, sent_by: str, content: bytes) -> DbAttachment:
    """Seal and keep a picture; raises BadPictureError."""
    picture = look_at(content)
    row = DbAttachment(
        id=new_id(),
        conversation_id=conversation,
        sent_by=sent_by,
        content_type=picture.content_type,
        size=len(content),
        width=picture.width,
        height=picture.height,
        sha256=hashlib.sha256(content).hexdigest(),
        created_at=pen.now,
    )
    row.content = base64.b64encode(content).decode()
    pen.session.add(row)
    return row


def content_of(row: DbAttachment) -> bytes:
    """Return the picture's bytes."""
    return base64.b64decode(row.content or "")


def picture_view(row: DbAttachment) -> dict[str, Any]:
    """Return the picture as a message carries it; the url holds its key."""
    return {
        "id": row.id,
        "url": f"/chat-images/{row.id}?key={key_of(row.id)}",
        "width": row.width,
        "height": row.height,
        "type": row.content_type,
        "bytes": row.size,
    }


def key_of(attachment_id: str) -> str:
    """Return the key that opens one picture to whoever was given its url."""
    return blind_index("attachment", attachment_id)[:32]


def is_key(attachment_id: str, key: str) -> bool:
    """Say whether this is the picture's key."""
    return hmac.compare_digest(key.encode(), key_of(attachment_id).encode())


def _look(content: bytes) -> Picture | None:
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return Picture("image/png", *struct.unpack(">II", content[16:24]))
    if content[:6] in (b"GIF87a", b"GIF89a"):
        return Picture("image/gif", *struct.unpack("<HH", content[6:10]))
    if content.startswith(b"\xff\xd8\xff"):
        return _jpeg(content)
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return _webp(content)
    return None


def _jpeg(content: bytes) -> Picture | None:
    """Walk the segments to the frame header (ITU-T T.81, B.2.2)."""
    at = 2
    while content[at] == 0xFF:
        marker = content[at + 1]
        if marker == 0xFF:
            at += 1
            continue
        (length,) = struct.unpack(">H", content[at + 2 : at + 4])
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            height, width = struct.unpack(">HH", content[at + 5 : at + 9])
            return Picture("image/jpeg", width, height)
        at += 2 + length
    return None


def _webp(content: bytes) -> Picture | None:
    kind = content[12:16]
    if kind == b"VP8X":
        width = 1 + int.from_bytes(content[24:27], "little")
        return Picture("image/webp", width, 1 + int.from_bytes(content[27:30], "little"))
    if kind == b"VP8 ":
        width, height = struct.unpack("<HH", content[26:30])
        return Picture("image/webp", width & 0x3FFF, height & 0x3FFF)
    if kind == b"VP8L":
        bits = int.from_bytes(content[21:25], "little")
        return Picture("image/webp", (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1)
    return None
