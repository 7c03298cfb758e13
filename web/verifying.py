"""Whether any group's acts were changed behind Hearth's back, for whoever looks after the server."""

from chat.core.errors import ChatError
from chat.records.chaining import Report
from chat.records.ledger import Ledger
from chat.records.store import RecordsBroken, RecordsUnreachable, Store

MARK = 16
"""Digits of the newest mark, as the page of acts shows it."""


class CannotVerify(ChatError):
    """The database cannot be read."""


async def verified(database_url: str, secret: bytes) -> tuple[list[str], bool]:
    """A line a group, and whether every chain is whole. Raises CannotVerify."""
    try:
        async with Store.open(database_url) as store, store.reading() as c:
            reports = await Ledger(secret).verify(c)
    except (RecordsUnreachable, RecordsBroken) as error:
        raise CannotVerify(str(error)) from None
    return [_line(report) for report in reports], not any(report.faults for report in reports)


def _line(report: Report) -> str:
    said = f"{report.group}: {report.acts} acts, newest mark {report.head.hex()[:MARK]}"
    if report.loose and not report.faults:
        said += f", {report.loose} from before the chain"
    return f"{said}: {'; '.join(report.faults) if report.faults else 'whole'}"
