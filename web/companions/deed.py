"""What a companion does, and the name it goes by until the room has answered."""

from msgspec import Struct

from chat.core.ids import Ref
from chat.core.wire import Command
from web.companions.script import Key


class Deed(Struct, frozen=True):
    """What one companion asks of the room."""

    who: Key
    command: Command


class Refs:
    """Names for commands; none is given twice in one meeting."""

    def __init__(self) -> None:
        self._given = 0

    def fresh(self) -> Ref:
        """The next one."""
        self._given += 1
        return Ref(f"c{self._given}")
