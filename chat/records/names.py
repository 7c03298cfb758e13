"""A name is one that a group can read, tell from every other in it, and be offered kindly."""

import secrets
import unicodedata

from chat.records.kind_words import KIND, QUIET_THINGS

NAME_MAX = 40
"""Characters."""
_UNSEEN = ("Cc", "Cf", "Co", "Cn", "Cs", "Zl", "Zp")
"""Unicode's control, format (those that turn the direction of writing, too), private, unassigned and line ends."""
_ALIKE = str.maketrans(
    "01iıіι" "аеорсухвкмнтѕјԁԛԝһӏ" "αβεηκμνορτυχ",  # noqa: RUF001  being mistaken for others is what they are here for
    "olllll" "aeopcyxbkmhtsjdqwhl" "abehkmvoptux",
)  # fmt: skip
"""Light: figures, Cyrillic and Greek that pass for Latin letters (Unicode TR 39 has the whole table)."""


def tidy(name: str, longest: int = NAME_MAX) -> str | None:
    """The name with single spaces and composed letters; None if it is empty, too long, or has unseen characters."""
    if len(name) > 4 * longest:
        return None
    fit = " ".join(unicodedata.normalize("NFC", name).split())
    if not 1 <= len(fit) <= longest or any(unicodedata.category(letter) in _UNSEEN for letter in fit):
        return None
    return fit


def fold(name: str) -> str:
    """What two names have in common if one could be mistaken for the other: no capitals, accents, spaces or signs."""
    wide = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", name).casefold())
    return "".join(letter for letter in wide if letter.isalnum()).translate(_ALIKE)[:200]


def free(taken: set[str]) -> str:
    """A name such as `Quiet Heron` whose fold is not in `taken`."""
    for _ in range(100):
        name = f"{secrets.choice(KIND)} {secrets.choice(QUIET_THINGS)}"
        if fold(name) not in taken:
            return name
    left = (name for kind in KIND for thing in QUIET_THINGS if fold(name := f"{kind} {thing}") not in taken)
    return next(left, "")
