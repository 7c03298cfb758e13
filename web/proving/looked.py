"""What was looked at, what was found there, and what could not be looked at; never a word."""

from msgspec import Struct

from web.proving.seeking import Seeker


class Looked(Struct, frozen=True, omit_defaults=True):
    """One place, or one file or table of it."""

    place: str
    """As `--without` names it: database, database-files, redis, redis-files, data, log, also."""
    what: str
    size: int = 0
    """Bytes."""
    found: tuple[str, ...] = ()
    """In which forms the word stands there."""
    not_looked: str = ""
    """Why it, or a part of it, could not be looked at; empty: it was, whole."""


def looked(place: str, what: str, seeker: Seeker, not_looked: str = "") -> Looked:
    """What a look came to."""
    closed = ", ".join(sorted(seeker.unopened))
    why = not_looked or (f"there is something in it that cannot be opened here ({closed})" if closed else "")
    return Looked(place, what, seeker.size, tuple(sorted(seeker.found)), why)


def named(what: str, word: str) -> tuple[str, set[str]]:
    """A name as it may be shown, and in which forms the word stands in it."""
    seeker = Seeker(word)
    seeker.feed(what.encode("utf-8", "surrogateescape"))
    found = seeker.finish().found
    return ("(a name that holds the word)" if found else what), {f"{form} in its name" for form in found}
