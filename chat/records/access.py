"""To fetch something is to be allowed to: what is not somebody's own is, to them, not there.

Every page that shows or changes something of a group gets it from here. `NotYours` becomes "not found": it does not
tell a group that does not exist from one that somebody is not in.
"""

from sqlalchemy.ext.asyncio import AsyncConnection

from chat.core.errors import ChatError
from chat.core.ids import AccountId, GroupId, Millis, RoomId
from chat.core.wire.frame import Role
from chat.records import accounts, agreements, bars, groups, meetings, members
from chat.records.accounts import Account
from chat.records.groups import Group
from chat.records.meetings import Meeting
from chat.records.members import Member


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
    bar = await bars.standing(c, meeting.group, member.id, room, now)
    if bar is not None:
        raise BarredFrom(bar)
    if not await agreements.consented(c, member.id):
        raise NotConsented(member)
    return meeting, member


async def administrator(c: AsyncConnection, account: AccountId) -> Account:
    """The account, if it makes groups. Raises NotYours."""
    found = await accounts.find(c, account)
    if found is None or not found.administrator:
        raise NotYours
    return found


async def group_for_administrator(c: AsyncConnection, account: AccountId, group_id: GroupId) -> Group:
    """A group to name, to invite facilitators into, or to erase; its people are not shown. Raises NotYours."""
    await administrator(c, account)
    group = await groups.find(c, group_id)
    if group is None:
        raise NotYours
    return group


async def inviting(c: AsyncConnection, account: AccountId, group_id: GroupId, role: Role) -> Group:
    """A group that `account` may invite somebody into as `role`. Raises NotYours.

    Members are invited by the group's facilitators, facilitators by administrators.
    """
    if role is Role.FACILITATOR:
        return await group_for_administrator(c, account, group_id)
    group, _ = await group_for(c, account, group_id, Role.FACILITATOR)
    return group
