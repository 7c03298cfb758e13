"""Who somebody is in one group: a random id and a name that mean nothing in any other group."""

from datetime import date

from msgspec import Struct
from sqlalchemy import Row, delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from chat.core.errors import ChatError
from chat.core.ids import AccountId, GroupId, MemberId, Millis
from chat.core.wire.frame import Role
from chat.records import accounts, agreements, bars, mutes, names
from chat.records.adding import add
from chat.records.invitations import Invitation
from chat.records.keys import day, fresh_id, now
from chat.records.several import among, asking
from chat.records.tables import bars as bars_
from chat.records.tables import groups, meetings, members, metadata
from chat.records.tables import mutes as mutes_


class NameTaken(ChatError):
    """Somebody in the group has this name or one that looks like it."""


class UnfitName(ChatError):
    """Empty, longer than 40 characters, without any letter or digit, with characters that cannot be seen, or with
    letters of two alphabets.
    """


class AlreadyMember(ChatError):
    """This account is in the group already."""


class Barred(ChatError):
    """This account may not come back into the group, or not before its mute is over."""


class NoGuests(ChatError):
    """They are a guest, and this invitation brings none."""


class Member(Struct, frozen=True):
    """Somebody in one group. `account` stays inside the server."""

    id: MemberId
    group: GroupId
    account: AccountId
    name: str
    role: Role
    listens: bool = False
    """They were invited just to listen."""
    guest: bool = False
    """They came without an account, and are erased when they go."""
    invitation: str | None = None
    """The link they came by, as long as that is known."""
    joined_on: date | None = None

    def __repr__(self) -> str:
        return f"<Member {self.id}>"


async def join(
    c: AsyncConnection,
    group: GroupId,
    account: AccountId,
    name: str,
    role: Role,
    version: int,
    at: Millis | None = None,
    *,
    by: Invitation | None = None,
) -> Member:
    """Joins with consent to `version` of the agreement, or not at all; `by` the invitation that brought them.

    Raises NameTaken, UnfitName, AlreadyMember, Barred, NoGuests, agreements.NotCurrent; the transaction stays usable.
    """
    at = now() if at is None else at
    fit = names.tidy(name)
    if fit is None or not names.fold(fit) or names.mixes(fit):
        raise UnfitName
    if await bars.on_account(c, group, account, at) or await mutes.on_account(c, group, account, at):
        raise Barred
    if (await agreements.current(c, group)).version != version:
        raise agreements.NotCurrent
    guest = await accounts.is_guest(c, account)
    if guest and by and not by.guests:
        raise NoGuests
    came = (bool(by and by.listens), guest, by.id if by else None, day(at))
    member = Member(MemberId(fresh_id()), group, account, fit, role, *came)
    await _add(c, member, at)
    await agreements.consent(c, member.id, version)
    return member


async def _add(c: AsyncConnection, member: Member, at: Millis) -> None:
    names_ = {"name": member.name, "folded": names.fold(member.name)}
    everybody = await of(c, member.group)
    if any(one.account == member.account for one in everybody):
        raise AlreadyMember
    if any(names.fold(one.name) == names_["folded"] for one in everybody):  # kept folds may be of an older table
        raise NameTaken
    keeps = select(groups.c.history_hours).where(groups.c.id == member.group)
    whose = {"id": member.id, "group_id": member.group, "account_id": member.account}
    came = {
        "joined_on": day(at),
        "listens": member.listens or None,
        "guest": member.guest or None,
        "invitation_id": member.invitation,
        "history_from": at if await c.scalar(keeps) else None,
    }
    if await add(c, members, **whose, **names_, role=member.role.value, **came):
        return
    if await find(c, member.group, member.account):
        raise AlreadyMember
    raise NameTaken


async def find(c: AsyncConnection, group: GroupId, account: AccountId) -> Member | None:
    """Who an account is in a group."""
    which = select(members).where(members.c.group_id == group, members.c.account_id == account)
    row = (await c.execute(which)).one_or_none()
    return member_from(row) if row else None


async def by_id(c: AsyncConnection, group: GroupId, member: MemberId) -> Member | None:
    """A member by id, looked up inside their group."""
    row = (await c.execute(select(members).where(members.c.group_id == group, members.c.id == member))).one_or_none()
    return member_from(row) if row else None


