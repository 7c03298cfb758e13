"""The data map: all that is kept, what for, until when, and who can read it; made from the code that keeps it."""

from msgspec import Struct

from chat.live.bus import keys
from chat.records.contacts import MONTHS
from chat.records.tables import metadata
from web.limits import Limits, days, hours, months

OUTSIDE = (
    ("the server's log", "what went wrong and how much was done; no name, address or word; at the first start the link "
     "that makes an administrator", "as the operator sets it"),
    ("the secret", "one file; without it nothing sealed can be opened", "it is deleted"),
    ("copies of the database", "for going back to an older version; made before it is migrated; they hold no secret "
     "of a meeting", "30 days; the newest three at most"),
    ("where the server is found", "a file for `hearth prove`: its process, and where it and its Valkey answer",
     "the server has ended"),
)  # fmt: skip
"""What is neither in the database nor in Redis: where, what, until when."""
IN_BROWSERS = (
    ("the browser", "one cookie: who is signed in; before that, a random number by which our forms are known; what a "
     "page shows is gone with it; how our pages look and move may stay until somebody signs out", "it is closed, or "
     "somebody signs out"),
    ("the browser of a device for many people (a kiosk)", "one more cookie: that it is one, and after how many minutes "
     "it clears itself; the same for everybody", "somebody who facilitates or administers ends it, or after 400 days"),
)  # fmt: skip
"""What is on people's own devices; whoever runs the server has none of it."""


USUAL = Limits(contact_months=MONTHS)
"""Where an installation has set nothing."""


class Kept(Struct, frozen=True):
    """One table, or one kind of key. `fields`: each column and what it is kept for."""

    name: str
    where: str
    why: str
    until: str
    read: str
    fields: tuple[tuple[str, str], ...] = ()


def in_database(set_: Limits = USUAL) -> list[Kept]:
    """Every table. `set_`: how long this installation keeps what it can choose for."""
    return [
        Kept(
            name=table.name,
            where="database",
            why=", ".join(column.name for column in table.columns),
            until=table.info["kept"].format(**_lengths(set_)),
            read=table.info["read"],
            fields=tuple((column.name, column.info["kept"]) for column in table.columns),
        )
        for table in metadata.sorted_tables
    ]


def _lengths(set_: Limits) -> dict[str, str]:
    return {
        "acts": days(set_.acts_days),
        "contacts": months(set_.contact_months),
        "unused": hours(set_.visit_hours),
        "old": days(set_.visit_days),
    }


def in_redis() -> list[Kept]:
    """Every kind of key; all of it in memory alone."""
    return [Kept(name, "Redis, in memory", held.why, held.until, held.read) for name, held in keys.MAP.items()]


def markdown() -> str:
    """The map as it stands in the README."""
    lines = ["| where | what | until | who can read it |", "|---|---|---|---|"]
    lines += [f"| {kept.where}: `{kept.name}` | {kept.why} | {kept.until} | {kept.read} |" for kept in _everything()]
    lines += [f"| {where} | {what} | {until} | whoever runs the server |" for where, what, until in OUTSIDE]
    return "\n".join(lines) + "\n"


def _everything() -> list[Kept]:
    return [*in_database(), *in_redis()]


if __name__ == "__main__":
    print(markdown(), end="")
