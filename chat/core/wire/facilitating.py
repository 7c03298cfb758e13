"""What a facilitator does to somebody or to the room, and what is told about it."""

from enum import StrEnum

from chat.core.customs import Customs
from chat.core.ids import MemberId, Millis
from chat.core.wire.frame import Asked, Days, Frame, Minutes, PausedBy, Reason, Role, hidden


class Announce(Asked, frozen=True):
    """Says something that stands out; possible while the room is paused."""

    text: str

    def __repr__(self) -> str:
        return hidden(self, self.text)


class Pause(Asked, frozen=True):
    """Nobody speaks until a facilitator resumes."""


class Resume(Asked, frozen=True):
    """Ends a pause."""


class Nudge(Asked, frozen=True):
    """A kind word to `member` alone, before anything stronger; the room notices nothing."""

    member: MemberId
    reason: Reason
    words: str | None = None

    def __repr__(self) -> str:
        return hidden(self, self.words)


class Mute(Asked, frozen=True):
    """`member` reads along and cannot speak for some minutes."""

    member: MemberId
    minutes: Minutes
    reason: Reason
    words: str | None = None

    def __repr__(self) -> str:
        return hidden(self, self.words)


class Unmute(Asked, frozen=True):
    """Ends a mute early."""

    member: MemberId


class Remove(Asked, frozen=True):
    """`member` leaves this meeting and may come to the next."""

    member: MemberId
    reason: Reason
    words: str | None = None

    def __repr__(self) -> str:
        return hidden(self, self.words)


class Bar(Asked, frozen=True):
    """`member` leaves and may not come back for `days` (None: until a facilitator lifts it)."""

    member: MemberId
    reason: Reason
    words: str | None = None
    days: Days | None = None

    def __repr__(self) -> str:
        return hidden(self, self.words)


class Close(Asked, frozen=True):
    """Ends the meeting for everyone; nothing of it is left."""


class Adopt(Asked, frozen=True):
    """How the group does things from now on, in this meeting."""

    customs: Customs


class Adopted(Frame, frozen=True):
    """So the group does things from now on, in this meeting."""

    customs: Customs


class Paused(Frame, frozen=True):
    """The room is paused."""

    by: PausedBy
    at: Millis


class Resumed(Frame, frozen=True):
    """The room goes on."""

    at: Millis


class Muted(Frame, frozen=True):
    """Told to everyone; the reason goes to the person alone, in `acted-on`."""

    member: MemberId
    until: Millis


class Unmuted(Frame, frozen=True):
    """The person may speak again."""

    member: MemberId


class Removed(Frame, frozen=True):
    """A facilitator asked somebody to leave; the room is not told whether they are barred."""

    member: MemberId


class Act(StrEnum):
    """What a facilitator does that is recorded: who, what, to whom, when, why; never words."""

    PAUSE = "pause"
    RESUME = "resume"
    NUDGE = "nudge"
    MUTE = "mute"
    UNMUTE = "unmute"
    REMOVAL = "removal"
    BAR = "bar"
    RETRACTION = "retraction"
    FOLD = "fold"
    SLOW = "slow"
    """One person's messages come so far apart; that this ends again is no act."""
    RELEASE = "release"
    """A message that waited was let through."""
    HAND_BACK = "hand-back"
    """A message that waited was given back."""
    CLOSE = "close"
    REPORT_READ = "report-read"
    DECLINE = "decline"
    STEP_IN = "step-in"
    """A supervisor has joined the group while it meets."""
    LIFT = "lift"
    """Somebody looked again and let the person come back."""
    UPHOLD = "uphold"
    """Somebody looked again and left it as it was."""
    TAKE_OUT = "take-out"
    """A facilitator took somebody out of the group, who can come again by another link."""
    VOUCH = "vouch"
    """A facilitator made a link for a member who cannot sign in any more."""
    CONTACT = "contact"
    """Two people opened a member's emergency contact, because a facilitator asked."""


class ActedOn(Frame, frozen=True):
    """To the person concerned alone: what was done, by whom, why, until when, and how to ask for another look."""

    act: Act
    member: MemberId
    """The person concerned."""
    at: Millis
    by: Role
    """As what somebody acted; who it was stands in the acts alone."""
    reason: Reason
    words: str | None = None
    until: Millis | None = None
    """None with a bar: until it is lifted; with a removal: until this meeting ends."""
    appeal: str = ""
    had_words: bool = False
    """There were a few words with it. They are not kept: this is told again."""

    def __repr__(self) -> str:
        return hidden(self, self.words)


PARTING = frozenset({Act.REMOVAL, Act.BAR, Act.DECLINE, Act.TAKE_OUT})
"""These end somebody's being here, and are told as they go."""


class HaveRead(Asked, frozen=True):
    """Says that one has read what was done to one at `at`; until then one is told at each coming."""

    at: Millis


class Closed(Frame, frozen=True):
    """The meeting has ended; pages empty themselves."""

    at: Millis
