"""The records as the live side asks for them, and who may sit down in a room."""

import hashlib
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager

import structlog
from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.requests import HTTPConnection
from starlette.websockets import WebSocket

from chat.core.customs import Customs
from chat.core.ids import AccountId, GroupId, MemberId, Millis, RoomId, SeatId
from chat.core.moderation.policy import Own
from chat.core.room import History, Place
from chat.core.wire import Act, Reason, Terms
from chat.live.closing import Closing
from chat.live.envelope import Salts
from chat.live.keeping import Admission, Entry, RecordsGone, Rule, Side
from chat.live.together import Together
from chat.records import (
    access,
    acts,
    agreements,
    bars,
    invitations,
    meetings,
    members,
    mutes,
    openings,
    second_steps,
    visits,
)
from chat.records.keys import DAY, HOUR, day, now
from chat.records.ledger import Ledger
from chat.records.members import Member
from chat.records.store import RecordsBroken, RecordsUnreachable, Store
from chat.records.visits import Visit
from web import history
from web.customs import customs_of, own_of
from web.terms import UNKNOWN, differences, with_rule

log = structlog.get_logger()
FindVisit = Callable[[HTTPConnection], Awaitable[Visit | None]]
"""Whose browser this is, by its cookie."""
TokenOf = Callable[[HTTPConnection], str]
"""What the cookie of its visit holds; empty if there is none."""
Asked = tuple[str, RoomId]
NEW_FOR = 7 * DAY
"""After joining a group somebody is new in it for so long: one meeting, in most."""
AT_ONCE = 32
"""People looked at together: a look grows with people times rooms."""


class OfVisits(Struct, frozen=True):
    """What this installation asks of a visit before somebody sits down by it."""

    idle: int = visits.IDLE
    """Milliseconds unused until it ends."""
    second_step: bool = False
    """Whoever facilitates or administers has a second step."""


AS_USUAL = OfVisits()


