"""What people agree to: the agreement of their group and the limits of this place, one version of both together."""

from msgspec.structs import replace
from sqlalchemy.ext.asyncio import AsyncConnection

from chat.core.ids import GroupId
from chat.core.wire.frame import Role
from chat.records import agreements, contact_keys, groups, invitations, members
from chat.records.agreements import Agreement
from chat.records.keys import now
from web.customs import customs_of
from web.limits import Limits, Section, Today, days, hours, in_group, months, read, sections, written
from web.site import Site

OWN = "# Rules of our own"
"""Over the rules that a group has made in its meetings."""
LONGEST = 160
"""Characters of the agreement quoted in a difference."""
UNKNOWN = "The agreement has changed. Please read it again."


async def standing(c: AsyncConnection, server: Limits) -> Limits:
    """What holds at this moment: an emergency contact can be given only where two people have a key for it."""
    return server if await contact_keys.used(c) else replace(server, contact_months=0)


async def _holding(c: AsyncConnection, server: Limits, group: GroupId) -> Limits:
    limits = in_group(await standing(c, server), await customs_of(c, group))
    return replace(limits, guests=await invitations.let_guests_in(c, group, now()))


async def settle(c: AsyncConnection, server: Limits, group: GroupId) -> bool:
    """Makes a new version if what is set has changed since the newest one; whether everybody is asked again."""
    await agreements.one_at_a_time(c, group)
    newest, limits = await agreements.current(c, group), await _holding(c, server, group)
    if read(newest.limits) in (limits, replace(limits, guests=True)):
        return False  # nobody is asked again because the last link for guests has lapsed
    await agreements.edit(c, group, newest.text, None, written(limits))
    return True


async def settle_all(c: AsyncConnection, server: Limits) -> int:
    """As `settle`, for every group, at a start; how many are asked again. Who sits elsewhere is asked there soon."""
    return sum([await settle(c, server, group.id) for group in await groups.all_(c)])


def with_rule(agreement: str, rule: str) -> str | None:
    """The agreement with a rule of the group's own under its heading, which stands last; None if it has it already."""
    lines, point = agreement.splitlines(), f"- {' '.join(rule.split())}"
    if point in lines:
        return None
    heading = [] if OWN in lines else ["", OWN, ""]
    at = (
        next((n for n in range(lines.index(OWN) + 1, len(lines)) if lines[n].startswith("#")), None)
        if OWN in lines
        else None
    )
    return "\n".join([*lines, *heading, point] if at is None else [*lines[:at], point, *lines[at:]])


def differences(before: Agreement, after: Agreement) -> tuple[str, ...]:
    """What has changed between two versions, in two sentences at most; nothing if nothing that matters has."""
    told = [*_new_words(before.text, after.text), *_new_limits(read(before.limits), read(after.limits))]
    if len(told) > 2:
        told = [told[0], f"There are {len(told) - 1} more changes."]
    return tuple(told)


def _new_words(before: str, after: str) -> list[str]:
    old, new = before.splitlines(), after.splitlines()
    there, here = frozenset(old), frozenset(new)  # an agreement may have ten thousand lines, and who reads it waits
    added = [line for line in new if line.strip() and line not in there and line != OWN]
    gone = [line for line in old if line.strip() and line not in here]
    if len(added) + len(gone) > 2:
        return ["The words of the agreement have changed in several places."]
    return [f"New in the agreement: “{_short(line)}”" for line in added] + [
        f"No longer in the agreement: “{_short(line)}”" for line in gone
    ]


def _short(line: str) -> str:
    line = line.strip("#-*• ")
    return line if len(line) <= LONGEST else line[: LONGEST - 1] + "…"


def _new_limits(before: Limits | None, after: Limits | None) -> list[str]:
    if after is None or before == after:
        return []
    if before is None:
        first = "New: what you should know about this place is now part of what you agree to."
        kept = _changed(Limits(), after, "history_hours")
        return [first, kept] if kept else [first]
    return [words for words in (_changed(before, after, field) for field in before.__struct_fields__) if words]


def _changed(before: Limits, after: Limits, field: str) -> str:
    old, new = getattr(before, field), getattr(after, field)
    if old == new:
        return ""
    match field:
        case "run_by":
            return f"New: this place is run by {new}." if new else "New: it is not said any more who runs this place."
        case "on_call":
            return f"New: {'somebody' if new else 'nobody'} is on call for the facilitators."
        case "open_line":
            return f"New: the line to this place is {'not locked any more (no https)' if new else 'locked (https)'}."
        case "reads_first":
            return "New: a facilitator reads each message first." if new else (
                "New: messages do not all wait for a facilitator any more."
            )  # fmt: skip
        case "guests":
            return "New: people can come as guests, without an account, by a link of the facilitators." if new else (
                "New: nobody can come as a guest any more."
            )  # fmt: skip
        case "acts_days":
            return f"New: what facilitators had to do is kept for {days(new)} instead of {days(old)}."
        case "remarks_days":
            return f"New: notes of the facilitators are kept for {days(new)} instead of {days(old)}."
        case "reports_hours":
            return f"New: a report can be checked until {hours(new)} after the meeting instead of {hours(old)}."
        case "reports_days":
            return f"New: reports are kept for {days(new)} instead of {days(old)}."
        case "contact_months" if not new:
            return "New: nobody can be named any more who would be called for you. What you had given is erased."
        case "contact_months" if not old:
            return "New: if you like, you can name somebody to call for you. It is locked; two people open it together."
        case "contact_months":
            return f"New: whom you name to be called is kept for {months(new)} instead of {months(old)}."
        case "history_hours" if not new:
            return "New: what is said in the room is not kept any more."
        case "history_hours":
            then = f"instead of {hours(old)}" if old else "once everybody has agreed"
            return f"New: what is said in the room is kept for {hours(new)}, locked, {then}."
        case "visit_hours":
            return f"New: you are signed out after {hours(new)} without a visit instead of {hours(old)}."
        case "visit_days":
            return f"New: you are signed out after {days(new)} in any case instead of {days(old)}."
        case _:
            return UNKNOWN


async def shown(c: AsyncConnection, site: Site, group: GroupId, kept: str | None = None) -> tuple[Section, ...]:
    """The limits as somebody reads them. `kept`: those of the version that is asked about."""
    supervised = any(one.role is Role.SUPERVISOR for one in await members.of(c, group))
    today = Today(contact=site.contact, emergency=site.helplines.emergency, supervised=supervised)
    return sections(read(kept) or await _told(c, site.limits, group), today)


async def _told(c: AsyncConnection, server: Limits, group: GroupId) -> Limits:
    """What holds; guests as long as the group has agreed to them, whether or not a link lets one in just now."""
    limits, agreed = await _holding(c, server, group), read((await agreements.current(c, group)).limits)
    return replace(limits, guests=limits.guests or bool(agreed and agreed.guests))
