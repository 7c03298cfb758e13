"""What two people have to do with waits for the other one: in memory alone, sealed, and with a death of its own."""

from msgspec import Struct

from chat.core.ids import Epoch, RoomId
from chat.live.sealing import Seal, Unsealable
from web.site import Site

KIND = "part"


class Waiting(Struct, frozen=True):
    """Where it waits. `row`: whose it is; `salt`: that row's, with which it opens and without which it never does."""

    site: Site
    row: str
    salt: bytes

    def __repr__(self) -> str:
        return f"<Waiting {self.row}>"

    async def put(self, name: str, content: bytes, lasts: int) -> None:
        """Keeps it for `lasts` ms. Raises BusGone."""
        sealed = self._seal(name).seal(content, Epoch(0), KIND)
        await self.site.live.entrust(self._named(name), sealed, lasts)

    async def see(self, name: str) -> bytes | None:
        """It, if it is still there. Raises BusGone."""
        return self._open(name, await self.site.live.entrusted(self._named(name)))

    async def take(self, name: str) -> bytes | None:
        """It, for the only time. Raises BusGone."""
        return self._open(name, await self.site.live.takes(self._named(name)))

    def _named(self, name: str) -> str:
        return f"{self.row}:{name}"

    def _seal(self, name: str) -> Seal:
        """Bound to its row and its name, as what passes through a room is to the room."""
        return Seal(self.site.parts(self.salt), RoomId(self._named(name)))

    def _open(self, name: str, sealed: bytes | None) -> bytes | None:
        try:
            return None if sealed is None else self._seal(name).open(sealed, Epoch(0), KIND)
        except Unsealable:
            return None
