"""Frames as they go out: encoded once, framed once, the same bytes to everybody who may see them."""

from collections.abc import Iterable

from msgspec import Struct

from chat.core import wire

TEXT = 0x81
"""FIN and opcode 1: one whole text frame (RFC 6455 section 5.2). A server's frames are not masked."""


CLASSES = (256, 1024, 4096, 16_384)
"""Bytes; a payload that is padded has one of these lengths, or is longer than all of them and goes as it is."""


class Padding:
    """Whether frames are padded, so that who watches the network cannot read from their lengths how long a message is.

    One for a process: what everybody hears is encoded, padded and framed once.
    """

    on = False


class Frames(Struct, frozen=True):
    """Some frames in order: as payloads for any ASGI server, and framed for our own transport."""

    payloads: tuple[bytes, ...]
    raw: bytes

    def __repr__(self) -> str:
        return f"<{len(self.payloads)} frames of {len(self.raw)} bytes>"


def frames(events: Iterable[wire.Event | wire.Answer]) -> Frames:
    """Encodes and frames `events`."""
    payloads = tuple(map(_padded if Padding.on else wire.encode, events))
    return Frames(payloads, b"".join(map(_framed, payloads)))


def frame(event: wire.Event | wire.Answer) -> Frames:
    """As `frames`, for one alone, as almost everything is."""
    payload = _padded(event) if Padding.on else wire.encode(event)
    return Frames((payload,), _framed(payload))


def _padded(event: wire.Event | wire.Answer) -> bytes:
    """Spaces at the end of JSON mean nothing (RFC 8259 section 2)."""
    payload = wire.encode(event)
    size = next((most for most in CLASSES if len(payload) <= most), 0)
    return payload.ljust(size)


def page(body: bytes) -> bytes:
    """JSON with words that is asked for beside the socket: padded likewise, and beyond all classes to whole ones."""
    if not Padding.on:
        return body
    return body.ljust(next((most for most in CLASSES if len(body) <= most), -(-len(body) // CLASSES[-1]) * CLASSES[-1]))


def joined(several: Iterable[Frames]) -> Frames:
    """One after the other, to be written at once."""
    several = tuple(several)
    if len(several) == 1:
        return several[0]
    if len(several) == 2:  # a message and its answer
        one, other = several
        return Frames(one.payloads + other.payloads, one.raw + other.raw)
    return Frames(tuple(p for one in several for p in one.payloads), b"".join(one.raw for one in several))


def _framed(payload: bytes) -> bytes:
    size = len(payload)
    if size < 126:
        return _SHORT[size] + payload
    if size < 65_536:
        return b"%b%b%b" % (_LONGER, size.to_bytes(2, "big"), payload)
    return bytes((TEXT, 127)) + size.to_bytes(8, "big") + payload


_SHORT = [bytes((TEXT, size)) for size in range(126)]
_LONGER = bytes((TEXT, 126))
