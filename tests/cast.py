"""The people of the tests: Ann, Bob and Cem take part, Fran and Gus facilitate; they meet over real sockets."""

import asyncio
import itertools
import json
from collections.abc import Callable
from typing import Any, Self

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from chat.core.ids import MemberId

Frame = dict[str, Any]
PATIENCE = 5.0
"""Seconds somebody waits to hear something."""
ANSWERED_WITHIN = 40.0
"""Seconds to an answer: the first message in a process waits until its phrases are read."""
ANSWERS = ("accepted", "held", "refused")
_pages = itertools.count(1)


class Person:
    """Somebody in a room, as their browser sees it: what they say, what they hear."""

    def __init__(self, name: str, member: MemberId, address: str, cookie: str) -> None:
        self.name = name
        self.member = member
        self.address = address
        self.cookie = cookie
        self.frames: list[Frame] = []
        self.history: list[Frame] = []
        """Everything this person was ever told, put aside or not."""
        self.room: Frame = {}
        self.closed: tuple[int, str] | None = None
        self.other_port = ("", "")
        """What to change in the address to reach another process."""
        self.news = asyncio.Event()
        self._page = 0
        self._count = 0
        self._socket: ClientConnection
        self._reading: asyncio.Task[None] | None = None

    async def connects(self, *, resume: bool = False, claims: str = "", **others: Any) -> Self:
        """Opens the socket; whether the room lets them in is to be heard. `claims`: a query nobody's page sends."""
        self._page, self._count = next(_pages), 0
        query = f"?epoch={self.room['epoch']}&after={self.last}" if resume else claims
        host = self.address.split("/")[2]
        headers = {"Cookie": f"visit={self.cookie}"}
        options: dict[str, Any] = {"origin": f"http://{host}", "compression": None, "ping_interval": None} | others
        self._socket = await connect(self.address + query, additional_headers=headers, **options)
        self.closed = None
        self._reading = asyncio.create_task(self._read(self._socket))
        return self

    async def enters(self, *, resume: bool = False) -> Self:
        """Opens the socket and is shown the room."""
        await self.connects(resume=resume)
        self.room = await self.hears("room")
        return self

    @property
    def last(self) -> int:
        """The newest message number this browser has seen."""
        newest, epoch = 0, None
        for frame in self.history:
            if frame["type"] == "room":
                newest = frame["n"] if frame["epoch"] != epoch else max(newest, frame["n"])
                epoch = frame["epoch"]
            elif frame["type"] in ("said", "announced"):
                newest = max(newest, frame["n"])
        return newest

    @property
    def missed(self) -> list[int | None]:
        """How many messages were said to be missing, each time; None: that is not known."""
        return [frame["missed"] for frame in self.history if frame["type"] == "room" and "missed" in frame]

    async def asks(self, type_: str, *, ref: str | None = None, **fields: Any) -> str:
        """Sends a command; gives its ref."""
        self._count += 1
        ref = ref or f"t{self._page}-{self._count}"
        await self.sends(json.dumps({"type": type_, "ref": ref, **fields}, ensure_ascii=False))
        return ref

    async def sends(self, frame: str | bytes) -> None:
        """Sends anything at all."""
        await self._socket.send(frame)

    async def does(self, type_: str, **fields: Any) -> Frame:
        """Asks for something that is accepted."""
        ref = await self.asks(type_, **fields)
        answer = await self._answer(ref)
        assert answer["type"] == "accepted", answer.get("code", answer["type"])
        return answer

    async def says(self, text: str, *, before: Self | None = None, **fields: Any) -> int:
        """Says something that goes through; gives the message's number. `before`: who hears it, on any process."""
        n: int = (await self.does("say", text=text, **fields))["n"]
        if before:
            await before.has_heard(lambda frame: frame["type"] == "said" and frame["n"] == n)
        return n

    async def waits_with(self, text: str, *, before: Self | None = None, **fields: Any) -> int:
        """Says something that is held; gives the draft. `before`: as above, a facilitator."""
        answer = await self._answer(await self.asks("say", text=text, **fields))
        assert answer["type"] == "held", answer.get("code", answer["type"])
        draft: int = answer["draft"]
        if before:
            await before.has_heard(lambda frame: frame["type"] == "withheld" and frame["draft"] == draft)
        return draft

    async def meets(self, other: Self) -> None:
        """Waits until they are told that somebody has come, perhaps to another process, or has seen them there."""
        if any(person["id"] == other.member for person in self.room.get("people", ())):
            return
        await self.has_heard(lambda frame: frame["type"] == "arrived" and frame["person"]["id"] == other.member)

    async def has_heard(self, like: Callable[[Frame], bool]) -> None:
        """Waits for such a frame, which may have come before; nothing is put aside."""
        async with asyncio.timeout(PATIENCE):
            while not any(map(like, self.history)):
                await self._more()

    async def is_refused(self, type_: str, **fields: Any) -> Frame:
        """Asks for something and is told no; gives the refusal."""
        answer = await self._answer(await self.asks(type_, **fields))
        assert answer["type"] == "refused"
        return answer

    async def answer_to(self, type_: str, *, ref: str | None = None, **fields: Any) -> Frame:
        """Asks for something; gives the answer, whatever it is."""
        return await self._answer(await self.asks(type_, ref=ref, **fields))

    async def is_answered(self) -> None:
        """Waits until everything asked on this page has been answered."""
        for count in range(1, self._count + 1):
            ref = f"t{self._page}-{count}"
            if not any(f["type"] in ANSWERS and f["ref"] == ref for f in self.history):
                await self._answer(ref)

    async def _answer(self, ref: str) -> Frame:
        async with asyncio.timeout(ANSWERED_WITHIN):
            while True:
                for frame in self.frames:
                    if frame["type"] in ANSWERS and frame["ref"] == ref:
                        return frame
                await self._more()

    async def hears(self, type_: str, **fields: Any) -> Frame:
        """Waits for a frame like this; what came before it is put aside."""
        try:
            async with asyncio.timeout(PATIENCE):
                while True:
                    for place, frame in enumerate(self.frames):
                        if frame["type"] == type_ and all(frame.get(key) == fields[key] for key in fields):
                            del self.frames[: place + 1]
                            return frame
                    await self._more()
        except TimeoutError:
            heard = [frame["type"] for frame in self.frames]
            raise AssertionError(f"{self.name} did not hear {type_}; heard {heard}, {self.closed}") from None

    async def hears_within(self, seconds: float, type_: str, **fields: Any) -> Frame:
        """As `hears`, with other patience."""
        async with asyncio.timeout(seconds):
            while not self.heard(type_, **fields):
                await self._more()
        return await self.hears(type_, **fields)

    def heard(self, type_: str, **fields: Any) -> bool:
        """Whether such a frame has come and was not yet put aside."""
        return any(f["type"] == type_ and all(f.get(key) == fields[key] for key in fields) for f in self.frames)

    def texts(self) -> list[str]:
        """Every message heard and not yet put aside."""
        return [frame["text"] for frame in self.frames if frame["type"] in ("said", "announced")]

    async def is_closed(self) -> int:
        """Waits until the connection has ended; gives the close code."""
        async with asyncio.timeout(PATIENCE):
            while self.closed is None:
                await self._more()
        return self.closed[0]

    def vanishes(self) -> None:
        """Their connection breaks, without a goodbye."""
        self._socket.transport.abort()

    def goes_silent(self) -> None:
        """Their network swallows everything from now on, both ways."""
        self._socket.transport.pause_reading()

    async def stays_without(self, type_: str, seconds: float) -> None:
        """So long goes by without such a frame."""
        await asyncio.sleep(seconds)
        assert not self.heard(type_)

    async def goes(self) -> None:
        """The page is closed."""
        await self._socket.close()

    async def _more(self) -> None:
        self.news.clear()
        await self.news.wait()

    async def _read(self, socket: ClientConnection) -> None:
        try:
            async for frame in socket:
                self.frames.append(json.loads(frame))
                self.history.append(self.frames[-1])
                self.news.set()
        except ConnectionClosed:
            pass
        if socket is self._socket:
            self.closed = (socket.close_code or 1006, socket.close_reason or "")
            self.news.set()

    async def rests(self) -> None:
        """Ends the test for this person."""
        if self._reading:
            self._socket.transport.abort()
            await asyncio.wait([self._reading])
