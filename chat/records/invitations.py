"""A group grows by invitation: a link that lapses, counts, and can be taken back."""

from datetime import date

from msgspec import Struct
from sqlalchemy import Row, and_, delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from chat.core.errors import ChatError
from chat.core.ids import AccountId, GroupId, Millis
from chat.core.wire.frame import Role
from chat.records.keys import DAY, day, fresh_id, fresh_token, hashed
from chat.records.tables import invitations

DAYS_MAX, USES_MAX = 60, 100


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
) -> tuple[Invitation, str]:
    """A new invitation and its token. Whether `by` may do this: `access.inviting`. Raises UnfitInvitation."""
    if not (1 <= expires_in_days <= DAYS_MAX and 1 <= uses <= USES_MAX):
        raise UnfitInvitation
    made = Invitation(fresh_id(), group, role, day(now), Millis(now + expires_in_days * DAY), uses, listens)
    token = fresh_token()
    counted = {"made_on": made.made_on, "ends_at": made.ends_at, "uses_left": made.uses_left}
    whose = {"id": made.id, "group_id": group, "role": role.value, "listens": listens, "invited_by": by}
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
    """The invitations by which somebody can still come."""
    usable = and_(invitations.c.group_id == group, invitations.c.ends_at > now, invitations.c.uses_left > 0)
    rows = await c.execute(select(invitations).where(usable).order_by(invitations.c.ends_at, invitations.c.id))
    return [_invitation(row) for row in rows]


async def revoke(c: AsyncConnection, group: GroupId, invitation_id: str) -> bool:
    """Takes an invitation of this group back; whether there was one."""
    which = and_(invitations.c.group_id == group, invitations.c.id == invitation_id)
    return (await c.execute(delete(invitations).where(which))).rowcount == 1


def _invitation(row: Row[tuple[object, ...]]) -> Invitation:
    return Invitation(
        row.id,
        GroupId(row.group_id),
        Role(row.role),
        row.made_on,
        Millis(row.ends_at),
        row.uses_left,
        bool(row.listens),
    )