class Keeping:
    """Answers `chat.live.keeping.Records` from the store."""

    def __init__(
        self, store: Store, ledger: Ledger, find_visit: FindVisit, token_of: TokenOf, asks: OfVisits = AS_USUAL
    ) -> None:
        self._store = store
        self._ledger = ledger
        self._find_visit = find_visit
        self._token_of = token_of
        self._asks = asks
        self._welcomes = Together(self._look, AT_ONCE)

    async def salts(self, room: RoomId) -> Salts | None:
        """As `Records.salts`."""
        with _translated():
            found = await meetings.salts(self._store, room)
        return Salts(*found) if found else None

    async def standing(self, room: RoomId) -> dict[MemberId, Place]:
        """As `Records.standing`."""
        async with self._reading() as c:
            meeting = await meetings.find(c, room)
            muted = await mutes.standing(c, room, now())
            out = await bars.out_of(c, meeting.group, meeting.beside or room, now()) if meeting else set()
        return {who: Place(muted_until=muted.get(who), removed=who in out) for who in (*muted, *out)}

    async def customs(self, room: RoomId) -> Customs:
        """As `Records.customs`."""
        async with self._reading() as c:
            meeting = await meetings.find(c, room)
            return await customs_of(c, meeting.group) if meeting else Customs()

    async def beside(self, room: RoomId) -> RoomId | None:
        """As `Records.beside`."""
        async with self._reading() as c:
            meeting = await meetings.find(c, room)
        return meeting.beside if meeting else None

    async def elsewhere(self, account: AccountId, group: GroupId) -> list[tuple[RoomId, MemberId]]:
        """As `Records.elsewhere`."""
        async with self._reading() as c:
            return await meetings.elsewhere(c, account, group)

    async def opens(self, side: Side) -> bool:
        """As `Records.opens`."""
        async with self._writing() as c:
            return await meetings.open_beside(c, side.room, side.beside, side.by, side.guest, now())

    async def drops(self, room: RoomId) -> None:
        """As `Records.drops`."""
        async with self._erasing() as c:
            await meetings.close(c, room, now(), reports_for=0)

    async def own(self, room: RoomId) -> Own:
        """As `Records.own`."""
        async with self._reading() as c:
            meeting = await meetings.find(c, room)
            return await own_of(c, meeting.group) if meeting else Own()

    async def history(self, room: RoomId) -> History:
        """As `Records.history`."""
        async with self._reading() as c:
            meeting = await meetings.find(c, room)
            if meeting is None or meeting.beside or not await history.concerns(c, meeting.group):
                return History()
        async with self._writing() as c:
            await history.settle(c, meeting.group, now())
            return await history.history_of(c, meeting)

    async def terms(self, room: RoomId, agreed: set[int]) -> Terms:
        """As `Records.terms`."""
        async with self._reading() as c:
            meeting = await meetings.find(c, room)
            if meeting is None:
                return Terms()
            now_, before = (
                await agreements.current(c, meeting.group),
                await agreements.versions(c, meeting.group, agreed),
            )
        changes = ((version, differences(old, now_) or (UNKNOWN,)) for version, old in before.items())
        return Terms(now_.version, tuple(changes))

    async def agrees(self, member: MemberId, version: int) -> bool:
        """As `Records.agrees`."""
        try:
            async with self._writing() as c:
                await agreements.consent(c, member, version)
        except agreements.NotCurrent:
            return False
        return True

    async def takes_note(self, member: MemberId, at: Millis) -> None:
        """As `Records.takes_note`."""
        async with self._writing() as c:
            await openings.take_note(c, member, at, now())

    async def takes_up(self, room: RoomId, by: MemberId, text: str) -> Rule:
        """As `Records.takes_up`."""
        async with self._writing() as c:
            meeting = await meetings.find(c, room)
            if meeting is None:
                return Rule(GroupId(""), written=False)
            await agreements.one_at_a_time(c, meeting.group)
            before = (await agreements.current(c, meeting.group)).text
            after = with_rule(before, text)
            if after is None or len(after) > agreements.TEXT_MAX:
                return Rule(meeting.group, written=False)
            await agreements.edit(c, meeting.group, after, by)
        return Rule(meeting.group, written=True)

    async def label(self, room: RoomId) -> str:
        """What the room's group goes by outside, where its name is nobody's business. Raises RecordsGone."""
        async with self._reading() as c:
            meeting = await meetings.find(c, room)
            chosen = (await customs_of(c, meeting.group)).known_as if meeting else ""
        return chosen or (code_of(meeting.group) if meeting else "")

    async def before(self, entry: Entry) -> None:
        """As `Records.before`."""
        closes = entry.act is Act.CLOSE
        async with self._erasing() if closes else self._writing() as c:
            reason, what = entry.reason or Reason.OTHER, (entry.act, entry.by, entry.to, entry.reason)
            deed = acts.Deed(entry.room, *what, entry.at, entry.until, acts.ActId(entry.id), entry.role)
            await acts.open(c, self._ledger, deed)
            if entry.act is Act.MUTE and entry.to and entry.until:
                await mutes.set_(c, entry.room, entry.to, entry.until, reason, entry.by)
            elif entry.act in (Act.REMOVAL, Act.BAR) and entry.to:
                await self._bar(c, entry, reason)
            elif closes:
                await self._close(c, entry.room)

    async def _close(self, c: AsyncConnection, room: RoomId) -> None:
        meeting = await meetings.find(c, room)
        customs = await customs_of(c, meeting.group) if meeting else Customs()
        await meetings.close(c, room, now(), reports_for=customs.reports_hours * HOUR)

    async def _bar(self, c: AsyncConnection, entry: Entry, reason: Reason) -> None:
        meeting = await meetings.find(c, entry.room)
        if meeting and entry.to:
            whole = meeting.beside or entry.room  # whoever is removed from a side room is from its meeting, too
            room = whole if entry.act is Act.REMOVAL else None
            await bars.set_(c, meeting.group, entry.to, entry.until, room, reason, entry.by, bar_id=entry.id)

    async def after(self, entry: Entry, done: bool) -> None:
        """As `Records.after`."""
        async with self._writing() as c:
            await acts.close(c, self._ledger, acts.ActId(entry.id), "done" if done else "refused")
            if entry.to and entry.act in (Act.MUTE, Act.UNMUTE):
                await mutes.settle(c, entry.room, entry.to, now())
            meeting = await meetings.find(c, entry.room) if entry.act in (Act.REMOVAL, Act.BAR) else None
            if meeting and not done:
                await bars.lift(c, meeting.group, entry.id)
            elif meeting and entry.to and (entry.act is Act.BAR or await members.is_guest(c, entry.to)):
                await invitations.revoke_of(c, meeting.group, entry.to, now())

    async def unwelcome(self, seats: dict[SeatId, Admission]) -> dict[SeatId, Closing]:
        """As `Records.unwelcome`."""
        who = seats.values()
        async with self._reading() as c:
            signed_in = await visits.running(c, {one.visit for one in who}, now())
            agreed = await agreements.consented_of(c, {one.member for one in who})
            known = await members.known(c, {one.member for one in who} - agreed)
            out = await bars.out_of_any(c, {one.group for one in who}, now())
            still_open = await meetings.open_of(c, {one.room for one in who})
            wanting = await self._wanting(c, {one.account for one in who})
        found = {
            seat: Closing.SIGNED_OUT if one.visit not in signed_in or one.account in wanting
            else Closing.CLOSED if one.room not in still_open
            else Closing.BARRED if {(where, one.member) for where in (one.room, one.beside, one.group)} & out
            else Closing.NO_SUCH_ROOM if one.member not in agreed | known
            else Closing.AGREEMENT if one.member not in agreed
            else None
            for seat, one in seats.items()
        }  # fmt: skip
        return {seat: closing for seat, closing in found.items() if closing}

    async def admit(self, socket: WebSocket, room: RoomId) -> Admission | Closing:
        """Who asks for a seat, or why they may not have one. Raises RecordsGone."""
        token = self._token_of(socket)
        welcome = await self._welcomes.ask((token, room)) if token else None
        if welcome and not welcome.visit.needs_keeping_alive(now(), self._asks.idle):
            admission = _admission(room, welcome.member, welcome.visit, welcome.beside)
            heard = {"agreed": welcome.agreed, "opened_at": welcome.opened_at}
            return replace(admission, elsewhere=welcome.elsewhere, **heard)
        return await self._look_closely(socket, room)

    async def _look_closely(self, socket: WebSocket, room: RoomId) -> Admission | Closing:
        """One by one: to say why somebody may not come in, and to keep a visit alive."""
        with _translated():
            visit = await self._find_visit(socket)
        if visit is None:
            return Closing.SIGNED_OUT
        async with self._reading() as c:
            if await self._wanting(c, {visit.account_id}):
                return Closing.SIGNED_OUT  # the page that they come back to asks them to set it up
            try:
                meeting, member = await access.entering(c, visit.account_id, room, now())
            except access.NotYours:
                return Closing.NO_SUCH_ROOM
            except access.BarredFrom as barred:
                if await bars.undecided(c, barred.bar.id, now()):
                    return Closing.LOST  # it may be refused yet, and who is told that they are out does not come again
                return Closing.REMOVED if barred.bar.room else Closing.BARRED
            except access.NotConsented:
                return Closing.AGREEMENT
            agreed = await agreements.agreed_last(c, member.id)
            elsewhere = bool(await meetings.elsewhere(c, visit.account_id, meeting.group))
            opened_at = await openings.unread(c, member.id)
        if meeting.closed_on is not None:
            return Closing.CLOSED
        admission = _admission(room, member, visit, meeting.beside)
        return replace(admission, elsewhere=elsewhere, agreed=agreed, opened_at=opened_at)

    async def _look(self, asked: set[Asked]) -> dict[Asked, access.Welcome]:
        with _translated():
            found = await access.welcome(self._store, asked, now())
        if not self._asks.second_step:
            return found
        async with self._reading() as c:
            wanting = await self._wanting(c, {one.visit.account_id for one in found.values()})
        return {which: one for which, one in found.items() if one.visit.account_id not in wanting}

    async def _wanting(self, c: AsyncConnection, some: set[AccountId]) -> set[AccountId]:
        return await second_steps.wanting_of(c, some) if self._asks.second_step else set()

    def _reading(self) -> AbstractAsyncContextManager[AsyncConnection]:
        return _reaching(self._store.reading())

    def _writing(self) -> AbstractAsyncContextManager[AsyncConnection]:
        return _reaching(self._store.writing())

    def _erasing(self) -> AbstractAsyncContextManager[AsyncConnection]:
        return _reaching(self._store.erasing())


def code_of(group: GroupId) -> str:
    """What a group goes by outside as long as nobody has chosen a word: nothing of its name, and always the same."""
    return f"Group {hashlib.sha256(group.encode()).hexdigest()[:4].upper()}"


def _admission(room: RoomId, member: Member, visit: Visit, beside: RoomId | None) -> Admission:
    lately = member.joined_on is not None and member.joined_on >= day(Millis(now() - NEW_FOR))
    who = (room, member.group, member.id, member.name, member.role, visit.id, visit.account_id)
    return Admission(
        *who,
        invited_to_listen=member.listens,
        guest=member.guest,
        new=lately,
        link=member.invitation or "",
        beside=beside,
    )


@asynccontextmanager
async def _reaching(opened: AbstractAsyncContextManager[AsyncConnection]) -> AsyncIterator[AsyncConnection]:
    with _translated():
        async with opened as c:
            yield c


@contextmanager
def _translated() -> Iterator[None]:
    """Records that answer with an error are of no more use to a room than those that do not answer."""
    try:
        yield
    except RecordsUnreachable:
        raise RecordsGone from None
    except RecordsBroken as error:
        log.error("The records refused what a room asked of them.", exc_info=error)
        raise RecordsGone from None
