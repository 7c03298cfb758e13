"""Being in the room: who is here, their hands, and what the room looks like to somebody who enters."""

from enum import StrEnum

from msgspec import Struct

from chat.core.customs import Customs
from chat.core.ids import DraftId, Epoch, MemberId, Millis, Number
from chat.core.moderation.policy import Own
from chat.core.wire.agreeing import Question
from chat.core.wire.calling import OnCall
from chat.core.wire.facilitating import ActedOn
from chat.core.wire.frame import Asked, Frame, PausedBy, Role
from chat.core.wire.holding import Alarmed
from chat.core.wire.marking import Marked
from chat.core.wire.phases import Begun
from chat.core.wire.turns import Floor
from chat.core.wire.waiting import Caller, Door


class Hand(Asked, frozen=True):
    """Puts one's own hand up or down."""

    up: bool


class Leave(Asked, frozen=True):
    """Leaves by choice; coming back later is a new sitting."""


class Here(Asked, frozen=True):
    """Asks whether this line still holds: a page cannot see that its network died in silence."""


class Person(Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """Somebody present, as everybody in the room sees them."""

    id: MemberId
    name: str
    role: Role
    hand_at: Millis | None = None
    """Since when their hand is up."""
    muted_until: Millis | None = None
    listens: bool = False
    """They are here just to listen."""
    rests_until: Millis | None = None
    """They take a break, and their place is kept for them until then."""
    invited_to_listen: bool = False
    """They came by an invitation to listen: they take part if a facilitator lets them."""
    slow: int = 0
    """Seconds between two of their messages, if a facilitator has set that for them."""
    aside: bool = False
    """They have stepped aside, and do not hear the room meanwhile."""
    guest: bool = False
    """They are here without an account; whatever is known about them goes with them."""
    face: str = ""
    """From which their pattern is drawn; means nothing in any other group. Empty: none."""

    def __repr__(self) -> str:
        return f"<Person {self.id}>"


class Snapshot(Frame, frozen=True, tag="room"):
    """The snapshot, first on every connection and again whenever it must be told afresh.

    `n` is the newest message's number; `replay` says how many earlier messages follow at once, in order; `missed`, how
    many others, before those, did not reach this browser and cannot any more (null: that is not known). It stands here:
    of a frame behind this one nobody would speak again if the line broke in between.
    """

    epoch: Epoch
    n: Number
    at: Millis
    you: MemberId
    people: tuple[Person, ...]
    paused: PausedBy | None = None
    paused_at: Millis | None = None
    """Since when, or since when it was last said to be: so much later is whatever a pause holds up, once it is over."""
    floor: Floor = Floor()
    begun: Begun | None = None
    lead: MemberId | None = None
    customs: Customs = Customs()
    door: Door = Door()
    marked: tuple[Marked, ...] = ()
    """To facilitators: which messages others have marked."""
    waiting: tuple[Caller, ...] = ()
    """Who waits outside, and who was told that it cannot be today; for facilitators alone."""
    unheld_until: Millis | None = None
    muted_until: Millis | None = None
    """Until when *you* are muted."""
    asked_by: MemberId | None = None
    """Which facilitator has asked *you* to talk aside."""
    asking: tuple[MemberId, ...] = ()
    """To a facilitator: whom *you* have asked, and who has not answered yet."""
    beside: bool = False
    """This is a side room."""
    asked: Question | None = None
    """*You* have not agreed yet to what holds now."""
    needed: bool = False
    """To a facilitator in a side room: nobody else holds the group."""
    before: tuple[Epoch, ...] = ()
    """Epochs of which the numbers go on in this one: a message of theirs is meant by its number."""
    replay: int = 0
    missed: int | None = 0
    call: OnCall | None = None
    """To facilitators: how the call to whoever is on call stands."""
    retracted: tuple[Number, ...] = ()
    """Messages that are no longer shown to anybody: of this sitting; to a page that has been here before it, of all."""
    folded: tuple[Number, ...] = ()
    """Likewise, messages that a facilitator has put behind a content note; with which words is not kept."""
    drafts: tuple[DraftId, ...] = ()
    """Messages that wait for a facilitator: your own, or to a facilitator everybody's; `withheld` frames follow."""
    shielded: bool = False
    own: Own | None = None
    """To facilitators: the group's own phrases."""
    kept: int = 0
    """For how many hours what is said here is kept, sealed; 0: not at all."""
    opened_at: Millis | None = None
    """When *your* emergency contact was opened, until you say that you have read it."""
    acted: tuple[ActedOn, ...] = ()
    """What was done to *you*, until you say that you have read it; which words there were to it is not kept."""
    asides: int = 0
    """So many private words (`confided`, `conferred`) *you* have been told in this meeting; a page that has heard fewer
    since it had been shown this has missed some, which are not kept."""
    asides_by: tuple[MemberId, ...] = ()
    """Who wrote the newest of them, the newest last."""
    alarms: tuple[Alarmed, ...] = ()
    """To facilitators: whose words were of danger lately, without numbers: what was said in the room was said `at` that
    moment. Words of which the draft waits no more went back to their writer."""


class WaitingRoom(Frame, frozen=True):
    """What somebody who waits outside sees, first and again whenever it changes. A `room` frame follows once they are
    let in; nothing of what was said before it ever does.
    """

    epoch: Epoch
    at: Millis
    you: Caller
    paused: PausedBy | None = None
    held_by: tuple[Person, ...] = ()
    """The facilitators who are in the room: they alone see who waits, and read what is written from here."""
    customs: Customs = Customs()
    kept: int = 0
    """As in the snapshot."""


class Arrived(Frame, frozen=True):
    """Somebody is here now."""

    person: Person


class How(StrEnum):
    """How somebody went."""

    LEFT = "left"
    LOST = "lost"


class Left(Frame, frozen=True):
    """Somebody is not here any more. `lost`: their connection broke; they may be back in a moment."""

    member: MemberId
    how: How
    at: Millis


class Raised(Frame, frozen=True):
    """A hand went up."""

    member: MemberId
    at: Millis


class Lowered(Frame, frozen=True):
    """A hand went down."""

    member: MemberId


class Unheld(Frame, frozen=True):
    """No facilitator is connected; at `until` the room pauses by itself unless one is back."""

    until: Millis


class Interrupted(Frame, frozen=True):
    """The server cannot reach its room memory. Nothing can be sent; a `room` frame ends this."""
