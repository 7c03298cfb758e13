"""A room as it is right now: who sits in it, who may not speak, whether it is paused. No words.

None of it is read with a field that this program does not know: written again without that, it would undo what a newer
process has done, and such a room is left to it (`envelope.Unreadable`). So a field may be given up but not taken out:
over Redis of their own, rooms live on when a server is brought up to date.
"""

from msgspec import Struct, field

from chat.core.customs import Customs
from chat.core.ids import DraftId, Epoch, MemberId, Millis, Number, ProcessId, RoomId, SeatId
from chat.core.moderation.policy import Own
from chat.core.room.authors import Authors
from chat.core.wire import ActedOn, Alarmed, Begun, Caller, Door, Floor, OnCall, PausedBy, Person, Role, Terms, Unheard


class Member(Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """Somebody connected: who they are in this group, and which connection is theirs."""

    id: MemberId
    name: str
    role: Role
    seat: SeatId
    process: ProcessId
    hand_at: Millis | None = None
    listens: bool = False
    """How they come today: just to listen."""
    invited_to_listen: bool = False
    """They were not invited to more."""
    new: bool = False
    """They have joined the group only lately."""
    link: str = ""
    """The invitation they came by, while it still works."""
    face: str = ""
    """As in `wire.Person`."""
    agreed: int = 0
    """The newest version of what the group agrees to that they have said yes to."""
    guest: bool = False
    """They came without an account."""
    opened_at: Millis | None = None
    """When the emergency contact they had left was opened, until they have read that it was; nobody else is told."""

    @property
    def comes_to_listen(self) -> bool:
        """A supervisor does, too, until they visibly take part."""
        return self.listens or self.invited_to_listen or self.role is Role.SUPERVISOR

    def __repr__(self) -> str:
        return f"<Member {self.id}>"


class Outside(Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """Somebody who waits to be let in; what the others say does not reach them. As `wire.Caller`."""

    member: Member
    since: Millis
    late: bool = False
    knocked: bool = False
    declined: bool = False


class Place(Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """What a room knows of one person, seated or not.

    `since` is the message number at which their sitting began. `changed` is the sequence of the notice that last
    changed this place: a decision about somebody holds only for the place it was made on.
    """

    member: Member | None = None
    lost_at: Millis | None = None
    muted_until: Millis | None = None
    removed: bool = False
    holds: bool = False
    """They facilitate here, also while they are away."""
    listens: bool = False
    """They are here just to listen, also after a lost connection."""
    rests_until: Millis | None = None
    """They take a break, and their place is kept for them until then."""
    flagged_at: Millis | None = None
    """When something they said last needed care: should they go soon after, it was sudden. Not a reason to be kept."""
    let_speak: bool = False
    """They were invited to listen, and a facilitator has let them take part."""
    outside: Outside | None = None
    """They are not in the room: they wait, or were told that it cannot be today."""
    came: bool = False
    """They have been in this meeting, and so come back without waiting. Remembered where people do wait."""
    slow: int = 0
    """Seconds between two of their messages, if a facilitator has set that for them."""
    marks: tuple[tuple[Number, MemberId], ...] = ()
    """What they said that others marked, and who did, until a facilitator looks; who did is told to nobody."""
    unwatched: bool = False
    """Some of it while nobody watched."""
    spent: int = 0
    """So many of the marks, from the first, have muted them once and do so no more; facilitators still see them."""
    proposed: int = 0
    """Rules they have proposed in this meeting. Not a reason to be kept."""
    asked_by: MemberId | None = None
    """Which facilitator has asked them to talk aside. Not a reason to be kept."""
    acted: tuple[ActedOn, ...] = ()
    """What was done to them lately, without the words to it, until they have read it."""
    stands: bool = False
    """They stand by the facilitators, also after a lost connection."""
    asides: int = 0
    """So many private words have been told to them, whether or not they could hear. Not a reason to be kept."""
    asides_by: tuple[MemberId, ...] = ()
    """Who wrote the newest of these."""
    since: Number = Number(0)
    changed: int = 0

    def marked(self, n: Number) -> int:
        """How many people have marked message `n` of theirs."""
        return sum(number == n for number, _ in self.marks)

    @property
    def rests(self) -> bool:
        """They take a break."""
        return self.rests_until is not None

    @property
    def empty(self) -> bool:
        """Nothing worth remembering."""
        absent = self.member is None and self.lost_at is None and self.outside is None and not self.came
        return (
            absent
            and self.muted_until is None
            and not self.removed
            and not self.holds
            and not self.slow
            and not self.marks
            and not self.acted
        )


class Apart(Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """Somebody who has stepped aside into the side room `room`: on the list of people, and without a seat."""

    member: MemberId
    name: str
    role: Role
    room: RoomId
    since: Millis
    listens: bool = False
    let_speak: bool = False
    flagged_at: Millis | None = None
    """As in their `Place`, while they have none here."""
    guest: bool = False
    face: str = ""

    def __repr__(self) -> str:
        return f"<Apart {self.member}>"


class History(Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """For how many hours what is said is kept, as everybody has agreed, and the 32 random bytes its key is made of."""

    hours: int = 0
    salt: bytes = b""

    def __repr__(self) -> str:
        return f"<History {self.hours}>"


class Condition(Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """What holds for the whole room. `unheld_until`: no facilitator is seated, and then it pauses."""

    paused: PausedBy | None = None
    paused_at: Millis | None = None
    unheld_until: Millis | None = None
    floor: Floor = Floor()
    begun: Begun | None = None
    """The phase the meeting is in, if its facilitators work with phases."""
    lead: MemberId | None = None
    customs: Customs = Customs()
    call: OnCall | None = None
    """What whoever is on call has been told last."""
    door: Door = Door()
    folded: tuple[Number, ...] = ()
    """Messages that a facilitator has put behind a content note, without its words."""
    own: Own = Own()
    """The group's own phrases, which only its facilitators see."""
    shielded: bool = False
    apart: tuple[Apart, ...] = ()
    """Who has stepped aside."""
    beside: RoomId | None = None
    """This is a side room, and that the room of its group."""
    needed: bool = False
    """In a side room: the facilitator has been told that nobody else holds the group."""
    warned: bool = False
    """Facilitators have been told that many strangers came by one invitation."""
    terms: Terms = Terms()
    """What people agree to here, if it has changed since the room opened."""
    history: History = History()
    alarms: tuple[Alarmed, ...] = ()
    """Whose words were of danger lately, and where they stand, for facilitators who were not there to hear it."""
    before: tuple[Epoch, ...] = ()
    """The epochs from which this one goes on, with their numbers, since it was put together again; the newest last."""


class Room(Struct):
    """The state of one meeting. Changed by `apply` alone.

    `revision` counts what can change somebody's verdict, `sequence` every notice, `number` the messages.
    """

    id: RoomId
    epoch: Epoch
    revision: int = 0
    sequence: int = 0
    number: Number = Number(0)
    condition: Condition = Condition()
    places: dict[MemberId, Place] = field(default_factory=dict)
    authors: Authors = field(default_factory=Authors)
    """Who said which message, without its words; a retracted one is not in it."""
    drafts: dict[DraftId, Unheard] = field(default_factory=dict)
    """Whose messages wait for a facilitator, without their words."""

    def member(self, who: MemberId) -> Member | None:
        """The person, if they are seated."""
        place = self.places.get(who)
        return place.member if place else None

    def seated(self) -> list[Member]:
        """Everybody here."""
        return [place.member for place in self.places.values() if place.member]

    def outside(self, who: MemberId) -> Outside | None:
        """Somebody who waits outside."""
        place = self.places.get(who)
        outside = place.outside if place else None
        return None if outside is None or outside.declined else outside

    def waiting(self) -> list[Outside]:
        """Everybody who waits outside, whoever came first before the others."""
        all_ = [place.outside for place in self.places.values() if place.outside and not place.outside.declined]
        return sorted(all_, key=lambda one: (one.since, one.member.id))

    def connected(self) -> list[Member]:
        """Everybody here, and everybody who waits outside."""
        return [*self.seated(), *(one.member for one in self.waiting())]

    def apart(self, who: MemberId) -> Apart | None:
        """The person, if they have stepped aside."""
        if not self.condition.apart:
            return None
        return next((one for one in self.condition.apart if one.member == who), None)

    def held(self) -> bool:
        """A facilitator is seated."""
        return any(member.role is Role.FACILITATOR for member in self.seated())

    def person(self, member: Member) -> Person:
        """A seated member as everybody sees them."""
        place = self.places[member.id]
        return Person(
            member.id, member.name, member.role, member.hand_at, place.muted_until, place.listens, place.rests_until,
            member.invited_to_listen and not place.let_speak, place.slow, guest=member.guest, face=member.face,
        )  # fmt: skip

    def caller(self, one: Outside) -> Caller:
        """Somebody outside as facilitators see them."""
        who = one.member
        return Caller(who.id, who.name, one.since, who.comes_to_listen, one.late, one.knocked, who.guest, one.declined)

    def person_apart(self, one: Apart) -> Person:
        """Somebody who has stepped aside, as everybody sees them."""
        muted_until = self.places.get(one.member, Place()).muted_until
        return Person(
            one.member,
            one.name,
            one.role,
            muted_until=muted_until,
            listens=one.listens,
            aside=True,
            guest=one.guest,
            face=one.face,
        )
