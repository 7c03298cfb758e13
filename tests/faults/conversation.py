"""People who go on talking whatever happens to the servers, and what must be true of all they heard."""

import asyncio

from chat.core.ids import RoomId
from chat.core.wire import Role
from tests.cast import Frame, Person
from tests.installation import Installation

NOT_NOW = {"interrupted", "busy", "too-fast"}
BACK_WITHIN = 30.0
"""Seconds; a failover alone takes about four."""
EVERY = 0.05
"""Seconds between two messages of one person."""


class Circle:
    """A room in which Fran, on the first process, and Ann, on the second, talk without end."""

    def __init__(self, room: RoomId, fran: Person, ann: Person) -> None:
        self.room = room
        self.fran = fran
        self.ann = ann
        self.accepted: set[str] = set()
        self._over = asyncio.Event()
        self._talking: list[asyncio.Task[None]] = []

    @property
    def people(self) -> tuple[Person, Person]:
        """Both."""
        return self.fran, self.ann

    def begins(self) -> None:
        """They talk."""
        self._talking = [asyncio.create_task(self._talks(person)) for person in self.people]

    async def _talks(self, person: Person) -> None:
        turn = 0
        while not self._over.is_set():
            turn += 1
            await self.insists(person, f"{person.name} {turn}", f"{person.name.lower()}-{turn}")
            await asyncio.sleep(EVERY)

    async def insists(self, person: Person, text: str, ref: str) -> None:
        """Once, however often it must be sent: as a browser does, with the same ref."""
        told: list[str] = []
        try:
            async with asyncio.timeout(BACK_WITHIN):
                await self._insists(person, text, ref, told)
        except TimeoutError:
            heard = [frame["type"] for frame in person.history[-20:]]
            raise AssertionError(f"{person.name} has no yes to {ref}, but {told}; heard last: {heard}") from None

    async def _insists(self, person: Person, text: str, ref: str, told: list[str]) -> None:
        while True:
            person.frames = [frame for frame in person.frames if frame.get("ref") != ref]
            try:
                answer = await person.answer_to("say", ref=ref, text=text)
            except TimeoutError:
                assert person.closed is None, person.closed
                continue
            if answer["type"] == "accepted":
                self.accepted.add(text)
                return
            told.append(answer["code"])
            if answer["code"] == "room-paused":
                await self.fran.answer_to("resume")
            else:
                assert answer["code"] in NOT_NOW, answer["code"]
            await asyncio.sleep(EVERY)

    async def ends(self) -> None:
        """Both have said what they were about to; a last word reaches both, and whatever was said has held."""
        self._over.set()
        for talking in self._talking:
            await talking
        await self.insists(self.fran, "the end", "last-1")
        for person in self.people:
            await person.hears_within(BACK_WITHIN, "said", text="the end")
        self._holds()

    def _holds(self) -> None:
        heard = [[frame["text"] for frame in person.history if frame["type"] == "said"] for person in self.people]
        for person, texts in zip(self.people, heard, strict=True):
            assert len(texts) == len(set(texts)), "something was told twice"
            missing = self.accepted - set(texts)
            told = None in person.missed or len(missing) <= sum(count or 0 for count in person.missed)
            assert told, f"{len(missing)} were lost in silence"
        common = set(heard[0]) & set(heard[1])
        assert [text for text in heard[0] if text in common] == [text for text in heard[1] if text in common]

    def disturbances(self) -> list[Frame]:
        """Whatever either of them was told of trouble since they sat down."""
        told = [frame for person in self.people for frame in person.history]
        rooms = [frame for frame in told if frame["type"] == "room"][len(self.people) :]
        return [frame for frame in told if frame["type"] in ("interrupted", "paused")] + rooms

    async def are_told(self, type_: str) -> None:
        """Waits until both have been told so since they last looked."""
        for person in self.people:
            await person.hears_within(BACK_WITHIN, type_)


async def gathered(installation: Installation) -> Circle:
    """The installation's room, and two new people in it."""
    fran = await (await installation.person("Fran", Role.FACILITATOR, 0)).enters()
    return Circle(installation.room, fran, await (await installation.person("Ann", Role.MEMBER, 1)).enters())


async def go_on(circles: list[Circle]) -> None:
    """For long enough that everybody has said something more."""
    before = [len(circle.accepted) for circle in circles]
    async with asyncio.timeout(BACK_WITHIN):
        while any(len(circle.accepted) < count + 6 for circle, count in zip(circles, before, strict=True)):
            await asyncio.sleep(0.05)
