"""To fetch something is to be allowed to: what is not somebody's own is, to them, not there.

Every page that shows or changes something of a group gets it from here. `NotYours` becomes "not found": it does not
tell a group that does not exist from one that somebody is not in.
"""

from collections.abc import Iterable

from msgspec import Struct
from sqlalchemy import BigInteger, Select, bindparam, exists, func, not_, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from chat.core.errors import ChatError
from chat.core.ids import AccountId, GroupId, MemberId, Millis, RoomId
from chat.core.wire.frame import Role
from chat.records import accounts, agreements, bars, groups, meetings, members, openings, tables, visits
from chat.records.accounts import Account
from chat.records.glance import Given
from chat.records.groups import Group
from chat.records.keys import hashed
from chat.records.meetings import Meeting
from chat.records.members import Member
from chat.records.several import padded
from chat.records.store import Store
from chat.records.visits import Visit


class NotYours(ChatError):
    """It does not exist, or not for you."""


class BarredFrom(ChatError):
    """A member who may not come in for now; `bar` says why and for how long."""

    def __init__(self, bar: bars.Bar) -> None:
        super().__init__("barred")
        self.bar = bar


class NotConsented(ChatError):
    """A member who has not accepted the agreement that holds now; `member` says of which group."""

    def __init__(self, member: Member) -> None:
        super().__init__("not consented")
        self.member = member


async def group_for(
    c: AsyncConnection, account: AccountId, group_id: GroupId, role: Role = Role.MEMBER
) -> tuple[Group, Member]:
    """A group and who `account` is in it; with `Role.FACILITATOR`, only to its facilitators. Raises NotYours."""
    group, member = await groups.find(c, group_id), await members.find(c, group_id, account)
    if group is None or member is None or (role is Role.FACILITATOR and member.role is not Role.FACILITATOR):
        raise NotYours
    return group, member


async def meeting_for(
    c: AsyncConnection, account: AccountId, room: RoomId, role: Role = Role.MEMBER
) -> tuple[Meeting, Member]:
    """A meeting, open or closed, of a group that `account` is in. Raises NotYours."""
    meeting = await meetings.find(c, room)
    if meeting is None:
        raise NotYours
    _, member = await group_for(c, account, meeting.group, role)
    return meeting, member


async def entering(c: AsyncConnection, account: AccountId, room: RoomId, now: Millis) -> tuple[Meeting, Member]:
    """As `meeting_for`, for somebody who may sit down. Raises NotYours, BarredFrom, NotConsented.

    Whether the meeting is still open is for the caller to see.
    """
    meeting, member = await meeting_for(c, account, room)
    if not meeting.is_for(member.id):
        raise NotYours
    bar = await bars.standing(c, meeting.group, member.id, meeting.beside or room, now)
    if bar is not None:
        raise BarredFrom(bar)
    if not await agreements.consented(c, member.id):
        raise NotConsented(member)
    return meeting, member


async def open_to(c: AsyncConnection, group: GroupId, member: MemberId, now: Millis) -> RoomId | None:
    """The open room of the group, if nothing keeps somebody out of it now."""
    meeting = await meetings.current(c, group)
    room = meeting.id if meeting else None
    return None if await bars.standing(c, group, member, room, now) else room


class Welcome(Struct, frozen=True):
    """Somebody who may sit down in an open meeting at once, and the visit by which they come."""

    visit: Visit
    member: Member
    beside: RoomId | None = None
    """Where they sit down is a side room of that meeting."""
    agreed: int = 0
    """The version they have agreed to, which is the newest."""
    elsewhere: bool = False
    """Another group of theirs meets, too."""
    opened_at: Millis | None = None
    """When the emergency contact they had left was opened, if they are to be told and have not read it yet."""


async def welcome(store: Store, asked: Iterable[tuple[str, RoomId]], now: Millis) -> dict[tuple[str, RoomId], Welcome]:
    """Of `asked` (a visit's cookie, a room), those who may sit down: one look for all of them.

    It says the same as `visits.find` and `entering` for each. Why somebody may not is for those to say.
    """
    known_as = {(hashed(token), room): (token, room) for token, room in asked}
    tokens, rooms = {token for token, _ in known_as}, {room for _, room in known_as}
    given: Given = {"tokens": padded(list(tokens)), "rooms": padded(list(rooms)), "now": now}
    found = {}
    for row in await store.look(_WELCOME, given):
        if whose := known_as.get((row.token_hash, RoomId(row.room))):
            visit = visits.visit_from(row)
            came = (bool(row.listens), bool(row.guest), row.invitation_id, row.joined_on)
            member = Member(row.member_id, row.group_id, visit.account_id, row.name, Role(row.role), *came)
            found[whose] = Welcome(visit, member, row.beside, row.agreed, bool(row.elsewhere), row.opened_at)
    return found


