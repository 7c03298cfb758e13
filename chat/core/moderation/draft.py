"""Words that somebody has sent and nobody has judged, with what is known of their writer."""

from msgspec import Struct

from chat.core.errors import Code


class Standing(Struct, frozen=True):
    """What the room and the seat know about a writer at this moment; handed in, kept by others."""

    silenced: Code | None = None
    """Why this person may not speak now, as `commands.speaking` found it."""
    wait: int = 0
    """Milliseconds until the pace lets them speak, as far as is known; `commit.lua` counts."""
    said: int | None = None
    """How many of their messages this group has heard so far; None: not known, and taken as no newcomer."""
    recent: tuple[bytes, ...] = ()
    """`fingerprint`s of their last drafts in this seat, newest last, five at most."""


class Draft(Struct, frozen=True):
    """One message before its verdict."""

    text: str
    fingerprint: bytes = b""
    """`rules.repeat.fingerprint` of the text under the seat's own key."""
    standing: Standing = Standing()

    def __repr__(self) -> str:
        return f"<Draft, {len(self.text)} characters>"
