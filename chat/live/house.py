"""The live side of one process, put together: Redis, rooms, desk, and what looks after them."""

import asyncio
import secrets
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress

from msgspec import Struct

from chat.core.decision import (
    NOBODY,
    WORDLESS,
    Actor,
    House,
    Inner,
    Lift,
    Reject,
    ReportCame,
    SendAway,
    SendWord,
    TellOpened,
)
from chat.core.errors import Code
from chat.core.ids import GroupId, MemberId, Millis, ProcessId, Ref, RoomId, SeatId, VisitId
from chat.core.moderation.lexicon import Lexicon
from chat.core.wire import Act, Reason
from chat.live.arriving import Arrivals
from chat.live.bus import Bus, BusGone
from chat.live.calling import Calls, Standing, Tell
from chat.live.clock import Clock
from chat.live.control import AgreementChanged, MemberGone, SentAway, VisitEnded
from chat.live.counts import Figures, counts
from chat.live.departing import Departures
from chat.live.desk import Desk
from chat.live.earlier import Mark, Reading, Remembered, Sheet
from chat.live.elsewhere import Elsewhere
from chat.live.faces import Faces
from chat.live.frames import Padding
from chat.live.gateway import Admit, Gateway
from chat.live.history import HOUR
from chat.live.hub import Hub
from chat.live.keeping import Records, RecordsGone
from chat.live.lease import Lease, Sweep
from chat.live.looking import Holds, Looking
from chat.live.mending import Mending
from chat.live.reader import Reader
from chat.live.renewing import Renewals
from chat.live.retelling import Retelling
from chat.live.rooms import Rooms
from chat.live.secret import proof
from chat.live.sides import Sides
from chat.live.table import NoSuchRoom

WITHDRAWN_WITHIN = 0.5
"""Seconds; who stops does not wait for a Redis that is gone."""


class Plan(Struct, frozen=True):
    """What a process is told at its start. `secret`: the server's, 32 bytes or more."""

    redis_url: str
    secret: bytes
    house: House = House()
    origin: str | None = None
    lexicon: Callable[[], Lexicon] = lambda: WORDLESS
    """What words are looked for in a message; asked once, in a thread."""
    promises: bytes = b""
    """What people are told before they join, where their group chose nothing else: all processes say the same."""
    padded: bool = False
    """Frames to browsers are padded to a few lengths."""

    def __repr__(self) -> str:
        return "<Plan>"


