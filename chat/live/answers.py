"""What is asked of a room, and what becomes of it."""

from collections.abc import Awaitable, Callable

from msgspec import Struct
from msgspec.structs import replace

from chat.core.decision import Actor, AnyCommand, Publish, Reject
from chat.core.errors import Code
from chat.core.ids import DraftId, MemberId, Number, Ref
from chat.core.wire import Alarmed, Confide, Say
from chat.live.bus import Commit
from chat.live.table import Table

NOT_YET = {Code.INTERRUPTED, Code.BUSY}
"""Why something is not told that may be told a little later."""


class Asked(Struct, frozen=True):
    """By whom, of which room. `ref`: what its sender calls it, so that it is known when it is sent again."""

    table: Table
    actor: Actor
    command: AnyCommand
    ref: Ref | None = None

    @property
    def again(self) -> tuple[MemberId, Ref] | None:
        """As what the room remembers its answer; None: it does not."""
        return (self.actor.member, self.ref) if self.ref else None


class Done(Struct, frozen=True):
    """It is told. `n`: the message's number, if it was one; `sequence`: the notice's; `draft`: it waits, as this."""

    n: Number | None
    sequence: int
    draft: DraftId | None = None


class Doubtful(Reject, frozen=True):
    """Told as a no, as there was no answer: it may have happened all the same, or may until DEADLINE has passed."""


class Unwritten(Reject, frozen=True):
    """Not done, for the room has moved and this is an act by now, which is written down before it is done."""


Answer = Done | Reject
Later = Callable[[], Awaitable[Answer]]
"""What becomes of a command, for whoever can wait."""


def became(commit: Commit, number: Number, sequence: int) -> Done:
    """What a commit that was told came to."""
    return Done(number if commit.author else None, sequence, commit.pending.draft if commit.pending else None)


def done(remembered: int, sequence: int) -> Done:
    """As the room remembers its answer: a message's number, 0, or below zero the draft that waits."""
    return Done(
        Number(remembered) if remembered > 0 else None, sequence, DraftId(-remembered) if remembered < 0 else None
    )


def with_help(asked: Asked, decided: Publish | None, answer: Answer) -> Answer:
    """`answer`; a no to words of danger that were decided to be said, whatever keeps them from it, shows help."""
    if isinstance(answer, Reject) and decided and isinstance(asked.command, Say | Confide) and _is_of_danger(decided):
        return replace(answer, help=True)
    return answer


def _is_of_danger(decided: Publish) -> bool:
    return any(isinstance(tell.event, Alarmed) for tell in decided.tells)
