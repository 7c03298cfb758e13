"""What is made by chance or from the clock when something new is kept: ids, secrets, days."""

import hashlib
import secrets
from datetime import UTC, date, datetime

from chat.core.ids import Millis

HOUR, DAY = 3_600_000, 86_400_000
"""In milliseconds."""


def fresh_id() -> str:
    """128 random bits, safe in an address."""
    return secrets.token_hex(16)


def fresh_token() -> str:
    """256 random bits for a cookie or a link; only `hashed` of it is kept."""
    return secrets.token_urlsafe(32)


def hashed(token: str) -> bytes:
    """SHA-256; no salt and no slow hash are needed for 256 random bits."""
    return hashlib.sha256(token.encode("utf-8", "replace")).digest()


def now() -> Millis:
    """This machine's clock, for what depends on no room."""
    return Millis(int(datetime.now(UTC).timestamp() * 1000))


def day(at: Millis) -> date:
    """The day of a moment, in UTC."""
    return datetime.fromtimestamp(at / 1000, UTC).date()


def later(at: Millis, by: int) -> Millis:
    """`by` milliseconds after `at`."""
    return Millis(at + by)