class Live:
    """What pages ask of the live side."""

    def __init__(
        self, rooms: Rooms, mending: Mending, calls: Calls, looking: Looking, remembered: Remembered, socket: Gateway
    ) -> None:
        self.rooms = rooms
        self._mending = mending
        self._looking = looking
        self._remembered = remembered
        self._calls = calls
        self.socket = socket

    @classmethod
    @asynccontextmanager
    async def open(
        cls, plan: Plan, records: Records, admit: Admit, on_call: Tell | None = None
    ) -> AsyncIterator["Live"]:
        """Runs until left; a fault in any of its tasks ends the process' serving. `on_call`: tells whoever is."""
        Padding.on = plan.padded
        process, clock = ProcessId(secrets.token_hex(8)), Clock()
        hub = Hub(plan.secret, records, clock)
        async with Bus.open(plan.redis_url, hub) as bus:
            mending = Mending(bus, records, clock, plan.house)
            reader = Reader(plan.lexicon)
            reader.prepare()
            desk = Desk(hub, bus, records, clock, plan.house, reader)
            lease = Lease(process, bus, clock, proof(plan.secret, plan.promises))
            departures = Departures(hub, desk)
            sides = Sides(hub, desk, records, plan.house.returns_within)
            rooms = Rooms(
                hub,
                desk,
                Arrivals(desk, departures),
                departures,
                bus,
                Retelling(bus),
                sides,
                Faces(plan.secret),
                Elsewhere(hub, desk, records),
            )
            calls = Calls(hub, desk, plan.secret, on_call)
            renewals = Renewals(hub, desk, records)
            sweep = Sweep(lease, rooms, calls, records, renewals)
            gateway = Gateway(rooms, process, admit, plan.origin)
            async with (
                hub.hearing(bus, mending, sweep.tick, renewals.soon, departures),
                asyncio.TaskGroup() as tasks,
            ):
                # The beat first: a process killed in its first second must have been counted to be found dead.
                works = lease.run(), sweep.run(), calls.run(), renewals.run(), desk.unrecorded.run()
                running = [tasks.create_task(work) for work in works]
                try:
                    await reader.prepared()  # before anybody comes: no message waits for it
                    remembered = Remembered(plan.secret, hub, bus, clock)
                    yield cls(rooms, mending, calls, Looking(hub, bus, clock, remembered), remembered, gateway)
                finally:
                    for task in running:
                        task.cancel()
                    with suppress(BusGone, TimeoutError):
                        async with asyncio.timeout(WITHDRAWN_WITHIN):
                            await bus.withdraws()

    async def begin(self, room: RoomId) -> None:
        """Opens a meeting's room, or finds it open. Raises NoSuchRoom, BusGone, RecordsGone."""
        await self._mending.begin(room, await self.rooms.hub.envelope(room))

    async def sends_word(self, room: RoomId, word: SendWord, ref: Ref) -> Code | None:
        """From somebody who sits in no room; None once the facilitators are told, else why they are not.

        Raises NoSuchRoom, BusGone, RecordsGone.
        """
        table = self.rooms.hub.table(room) or await self.rooms.hub.read(room)
        outcome = await self.rooms.desk.submit(table, Actor(word.member, SeatId("")), word, ref)
        return outcome.code if isinstance(outcome, Reject) else None

    async def visit_ended(self, visit: VisitId) -> None:
        """Closes the visit's sockets, on every process; with Redis gone, elsewhere within 20 s by the regular check."""
        with suppress(BusGone):
            await self.rooms.hub.tell_all(VisitEnded(visit))

    async def agreement_changed(self, group: GroupId) -> None:
        """Everybody of the group is asked again, where they sit; with Redis gone, elsewhere within 20 s."""
        with suppress(BusGone):
            await self.rooms.hub.tell_all(AgreementChanged(group))

    async def member_gone(self, member: MemberId) -> None:
        """Ends the seat of somebody who has left the group; as `visit_ended`."""
        with suppress(BusGone):
            await self.rooms.hub.tell_all(MemberGone(member))

    async def lifted(self, room: RoomId, member: MemberId, act: Act) -> None:
        """Somebody looked again at what was done to `member`: the room, if it is open, lets them. As `visit_ended`."""
        await self._tells(room, Lift(member, act))

    async def sends_away(self, room: RoomId, some: tuple[MemberId, ...]) -> None:
        """The link by which these came was taken back: those in the room, or aside from it, leave. As `visit_ended`."""
        await self._tells_near(room, some, SendAway(some))
        await self._asks_again()

    async def takes_out(self, room: RoomId, member: MemberId, reason: Reason) -> None:
        """Somebody was taken out of the group: if they are in the room, or aside from it, they leave, told why.

        As `visit_ended`; a facilitator's seat is ended by `member_gone`.
        """
        await self._tells_near(room, (member,), SendAway((member,), Act.TAKE_OUT, reason))
        await self._asks_again()

    async def _asks_again(self) -> None:
        """Whoever of them was just coming, and so not in the room when it was told."""
        with suppress(BusGone):
            await self.rooms.hub.tell_all(SentAway())

    async def contact_opened(self, room: RoomId, member: MemberId, at: Millis) -> None:
        """Two people have opened what `member` had left: if they are in the room, or aside from it, they hear of it.

        As `visit_ended`; who is not there is told when they come.
        """
        await self._tells_near(room, (member,), TellOpened(member, at))

    async def reported(self, room: RoomId) -> None:
        """A report came that the facilitators may read: those in the room hear of it. As `visit_ended`."""
        await self._tells(room, ReportCame())

    async def _tells_near(self, room: RoomId, some: tuple[MemberId, ...], command: Inner) -> None:
        """Also in the side rooms where these people are."""
        with suppress(BusGone, NoSuchRoom, RecordsGone):
            table = self.rooms.hub.table(room) or await self.rooms.hub.read(room)
            aside = {one.room for one in table.room.condition.apart if one.member in some}
            for where in (room, *aside):
                await self._tells(where, command)

    async def _tells(self, room: RoomId, command: Inner) -> None:
        with suppress(BusGone, NoSuchRoom, RecordsGone):
            table = self.rooms.hub.table(room) or await self.rooms.hub.read(room)
            await self.rooms.desk.submit(table, NOBODY, command)

    async def call_standing(self, room: RoomId, token: str) -> Standing | None:
        """The call that this token belongs to, if any. Raises NoSuchRoom, BusGone, RecordsGone."""
        return await self._calls.standing(room, token)

    async def acknowledge(self, room: RoomId, token: str) -> bool:
        """Whoever is on call knows; whether the token was good until now. As `call_standing`."""
        return await self._calls.acknowledge(room, token)

    async def let_write(self, room: RoomId, token: str) -> bool:
        """Whoever is on call lets those write again whom flags muted; whether there were any. As `call_standing`."""
        return await self._calls.let_write(room, token)

    async def holds(self, room: RoomId, member: MemberId, reading: Reading) -> Holds | None:
        """What is held of a room right now; None to whoever is not in it. Raises NoSuchRoom, BusGone, RecordsGone."""
        return await self._looking.holds(room, member, reading)

    async def earlier(self, room: RoomId, member: MemberId, reading: Reading, before: Mark | None) -> Sheet | None:
        """What was said before, of what the group keeps; None to whoever may not read it here.

        Raises NoSuchRoom, BusGone, RecordsGone.
        """
        return await self._remembered.sheet(room, member, reading, before)

    async def cut_history(self, rooms: tuple[RoomId, ...], hours: int, gone: frozenset[MemberId] = frozenset()) -> None:
        """What is kept of these meetings is kept so long at most, and nothing of what these people have said.

        With Redis gone it dies by itself in time; what nobody may read any more cannot be read meanwhile.
        """
        with suppress(BusGone):
            for room in rooms:
                await self.rooms.bus.cut_history(room, hours * HOUR, gone)

    async def entrust(self, name: str, sealed: bytes, lasts: int) -> None:
        """Keeps something sealed, in memory alone, for `lasts` ms. Raises BusGone."""
        await self.rooms.bus.entrust(name, sealed, lasts)

    async def entrusted(self, name: str) -> bytes | None:
        """What was entrusted, if it is still there. Raises BusGone."""
        return await self.rooms.bus.entrusted(name)

    async def takes(self, name: str) -> bytes | None:
        """As `entrusted`, for one alone: it is gone then. Raises BusGone."""
        return await self.rooms.bus.takes(name)

    def figures(self, worker: int) -> Figures:
        """How much this process does and has done; which of the workers it is, it is told."""
        hub = self.rooms.hub
        return counts.figures(worker, len(hub.tables()), len(hub.seats()), len(hub.silent))

    async def lexicon(self) -> Lexicon:
        """The phrases that rooms go by, as soon as they are read."""
        return await self.rooms.desk.reader.prepared()

    async def ping(self) -> None:
        """Raises BusGone if Redis cannot be reached."""
        await self.rooms.bus.ping()
