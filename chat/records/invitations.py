"""A group grows by invitation: a link that lapses, counts, and can be taken back.

Who came by it is known for a while longer, so that taking it back can concern them; the link itself is not.
"""

from datetime import date

from msgspec import Struct
from sqlalchemy import ColumnElement, Row, and_, case, delete, func, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from chat.core.errors import ChatError
from chat.core.ids import AccountId, GroupId, MemberId, Millis
from chat.core.wire.frame import Role
from chat.records.keys import DAY, day, fresh_id, fresh_token, hashed
from chat.records.tables import bars, invitations, members

DAYS_MAX, USES_MAX = 60, 100
KNOWN_FOR = 30 * DAY
"""How long after a link has lapsed or was taken back it is known who came by it, in ms."""


class InvitationSpent(ChatError):
    """Used up, lapsed or revoked since it was looked at."""


class UnfitInvitation(ChatError):
    """Not 1 to 60 days, or not 1 to 100 uses."""


class Invitation(Struct, frozen=True):
    """Into which group, as what, until when. The link's token is not in here: it is shown once and kept as a hash."""

    id: str
    group: GroupId
    role: Role
    made_on: date
    ends_at: Millis
    uses_left: int
    listens: bool = False
    """Whoever comes by it comes just to listen."""
    guests: bool = False
    """They may come without an account."""
    came: int = 0
    """How many members who came by it are here, and not asked to stay away."""

    @property
    def ending(self) -> str:
        """The last letters of the link, by which whoever has made several tells them apart."""
        return self.id[:4]

    def works(self, now: Millis) -> bool:
        """Somebody can still come by it."""
        return self.ends_at > now and self.uses_left > 0


async def create(
    c: AsyncConnection,
    group: GroupId,
    role: Role,
    by: AccountId,
    now: Millis,
    expires_in_days: int = 7,
    uses: int = 1,
    *,
    listens: bool = False,
    guests: bool = False,
) -> tuple[Invitation, str]:
    """A new invitation and its token. Whether `by` may do this: `access.inviting`. Raises UnfitInvitation."""
    if not (1 <= expires_in_days <= DAYS_MAX and 1 <= uses <= USES_MAX):
        raise UnfitInvitation
    made = Invitation(fresh_id(), group, role, day(now), Millis(now + expires_in_days * DAY), uses, listens, guests)
    token = fresh_token() + made.ending
    counted = {"made_on": made.made_on, "ends_at": made.ends_at, "uses_left": made.uses_left}
    how = {"role": role.value, "listens": listens, "guests": guests and role is Role.MEMBER}
    whose = {"id": made.id, "group_id": group, **how, "invited_by": by}
    await c.execute(insert(invitations).values(**whose, **counted, token_hash=hashed(token)))
    return made, token


async def look(c: AsyncConnection, token: str, now: Millis) -> Invitation | None:
    """The invitation of a link, if somebody can still come by it."""
    which = and_(invitations.c.token_hash == hashed(token), invitations.c.ends_at > now, invitations.c.uses_left > 0)
    row = (await c.execute(select(invitations).where(which))).one_or_none()
    return _invitation(row) if row else None


async def use(c: AsyncConnection, invitation: Invitation, now: Millis) -> None:
    """Counts one person who came by it; in one transaction with `members.join`. Raises InvitationSpent."""
    usable = and_(invitations.c.id == invitation.id, invitations.c.ends_at > now, invitations.c.uses_left > 0)
    counted = update(invitations).where(usable).values(uses_left=invitations.c.uses_left - 1)
    if (await c.execute(counted)).rowcount != 1:
        raise InvitationSpent


async def of(c: AsyncConnection, group: GroupId, now: Millis) -> list[Invitation]:
    """The invitations by which somebody can still come, or has come and is here."""
    came = select(func.count()).select_from(members).where(_came_by(invitations.c.id, now)).scalar_subquery()
    known = or_(and_(invitations.c.ends_at > now, invitations.c.uses_left > 0), came > 0)
    found = select(invitations, came.label("came")).where(invitations.c.group_id == group, known)
    rows = await c.execute(found.order_by(invitations.c.ends_at, invitations.c.id))
    return [_invitation(row, row.came) for row in rows]


