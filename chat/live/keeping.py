"""What the live side asks of the records. It is handed an answer to each and never looks itself."""

from typing import Protocol

from msgspec import Struct

from chat.core.customs import Customs
from chat.core.ids import AccountId, GroupId, MemberId, Millis, RoomId, SeatId, VisitId
from chat.core.moderation.policy import Own
from chat.core.room import History, Place
from chat.core.wire import Act, Reason, Role, Terms
from chat.live.closing import Closing
from chat.live.envelope import Salts


class RecordsGone(Exception):
    """The records cannot be reached at the moment."""


class Admission(Struct, frozen=True):
    """Somebody who may sit down: who they are in this group, and by which visit and account they came."""

    room: RoomId
    group: GroupId
    member: MemberId
    name: str
    role: Role
    visit: VisitId
    account: AccountId
    invited_to_listen: bool = False
    listens: bool = False
    """How they come today."""
    new: bool = False
    """They have joined the group only lately."""
    beside: RoomId | None = None
    """The room is a side room of that one."""
    link: str = ""
    """The invitation they came by, as long as that is known."""
    agreed: int = 0
    """The version of what the group agrees to that they have said yes to; at their coming, the newest."""
    guest: bool = False
    """They came without an account."""
    elsewhere: bool = False
    """Another group of theirs meets now, too, so that they may sit there."""
    opened_at: Millis | None = None
    """When the emergency contact they had left was opened, if they are to be told and have not read it yet."""

    def __repr__(self) -> str:
        return f"<Admission {self.member}>"


class Entry(Struct, frozen=True):
    """An act to be recorded: who, what, to whom, when, until when and why. Never words."""

    id: str
    room: RoomId
    act: Act
    by: MemberId | None
    """None: the room itself, when nobody held it, or whoever is on call."""
    at: Millis
    to: MemberId | None = None
    reason: Reason | None = None
    until: Millis | None = None
    role: str | None = None
    """As what, if not as a facilitator."""


class Side(Struct, frozen=True):
    """A side room: of which room, opened by whom, and for whom."""

    room: RoomId
    beside: RoomId
    by: MemberId
    guest: MemberId


class Rule(Struct, frozen=True):
    """What became of a rule that was to be part of the agreement of `group`."""

    group: GroupId
    written: bool
    """False: the agreement has it already, or has no room for it."""


class Records(Protocol):
    """All of these raise RecordsGone."""

    async def salts(self, room: RoomId) -> Salts | None:
        """Those of an open meeting; None if it is closed or never was."""

    async def standing(self, room: RoomId) -> dict[MemberId, Place]:
        """The mutes and removals of this meeting that still run."""

    async def customs(self, room: RoomId) -> Customs:
        """How the group that meets there does things."""

    async def beside(self, room: RoomId) -> RoomId | None:
        """Of which room this is a side room; None if it is none."""

    async def elsewhere(self, account: AccountId, group: GroupId) -> list[tuple[RoomId, MemberId]]:
        """The meetings of somebody's other groups that are open, and who they are there."""

    async def opens(self, side: Side) -> bool:
        """Opens a side room; False if its meeting is over."""

    async def drops(self, room: RoomId) -> None:
        """Closes a side room that nobody came into."""

    async def own(self, room: RoomId) -> Own:
        """The own phrases of the group that meets there."""

    async def history(self, room: RoomId) -> History:
        """For how long what is said there is kept: not at all, unless everybody of the group has agreed."""

    async def terms(self, room: RoomId, agreed: set[int]) -> Terms:
        """What people agree to now in the group that meets there, and what is new since each of these versions."""

    async def agrees(self, member: MemberId, version: int) -> bool:
        """Writes down that somebody has agreed; False if another version holds by now."""

    async def takes_note(self, member: MemberId, at: Millis) -> None:
        """Writes down that somebody has read that their emergency contact was opened, at `at` or before."""

    async def takes_up(self, room: RoomId, by: MemberId, text: str) -> Rule:
        """Writes a rule into the agreement of the group that meets there; what came of it."""

    async def before(self, entry: Entry) -> None:
        """Opens the act's row; writes the mute, removal or bar it comes with.

        A closing closes: the salt is erased before the room is told, so that no process mends what has just ended.
        """

    async def after(self, entry: Entry, done: bool) -> None:
        """Closes the act's row with its outcome; withdraws what came with it if it was refused."""

    async def unwelcome(self, seats: dict[SeatId, Admission]) -> dict[SeatId, Closing]:
        """Which of these people may not sit here any more (visit ended, barred, not a member), and why.

        `Closing.AGREEMENT`: they have not agreed to what holds now; they are asked where they sit.
        """