async def known(c: AsyncConnection, some: set[MemberId]) -> set[MemberId]:
    """Those of `some` who still are a member of their group."""
    return {MemberId(row.id) for row in await among(c, _KNOWN, some)}


_KNOWN = asking(select(members.c.id), members.c.id)


async def any_by_id(c: AsyncConnection, member: MemberId) -> Member | None:
    """A member of any group, for whoever holds a link that was made for them."""
    row = (await c.execute(select(members).where(members.c.id == member))).one_or_none()
    return member_from(row) if row else None


async def is_guest(c: AsyncConnection, member: MemberId) -> bool:
    """Whether they came without an account: they could come by their link again as somebody else."""
    found = await any_by_id(c, member)
    return found is not None and found.guest


async def hand_over(c: AsyncConnection, member: Member, account: AccountId) -> None:
    """Their place in this group is `account`'s from now on, with the bars and mutes that stand on it."""
    await c.execute(update(members).where(members.c.id == member.id).values(account_id=account))
    here = select(meetings.c.id).where(meetings.c.group_id == member.group)
    for table, where in ((bars_, bars_.c.group_id == member.group), (mutes_, mutes_.c.room_id.in_(here))):
        await c.execute(update(table).where(table.c.account_id == member.account, where).values(account_id=account))


async def of(c: AsyncConnection, group: GroupId) -> list[Member]:
    """Everybody in a group: facilitators first, then by name."""
    rows = await c.execute(
        select(members).where(members.c.group_id == group).order_by(members.c.role, members.c.folded)
    )
    return [member_from(row) for row in rows]


async def leading(c: AsyncConnection, group: GroupId) -> list[Member]:
    """A group's facilitators. Until this transaction ends nobody else is told: of the last two, one stays. `c` writes.

    Whoever lets one of them go asks this first.
    """
    await c.execute(select(groups.c.id).where(groups.c.id == group).with_for_update(key_share=True))
    which = select(members).where(members.c.group_id == group, members.c.role == Role.FACILITATOR.value)
    return [member_from(row) for row in await c.execute(which.order_by(members.c.folded))]


async def leave(c: AsyncConnection, member: MemberId) -> None:
    """Erases the name, the consents and the id wherever it stands. A bar on the account stays until it is over."""
    await _unname(c, member)
    await c.execute(delete(members).where(members.c.id == member))


async def _unname(c: AsyncConnection, who: str) -> None:
    """Empties every column that names somebody and outlives their row."""
    for table in metadata.sorted_tables:
        for column in table.columns:
            if column.info["whose"]:
                await c.execute(update(table).where(column == who).values({column: None}))


async def ids_of(c: AsyncConnection, account: AccountId) -> set[MemberId]:
    """Who an account is in each of its groups."""
    return {MemberId(who) for who in await c.scalars(select(members.c.id).where(members.c.account_id == account))}


async def leave_all(c: AsyncConnection, account: AccountId) -> list[MemberId]:
    """Leaves every group; who they were in each. A group may be left without a facilitator."""
    mine = sorted(await ids_of(c, account))
    for who in mine:
        await leave(c, who)
    await _unname(c, account)
    return mine


async def elsewhere(c: AsyncConnection, account: AccountId, group: GroupId) -> set[str]:
    """The folds of the names that an account has in other groups, by which it could be known again in this one."""
    which = select(members.c.name).where(members.c.account_id == account, members.c.group_id != group)
    return {names.fold(name) for name in await c.scalars(which)}


async def suggestion(c: AsyncConnection, group: GroupId, account: AccountId) -> str:
    """A free, kind name that `account` has nowhere else. Somebody may take it meanwhile; then `join` says so."""
    taken = {names.fold(one.name) for one in await of(c, group)}
    return names.free(taken | await elsewhere(c, account, group))


def member_from(row: Row[tuple[object, ...]]) -> Member:
    """A row of `members`."""
    who = (MemberId(row.id), GroupId(row.group_id), AccountId(row.account_id), row.name, Role(row.role))
    return Member(*who, bool(row.listens), bool(row.guest), row.invitation_id, row.joined_on)