def _welcome() -> Select[tuple[object, ...]]:
    visit, member, meeting = tables.visits.c, tables.members.c, tables.meetings.c
    agreement, consent, bar = tables.agreements.c, tables.consents.c, tables.bars.c
    now = bindparam("now", type_=BigInteger())
    its = agreement.group_id == member.group_id
    # Said to be correlated: two selects deep it is not by itself, and looks through every member there is.
    newest = select(func.max(agreement.version)).where(its).correlate(tables.members).scalar_subquery()
    consented = exists().where(consent.member_id == member.id, consent.version == newest)
    here = or_(bar.room_id.is_(None), bar.room_id == meeting.id, bar.room_id == meeting.beside)
    its_own = or_(meeting.beside.is_(None), meeting.opened_by == member.id, meeting.guest == member.id)
    running = or_(bar.until.is_(None), bar.until > now)
    barred = exists().where(bar.group_id == member.group_id, bar.account_id == member.account_id, here, running)
    other, meets = tables.members.alias("other"), tables.meetings.alias("meets")
    elsewhere = exists().where(
        other.c.account_id == visit.account_id, other.c.group_id != member.group_id,
        meets.c.group_id == other.c.group_id, meets.c.closed_on.is_(None), meets.c.beside.is_(None),
    ).correlate(tables.visits, tables.members)  # fmt: skip
    opened = openings.unread_of(member.id).correlate(tables.members).scalar_subquery()
    columns = (tables.visits, meeting.id.label("room"), member.group_id, member.id.label("member_id"), member.name)
    return (
        select(
            *columns,
            member.role,
            member.listens,
            member.guest,
            member.invitation_id,
            member.joined_on,
            meeting.beside,
            elsewhere.label("elsewhere"),
            opened.label("opened_at"),
            newest.label("agreed"),
        )
        .join_from(tables.visits, tables.members, member.account_id == visit.account_id)
        .join(tables.meetings, meeting.group_id == member.group_id)
        .where(visit.token_hash.in_(bindparam("tokens", expanding=True)), visit.idle_at > now, visit.ends_at > now)
        .where(meeting.id.in_(bindparam("rooms", expanding=True)), meeting.closed_on.is_(None))
        .where(consented, not_(barred), its_own)
    )


_WELCOME = _welcome()
"""Made once: the statement is looked up by what it is, and building it took longer than running it."""


async def administrator(c: AsyncConnection, account: AccountId) -> Account:
    """The account, if it makes groups. Raises NotYours."""
    found = await accounts.find(c, account)
    if found is None or not found.administrator:
        raise NotYours
    return found


async def looks_after(c: AsyncConnection, account: AccountId) -> bool:
    """Whether somebody administers, or facilitates any group."""
    member, one = tables.members.c, tables.accounts.c
    leads = exists().where(member.account_id == account, member.role == Role.FACILITATOR.value)
    return bool(await c.scalar(select(or_(leads, exists().where(one.id == account, one.administrator)))))


async def group_for_administrator(c: AsyncConnection, account: AccountId, group_id: GroupId) -> Group:
    """A group to name, to invite facilitators into, or to erase; its people are not shown. Raises NotYours."""
    await administrator(c, account)
    group = await groups.find(c, group_id)
    if group is None:
        raise NotYours
    return group


async def inviting(c: AsyncConnection, account: AccountId, group_id: GroupId, role: Role) -> Group:
    """A group that `account` may invite somebody into as `role`. Raises NotYours.

    Members are invited by the group's facilitators, facilitators by administrators, a supervisor by either.
    """
    if role is Role.SUPERVISOR:
        leads = await members.find(c, group_id, account)
        role = Role.MEMBER if leads and leads.role is Role.FACILITATOR else Role.FACILITATOR
    if role is Role.FACILITATOR:
        return await group_for_administrator(c, account, group_id)
    group, _ = await group_for(c, account, group_id, Role.FACILITATOR)
    return group
