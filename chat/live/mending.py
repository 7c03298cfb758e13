"""A room begins; and one whose memory was lost is put together again from what this process knows, paused."""

from msgspec.structs import replace

from chat.core.commands.attending import open_
from chat.core.decision import House, Moment, Open
from chat.core.ids import Epoch, MemberId, Millis, Number, RoomId
from chat.core.room import Condition, Place, Room
from chat.core.room.apply import held_up
from chat.core.wire import PausedBy
from chat.live.bus import Bus, Creation, Outcome, Stored
from chat.live.clock import Clock
from chat.live.envelope import Envelope
from chat.live.keeping import Records
from chat.live.posting import creation_of, fresh_epoch
from chat.live.table import NoSuchRoom, Table

EPOCHS_KEPT = 8
"""So often may a room be put together again while somebody is away, and their page still know what its numbers mean."""


class Mending:
    """Makes rooms, the first time and again."""

    def __init__(self, bus: Bus, records: Records, clock: Clock, house: House) -> None:
        self._bus = bus
        self._records = records
        self._clock = clock
        self._house = house

    async def begin(self, room: RoomId, envelope: Envelope) -> Outcome:
        """A new room; nothing happens if it is there. Raises BusGone, RecordsGone."""
        return await self._begin(room, envelope, None)

    async def begin_again(self, room: RoomId, envelope: Envelope) -> Outcome:
        """A room that no process knows any more, paused; nothing happens if it is there. As `begin`."""
        return await self._begin(room, envelope, PausedBy.MENDING)

    async def _begin(self, room: RoomId, envelope: Envelope, paused: PausedBy | None) -> Outcome:
        places, customs = await self._records.standing(room), await self._records.customs(room)
        beside, own = await self._records.beside(room), await self._records.own(room)
        condition = Condition(customs=customs, beside=beside, own=own, history=await self._records.history(room))
        # What is kept of it may outlive the room, and is known by its numbers.
        number = max((line.n for line in await self._bus.history(room)), default=Number(0))
        return await self._create(envelope, Room(room, Epoch(0), number=number, condition=condition), places, paused)

    async def mend(self, table: Table, over: Stored | None = None) -> Outcome:
        """Writes this process' picture of a lost room back; a process that was told more may do so over it.

        `over`: a room that goes another way since its Redis has lost the last writes; its numbers are not used again.

        Raises NoSuchRoom if the meeting was closed, BusGone, RecordsGone.
        """
        if await self._records.salts(table.id) is None:
            raise NoSuchRoom
        places = dict(table.room.places)
        for who, standing in (await self._records.standing(table.id)).items():
            before = places.get(who, Place())
            member = None if standing.removed else before.member
            removed = before.removed or standing.removed
            outside = None if standing.removed else before.outside
            own = {"member": member, "outside": outside}
            places[who] = replace(before, **own, removed=removed, muted_until=standing.muted_until)
        sequence, number = table.told
        if over:
            sequence, number = max(sequence, over.sequence + 1), max(number, over.number)
        was = held_up(table.room.condition, self._clock.now())
        epochs = (*was.before, table.room.epoch)[-EPOCHS_KEPT:]
        condition = replace(was, history=await self._records.history(table.id), before=epochs)
        known = replace(table.room, sequence=sequence, number=number, condition=condition)
        # Whoever went on in the same epoch after its Redis fell back has been told other things by the same numbers.
        knew = sequence if over and over.epoch == table.room.epoch else table.told[0]
        heard = Creation(number, known.authors.packed(), table.refs(), (table.room.epoch, knew))
        return await self._create(table.envelope, known, places, PausedBy.MENDING, heard)

    async def _create(
        self,
        envelope: Envelope,
        known: Room,
        places: dict[MemberId, Place],
        paused: PausedBy | None,
        heard: Creation | None = None,
    ) -> Outcome:
        now: Millis = self._clock.now()
        apart = tuple(one for one in known.condition.apart if not places.get(one.member, Place()).removed)
        command = Open(fresh_epoch(), places, paused, replace(known.condition, apart=apart))
        opened = open_(command, Moment(now, self._house))
        return await self._bus.commit(creation_of(envelope, known, command, opened, now, heard))
