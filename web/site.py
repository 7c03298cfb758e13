"""What every page of this installation has to hand, put together once at the start."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Protocol, cast

from msgspec import Struct
from starlette.requests import HTTPConnection

from chat.core.decision import SendWord
from chat.core.errors import Code
from chat.core.ids import GroupId, MemberId, Millis, Ref, RoomId, VisitId
from chat.core.moderation.lexicon import Lexicon
from chat.core.wire import Act, Reason
from chat.live.calling import Standing
from chat.live.earlier import Mark, Reading, Sheet
from chat.live.looking import Holds
from chat.records.ledger import Ledger
from chat.records.passwords import Passwords
from chat.records.sealed import Locker
from chat.records.store import Store
from chat.records.throttle import Throttle
from web.crisis import Step
from web.helplines import Helplines
from web.limits import Limits

Check = Callable[[], Awaitable[bool]]
"""Whether something this server stands on answers now."""


class Live(Protocol):
    """What pages ask of the rooms."""

    async def begin(self, room: RoomId) -> None:
        """Opens a meeting's room, or finds it open."""

    async def sends_word(self, room: RoomId, word: SendWord, ref: Ref) -> Code | None:
        """From somebody who has left; None once the facilitators are told, else why they are not."""

    async def sends_away(self, room: RoomId, some: tuple[MemberId, ...]) -> None:
        """The link by which these came was taken back: those in the room leave."""

    async def takes_out(self, room: RoomId, member: MemberId, reason: Reason) -> None:
        """Somebody was taken out of the group: if they are in the room, they leave, told why."""

    async def contact_opened(self, room: RoomId, member: MemberId, at: Millis) -> None:
        """Two people have opened the emergency contact of somebody who is to know: they hear of it in the room."""

    async def reported(self, room: RoomId) -> None:
        """A report came that the facilitators may read: those in the room hear of it."""

    async def visit_ended(self, visit: VisitId) -> None:
        """Closes this visit's sockets, on every process."""

    async def agreement_changed(self, group: GroupId) -> None:
        """Everybody in this group's room is asked for consent before they go on."""

    async def lifted(self, room: RoomId, member: MemberId, act: Act) -> None:
        """What was done to somebody is over, in the room, too."""

    async def member_gone(self, member: MemberId) -> None:
        """Ends the seat of somebody who has left the group."""

    async def call_standing(self, room: RoomId, token: str) -> Standing | None:
        """The call to whoever is on call that this link belongs to."""

    async def acknowledge(self, room: RoomId, token: str) -> bool:
        """Whoever is on call knows; whether the link was good until now."""

    async def let_write(self, room: RoomId, token: str) -> bool:
        """Whoever is on call lets those write again whom flags have muted; whether there were any."""

    async def holds(self, room: RoomId, member: MemberId, reading: Reading) -> Holds | None:
        """What is held of a room at this moment, and of what its group keeps; None to whoever is not in it."""

    async def earlier(self, room: RoomId, member: MemberId, reading: Reading, before: Mark | None) -> Sheet | None:
        """What was said before and is kept; None to whoever may not read it here."""

    async def cut_history(self, rooms: tuple[RoomId, ...], hours: int, gone: frozenset[MemberId] = frozenset()) -> None:
        """What is kept of these meetings is kept so long at most, and nothing of what these people have said."""

    async def lexicon(self) -> Lexicon:
        """The phrases that rooms go by, as soon as they are read."""

    async def entrust(self, name: str, sealed: bytes, lasts: int) -> None:
        """Keeps something sealed, in memory alone, for `lasts` ms."""

    async def entrusted(self, name: str) -> bytes | None:
        """What was entrusted, if it is still there."""

    async def takes(self, name: str) -> bytes | None:
        """As `entrusted`, for one alone: it is gone then."""

    async def ping(self) -> None:
        """Raises if the rooms cannot be reached."""


class Site(Struct, frozen=True, kw_only=True):
    """The same for every request."""

    store: Store
    passwords: Passwords
    throttle: Throttle
    ledger: Ledger
    locker: Locker
    """For the few words that wait in the records."""
    receipts: Callable[[bytes], bytes]
    """The key of a meeting's receipts, from its salt."""
    parts: Callable[[bytes], bytes]
    """The key under which halves of the key for emergency contacts wait in memory, from the salt of a row."""
    contact_months: int
    """How long an emergency contact is kept, unless it is given again."""
    live: Live
    helplines: Helplines
    crisis: tuple[Step, ...]
    """What facilitators do when somebody may be in danger."""
    checks: Mapping[str, Check]
    """For /readyz: by name, what must answer before people are sent here."""
    address: str
    """The base of links that people pass on, without a slash at the end."""
    name: str
    exit_url: str
    contact: str
    limits: Limits
    """What people are told before they join, where their group has not chosen for itself."""
    on_call: bool
    """Whether there is somebody to be told that a room needs them."""
    second_step: bool
    """Whether everybody who facilitates or administers must have a second step when signing in."""
    gestures: Mapping[str, str]
    """The words for each way to answer without words."""
    rehearsal: bool
    room_size: int
    """People in the room of a group that has not said how many."""
    idle: int
    """A visit without a request ends after so many ms."""
    longest: int
    """Any visit ends after so many ms."""
    clock: Callable[[], Millis]

    def __repr__(self) -> str:
        return "<Site>"

    @property
    def https(self) -> bool:
        """Whether people come over https, so that cookies are `Secure` and `__Host-`."""
        return self.address.startswith("https://")


def site_of(request: HTTPConnection) -> Site:
    """The site that a request, or a socket, came to."""
    return cast(Site, request.app.state.site)
