"""The help lines as whoever runs this sees them at a terminal; for `hearth helplines`."""

from chat.core.ids import Millis
from chat.records import helplines as records
from chat.records.keys import day, now
from chat.records.store import Store
from web.helplines import Checked, Helplines, Line, nagging


class NoSuchLine(Exception):
    """No line, or more than one, has a mark that begins so."""


async def told(store: Store, known: Helplines, at: Millis | None = None) -> str:
    """Every line, a paragraph each, and what should be looked after. Raises RecordsUnreachable."""
    at = at or now()
    async with store.reading() as c:
        checked = known.checked(await records.confirmed(c, at), day(at))
    return "\n".join([*(_paragraph(one) for one in checked), *nagging(checked, known.own)])


async def confirm(store: Store, known: Helplines, mark: str, by: str) -> str:
    """Shown from now on. Raises NoSuchLine, RecordsUnreachable."""
    line = _marked(known, mark)
    async with store.writing() as c:
        await records.confirm(c, line.digest, now(), by)
    return f"{line.name} ({line.country}) is shown from now on, for a year."


async def hide(store: Store, known: Helplines, mark: str) -> str:
    """Hidden again, unless the list itself says that somebody checked it. Raises NoSuchLine, RecordsUnreachable."""
    line = _marked(known, mark)
    async with store.writing() as c:
        await records.withdraw(c, line.digest)
    return f"What was confirmed about {line.name} ({line.country}) is taken back."


def _marked(known: Helplines, mark: str) -> Line:
    found = [line for line in known.lines if len(mark) >= 4 and line.digest.hex().startswith(mark.lower())]
    if len(found) != 1:
        raise NoSuchLine
    return found[0]


def _paragraph(one: Checked) -> str:
    line = one.line
    said = " · ".join(filter(None, (line.phone, line.text and f"text {line.text}")))
    state = f"shown; checked on {one.by.on} by {one.by.by}" if one.by else "hidden; nobody has confirmed it"
    rest = [state + ("; please check again" if one.due else ""), line.source]
    return f"{line.mark}  {line.country}  {line.name}: {said}" + "".join(f"\n          {more}" for more in rest if more)
