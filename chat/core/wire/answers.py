"""What the sender of a command is told, and nobody else."""

from chat.core.errors import Code
from chat.core.ids import Number, Ref
from chat.core.wire.frame import Frame


class Accepted(Frame, frozen=True):
    """The command was carried out; a message got number `n`."""

    ref: Ref
    n: Number | None = None


class Refused(Frame, frozen=True):
    """Nothing happened, and `words` say why. `wait` (ms): when it is worth trying again.

    `help`: the message may be about danger; the facilitators have been told that, and help is shown beside the no.
    """

    ref: Ref
    code: Code
    words: str
    wait: int | None = None
    help: bool = False
