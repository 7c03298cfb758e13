"""What is said is kept only when everybody in the group has agreed to that, and no longer than they have agreed to."""

from typing import get_args

from msgspec import Struct
from sqlalchemy.ext.asyncio import AsyncConnection

from chat.core.customs import HistoryHours
from chat.core.ids import GroupId, MemberId, Millis, RoomId
from chat.core.room import History
from chat.live.earlier import Reading, Source
from chat.records import agreements, bars, histories, members
from chat.records.histories import Changed
from chat.records.meetings import Meeting
from web.limits import hours, read
from web.site import Site

LONGEST = max(get_args(HistoryHours))


class Standing(Struct, frozen=True):
    """How it stands in a group. `asked`: by name, who must still agree before what is wanted holds."""

    holds: int
    wanted: int
    asked: tuple[str, ...] = ()
    members: int = 0


async def _wanted(c: AsyncConnection, group: GroupId) -> tuple[int, int]:
    """How long what is said is to be kept, and since which version no less than that was agreed to."""
    newest = await agreements.current(c, group)
    wanted, since = _says(newest.limits), newest.version
    if wanted:
        for version, limits in await agreements.limits_of(c, group):
            if _says(limits) < wanted:
                break
            since = version
    return wanted, since


def _says(limits: str | None) -> int:
    known = read(limits)
    return known.history_hours if known else 0


async def settle(c: AsyncConnection, group: GroupId, now: Millis) -> Changed | None:
    """As `histories.settle`, for what the newest version of the agreement says. Use `Store.erasing`."""
    wanted, since = await _wanted(c, group)
    return await histories.settle(c, group, wanted, since, now)


async def concerns(c: AsyncConnection, group: GroupId) -> bool:
    """Whether anything is kept in this group, or is to be."""
    return bool(await histories.hours(c, group) or (await _wanted(c, group))[0])


async def history_of(c: AsyncConnection, meeting: Meeting) -> History:
    """How what is said in an open meeting is kept now."""
    kept = await histories.hours(c, meeting.group)
    salt = await histories.salt(c, meeting.id) if kept else None
    return History(kept, salt) if salt else History()


async def standing(c: AsyncConnection, group: GroupId, now: Millis) -> Standing:
    """For a facilitator, who sees who is in the group anyway."""
    holds, (wanted, since) = await histories.hours(c, group), await _wanted(c, group)
    if wanted <= holds:
        return Standing(holds, wanted)
    everybody = await members.of(c, group)
    asked = set(await histories.unanswered(c, group, since, now))
    return Standing(holds, wanted, tuple(one.name for one in everybody if one.id in asked), len(everybody))


async def reading(c: AsyncConnection, meeting: Meeting, me: MemberId, now: Millis) -> Reading:
    """What somebody may read of what their group keeps: nothing of whoever has left it or is asked to stay away."""
    away = {bar.member for bar in await bars.of(c, meeting.group, now)}
    people = {one.id: one.name for one in await members.of(c, meeting.group) if one.id not in away}
    kept = await histories.meetings_of(c, meeting.group)
    sources = tuple(Source(one.room, one.salt) for one in kept)
    return Reading(await histories.hours(c, meeting.group), await histories.since(c, me), sources, people)


async def all_of(c: AsyncConnection, meeting: Meeting) -> Reading:
    """All that the group keeps, for counting it."""
    sources = tuple(Source(one.room, one.salt) for one in await histories.meetings_of(c, meeting.group))
    people = {one.id: one.name for one in await members.of(c, meeting.group)}
    return Reading(await histories.hours(c, meeting.group), Millis(0), sources, people)


async def tell(site: Site, group: GroupId, changed: Changed | None) -> None:
    """What is kept too long goes at once, and the group's room hears of it."""
    if changed:
        await site.live.cut_history(changed.rooms, changed.hours)
        await site.live.agreement_changed(group)


Said = dict[GroupId, tuple[frozenset[MemberId], tuple[RoomId, ...]]]
"""By group, who is about to leave it, and the meetings in which something of theirs may be kept."""


async def said_by(c: AsyncConnection, some: set[MemberId]) -> Said:
    """To be asked before these people leave their groups."""
    found: Said = {}
    for group, who in await histories.said_in(c, some):
        if await concerns(c, group):
            before, _ = found.get(group, (frozenset(), ()))
            rooms = tuple(one.room for one in await histories.meetings_of(c, group))
            found[group] = (before | {who}, rooms)
    return found


async def forget_said(site: Site, said: Said) -> None:
    """They have left: what they said goes at once. Perhaps theirs was the answer that everybody waited for."""
    for group, (who, rooms) in said.items():
        async with site.store.writing() as c:
            await settle(c, group, site.clock())
        await site.live.cut_history(rooms, LONGEST, who)
        await site.live.agreement_changed(group)


def in_words(kept: int) -> str:
    """`6 hours`, `1 day`."""
    return hours(kept)