async def let_guests_in(c: AsyncConnection, group: GroupId, now: Millis) -> bool:
    """Whether somebody can come without an account, by a link of this group that works."""
    works = invitations.c.guests, invitations.c.ends_at > now, invitations.c.uses_left > 0
    which = select(invitations.c.id).where(invitations.c.group_id == group, *works)
    return bool(await c.scalar(select(which.exists())))


async def who_came(c: AsyncConnection, group: GroupId, invitation_id: str, now: Millis) -> list[tuple[MemberId, str]]:
    """The members who came by an invitation of this group and may still come in, and what the group calls them.

    Whoever facilitates or stands by the group is not among them.
    """
    here = select(members.c.id, members.c.name).where(members.c.group_id == group, _came_by(invitation_id, now))
    return [(MemberId(row.id), row.name) for row in await c.execute(here.order_by(members.c.folded))]


async def revoke(c: AsyncConnection, group: GroupId, invitation_id: str, now: Millis) -> bool:
    """Takes an invitation of this group back; whether there was one. Nobody comes by it from now on."""
    return await _revoke(c, and_(invitations.c.group_id == group, invitations.c.id == invitation_id), now) == 1


async def revoke_by(c: AsyncConnection, account: AccountId, now: Millis) -> int:
    """Takes back what somebody has made as an administrator, in every group; how many there were.

    Those are the links for facilitators, and for supervisors of groups that they do not facilitate.
    """
    leads = members.c.account_id == account, members.c.role == Role.FACILITATOR.value
    beside = invitations.c.group_id.not_in(select(members.c.group_id).where(*leads))
    supervises = and_(invitations.c.role == Role.SUPERVISOR.value, beside)
    as_administrator = or_(invitations.c.role == Role.FACILITATOR.value, supervises)
    return await _revoke(c, and_(invitations.c.invited_by == account, as_administrator), now)


async def revoke_of_facilitator(c: AsyncConnection, group: GroupId, account: AccountId, now: Millis) -> int:
    """Takes back the links into a group that somebody has made as its facilitator; how many there were."""
    theirs = and_(invitations.c.group_id == group, invitations.c.invited_by == account)
    return await _revoke(c, and_(theirs, invitations.c.role != Role.FACILITATOR.value), now)


async def _revoke(c: AsyncConnection, which: ColumnElement[bool], now: Millis) -> int:
    ended = case((invitations.c.ends_at < now, invitations.c.ends_at), else_=now)
    over = update(invitations).where(which).values(token_hash=None, uses_left=0, ends_at=ended)
    return (await c.execute(over)).rowcount


async def revoke_of(c: AsyncConnection, group: GroupId, member: MemberId, now: Millis) -> None:
    """Takes back the link that somebody came by, if it still works: they cannot come by it as somebody else."""
    came = await c.scalar(select(members.c.invitation_id).where(members.c.group_id == group, members.c.id == member))
    if came:
        await revoke(c, group, came, now)


async def expire(c: AsyncConnection, now: Millis) -> int:
    """Erases links that work no more, and what was known of who came by them; how many rows went."""
    spent = or_(invitations.c.ends_at <= now, invitations.c.uses_left <= 0)
    here = select(members.c.id).where(members.c.invitation_id == invitations.c.id).exists()
    over = and_(spent, or_(~here, invitations.c.ends_at <= now - KNOWN_FOR))
    gone = (await c.execute(delete(invitations).where(over))).rowcount
    await c.execute(update(invitations).where(spent).values(token_hash=None))
    forgotten = members.c.invitation_id.not_in(select(invitations.c.id))
    await c.execute(update(members).where(members.c.invitation_id.is_not(None), forgotten).values(invitation_id=None))
    return gone


def _came_by(invitation: str | ColumnElement[str], now: Millis) -> ColumnElement[bool]:
    running = or_(bars.c.until.is_(None), bars.c.until > now)
    whose = and_(bars.c.group_id == members.c.group_id, bars.c.account_id == members.c.account_id)
    away = select(bars.c.id).where(whose, bars.c.room_id.is_(None), running).correlate(members).exists()
    return and_(members.c.invitation_id == invitation, members.c.role == Role.MEMBER.value, ~away)


def _invitation(row: Row[tuple[object, ...]], came: int = 0) -> Invitation:
    return Invitation(
        row.id,
        GroupId(row.group_id),
        Role(row.role),
        row.made_on,
        Millis(row.ends_at),
        row.uses_left,
        bool(row.listens),
        bool(row.guests),
        came,
    )
