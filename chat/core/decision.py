"""What is decided about a command: tell the room something, or say why not."""

from msgspec import Struct

from chat.core.errors import Code
from chat.core.ids import Epoch, MemberId, Millis, ProcessId, RoomId, SeatId
from chat.core.moderation.lexicon import Lexicon, Pack
from chat.core.room import Condition, History, Member, Place, Tell
from chat.core.wire import Act, Command, PausedBy, Reason, Terms, Withheld, Word


class House(Struct, frozen=True):
    """What an installation has set for its rooms; times in milliseconds."""

    grace: int = 20_000
    """After the last facilitator's connection is lost, before the room pauses by itself."""
    opens_within: int = 0
    """As `grace`, for a room that begins before anybody is there to hold it; 0: it has the same."""
    ends_after: int = 15 * 60_000
    """After a room paused by itself, before it closes gently."""
    returns_within: int = 60_000
    """After a lost connection, to go on with the same sitting."""
    cap: int = 15
    """People in one room whose group has not said."""
    turn: int = 4 * 60_000
    """A turn, as suggested to whoever has it, where the group has no time of its own."""
    keeps_turn: int = 30_000
    """How long the turn of somebody whose connection is lost waits for them."""
    keeps_seat: int = 10 * 60_000
    """A break; then the place of whoever takes it is not kept any more."""
    waits: int = 10 * 60_000
    """A message that waits for a facilitator; then it goes back to its writer."""
    pace_burst: int = 5
    pace_every: int = 2_000
    """One voice does not fill the room: a burst of messages, then one each so often."""
    on_call: bool = False
    """Whether there is somebody to be told that a room needs them."""
    appeal: str = "If you think this was not right, please ask the people who run this service to look at it again."


class Pen(Struct, frozen=True):
    """What a writer's seat knows of them, and their room need not."""

    fingerprint: bytes = b""
    """Of what they say now, and of what they said last: keyed hashes, see `moderation.rules.repeat`."""
    recent: tuple[bytes, ...] = ()


WORDLESS = Lexicon(Pack())


class Moment(Struct, frozen=True):
    """All that the outside world adds to a decision."""

    now: Millis
    house: House
    lot: int = 0
    """Chance, for what is drawn by lot: any number, a new one each time."""
    lexicon: Lexicon = WORDLESS
    """What words are looked for in a message."""
    pen: Pen = Pen()
    draft: Withheld | None = None
    """What is to be released, if it still waits; its words are in no room."""


class Actor(Struct, frozen=True):
    """Who asks, and on which connection."""

    member: MemberId
    seat: SeatId


NOBODY = Actor(MemberId(""), SeatId(""))
"""The server itself, when it asks a room for something that no one person wants."""


class Open(Struct, frozen=True):
    """Starts a room under a new epoch: for a new meeting, or again when Redis has lost it.

    `places` is what is known of people: mutes and removals still running; when mended, also who sits where.
    `condition`: what held, but for whether it is paused and held.
    """

    epoch: Epoch
    places: dict[MemberId, Place]
    paused: PausedBy | None = None
    condition: Condition = Condition()


class Arrive(Struct, frozen=True):
    """Everybody who was admitted in the same moment takes a seat; each of them once."""

    members: tuple[Member, ...]


class Depart(Struct, frozen=True):
    """A connection ended, as somebody chose."""


class Lose(Struct, frozen=True):
    """Connections ended in the same moment, and nobody chose it."""

    seats: frozenset[SeatId]


class Quit(Struct, frozen=True):
    """Somebody has left the group for good; if their connection was lost before that, they are not to be back."""

    member: MemberId


class Tick(Struct, frozen=True):
    """Time has passed: whatever is due happens. `dead`: processes whose seats nobody holds any more.

    `unrecorded`: the records have been gone for so long that nobody can be held to anything; the room pauses.
    `gone`, `removed`: people who had stepped aside, and are not in their side room any more, or were asked to leave it.
    `back`: in a side room, the one it is for is with the group again. `unheld`: in a side room, whether nobody holds
    the group; None where that is not known.
    """

    dead: frozenset[ProcessId] = frozenset()
    unrecorded: bool = False
    gone: frozenset[MemberId] = frozenset()
    removed: frozenset[MemberId] = frozenset()
    back: bool = False
    unheld: bool | None = None


class Ring(Struct, frozen=True):
    """A process takes it on itself to tell whoever is on call, if they are to be told now."""


class Rung(Struct, frozen=True):
    """What came of the try number `tries` of the call made at `at`: whether they are `told`."""

    at: Millis
    tries: int
    told: bool


class Acknowledge(Struct, frozen=True):
    """Whoever is on call says that they know of the call made at `at`."""

    at: Millis


class LetWrite(Struct, frozen=True):
    """Whoever is on call, told by the call made at `at`, lets `member` write again, whom flags have muted."""

    at: Millis
    member: MemberId


class Going(Struct, frozen=True):
    """Somebody goes aside with `by`, who asked them, into the side room `room`."""

    room: RoomId
    by: MemberId


class SendWord(Struct, frozen=True):
    """Somebody who has gone tells the facilitators how they are."""

    member: MemberId
    name: str
    word: Word

    def __repr__(self) -> str:
        return f"<SendWord {self.member}>"


class Lift(Struct, frozen=True):
    """Somebody has looked again at `act`: `member` may speak, or come in, as if it had never been."""

    member: MemberId
    act: Act


class Renew(Struct, frozen=True):
    """What people agree to has changed, as the records say."""

    terms: Terms


class KeepHistory(Struct, frozen=True):
    """For how long what is said is kept has changed, as the records say."""

    history: History


class SendAway(Struct, frozen=True):
    """A facilitator did `act` to these on a page: those who are here leave, and are told why.

    As it stands: the link by which they came was taken back.
    """

    members: tuple[MemberId, ...]
    act: Act = Act.BAR
    reason: Reason = Reason.INVITATION


class TellOpened(Struct, frozen=True):
    """Two people have opened, at `at`, the emergency contact that `member` had left."""

    member: MemberId
    at: Millis


class Worry(Struct, frozen=True):
    """Words of `member` that could not be said may be about danger; the facilitators hear that all the same."""

    member: MemberId


class ReportCame(Struct, frozen=True):
    """Somebody has handed in a report that the group's facilitators may read."""


Inner = (
    KeepHistory
    | Renew
    | Open
    | Arrive
    | Depart
    | Lose
    | Quit
    | Tick
    | Ring
    | Rung
    | Acknowledge
    | LetWrite
    | SendWord
    | Lift
    | Going
    | SendAway
    | Worry
    | ReportCame
    | TellOpened
)
"""What a room is asked by its own server; no browser can send these."""

AnyCommand = Command | Inner


class Publish(Struct, frozen=True):
    """Tell this, in one notice, if there is anything to tell.

    `raises`: it can change somebody else's verdict. `paced`: it costs the sender pace. `slow`: milliseconds that must
    lie between two of these from one person.
    """

    tells: tuple[Tell, ...]
    raises: bool = False
    paced: bool = False
    slow: int = 0


class Reject(Struct, frozen=True):
    """An ordinary answer: no, because of `code`. `wait`: milliseconds until it is worth trying again.

    `help`: what was to be said may be about danger, and that is heard all the same.
    """

    code: Code
    wait: int | None = None
    help: bool = False


Decision = Publish | Reject
