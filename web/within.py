"""A link leads on inside this place, and never out through it."""


def within(to: str) -> str:
    """`to` if it is a path of ours, else nothing: a link must not lead out through us."""
    fine = to.startswith("/") and not to.startswith(("//", "/\\"))
    return to if fine and to.isascii() and to.isprintable() and len(to) < 200 else ""
