"""The codes that a device in somebody's hand makes: another one each half minute (RFC 6238, over RFC 4226)."""

import base64
import hmac
import secrets
import struct
from urllib.parse import quote

from chat.core.ids import Millis

STEP = 30_000
"""Milliseconds that a code is shown."""
DIGITS = 6
AROUND = 1
"""Steps that a device's clock may be ahead or behind (RFC 6238 section 5.2)."""


def fresh() -> str:
    """A new secret: 160 random bits in base32, as apps take it (RFC 4226 section 4, R6)."""
    return base64.b32encode(secrets.token_bytes(20)).decode()


def code(secret: str, step: int) -> str:
    """The code of one half minute, counted from 1970 (RFC 4226 section 5.3)."""
    mac = hmac.digest(base64.b32decode(secret), struct.pack(">Q", step), "sha1")
    (number,) = struct.unpack_from(">I", mac, mac[-1] & 15)
    return f"{(number & 0x7FFFFFFF) % 10**DIGITS:0{DIGITS}}"


def step_of(secret: str, typed: str, now: Millis) -> int | None:
    """Whose half minute the code is, of the present one and its neighbours; None: of none. Spaces do not matter."""
    plain, here = "".join(typed.split()).encode("utf-8", "replace"), now // STEP
    fitting = [
        step
        for step in range(here - AROUND, here + AROUND + 1)
        if hmac.compare_digest(code(secret, step).encode(), plain)
    ]
    return fitting[-1] if fitting else None


def address(secret: str, name: str) -> str:
    """What a picture to be photographed says. No sign-in name stands in it: apps show it on a locked screen."""
    return f"otpauth://totp/{quote(name)}?secret={secret}&issuer={quote(name)}"
