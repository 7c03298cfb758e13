"""A whole installation for a test: real records, a real Valkey, and two processes that share them."""

import asyncio
import secrets
import socket
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import uvicorn
from redis.asyncio import Redis
from sqlalchemy.ext.asyncio import create_async_engine
from starlette.applications import Starlette
from starlette.requests import HTTPConnection
from starlette.routing import WebSocketRoute

from chat.core.customs import DROP_IN, Customs
from chat.core.decision import House
from chat.core.ids import GroupId, MemberId, RoomId
from chat.core.wire import Role
from chat.live.bus.keys import Keys
from chat.live.calling import Tell
from chat.live.house import Live, Plan
from chat.live.table import Table
from chat.live.transport import HearthProtocol
from chat.records import accounts, agreements, groups, meetings, members, visits
from chat.records.engine import address
from chat.records.keys import now
from chat.records.ledger import Ledger
from chat.records.store import Store
from chat.records.visits import Visit
from tests import databases
from tests.cast import Person
from tests.core.circle import LEXICON
from web.customs import keep
from web.keeping import Keeping


class Installation:
    """Two processes over the same records and the same Valkey; both run in this test's loop."""

    def __init__(self, store: Store, redis_url: str, secret: bytes) -> None:
        self.store = store
        self.keeping = Keeping(store, Ledger(secret), lambda request: _visit_of(request, store), _token_of)
        self.redis_url = redis_url
        self.redis = Redis.from_url(redis_url if "+" not in redis_url else "unix:///nowhere")
        self.secret = secret
        self.lives: list[Live] = []
        self.ports: list[int] = []
        self.group = GroupId("")
        self.room = RoomId("")
        self._people: list[Person] = []
        self._engine = store._engine

    async def begins(self, customs: Customs = DROP_IN) -> RoomId:
        """A group with its agreement and its customs, and an open meeting. Nobody waits in it unless a test says so."""
        async with self.store.writing() as c:
            self.group = (await groups.create(c, f"Group {secrets.token_hex(3)}")).id
            await keep(c, self.group, customs)
        return await self.meets()

    async def meets(self) -> RoomId:
        """The group's meeting, opened."""
        async with self.store.writing() as c:
            self.room = (await meetings.open(c, self.group, MemberId("nobody"), now())).id
        await self.lives[0].begin(self.room)
        return self.room

    async def person(self, name: str, role: Role, process: int) -> Person:
        """An account, a member with consent, a visit; and a browser that talks to one of the processes."""
        async with self.store.writing() as c:
            account = await accounts.create(c, "someone", "no password")
            version = (await agreements.current(c, self.group)).version
            member = await members.join(c, self.group, account.id, name, role, version)
            cookie = await visits.start(c, account.id, now(), "a test")
        return self.browser(name, member.id, process, cookie)

    def browser(self, name: str, member: MemberId, process: int, cookie: str) -> Person:
        """A browser with somebody's cookie."""
        address = f"ws://127.0.0.1:{self.ports[process]}/rooms/{self.room}/socket"
        person = Person(name, member, address, cookie)
        self._people.append(person)
        return person

    def table(self, process: int) -> Table:
        """The room as one of the processes knows it."""
        table = self.lives[process].rooms.hub.table(self.room)
        assert table is not None
        return table

    async def signs_out(self, person: Person) -> Person:
        """Their visit ends, as the page of process 0 ends it; gives their browser after they have signed in again."""
        async with self.store.writing() as c:
            visit = await visits.find(c, person.cookie, now())
            assert visit is not None
            await visits.end(c, visit.id)
            cookie = await visits.start(c, visit.account_id, now(), "a test")
        await self.lives[0].visit_ended(visit.id)
        return self.browser(person.name, person.member, 1, cookie)

    def records_are_gone(self) -> None:
        """The database cannot be reached any more."""
        self.store._engine = create_async_engine(address(databases.NOWHERE))

    def records_are_back(self) -> None:
        """It can, as if nothing had been."""
        self.store._engine = self._engine

    async def breaks_subscriptions(self) -> None:
        """Every process' subscriptions break at once, without a word to anybody."""
        await self.redis.client_kill_filter(_type="pubsub")

    async def is_heard(self) -> None:
        """Waits until every process hears Redis again, and has looked at this room since."""
        async with asyncio.timeout(5):
            while any(live.rooms.hub.silent or live.rooms.hub.interrupted(self.room) for live in self.lives):
                await asyncio.sleep(0.02)

    @property
    def due_key(self) -> str:
        """Where this room waits for its next tick."""
        return Keys(self.room).due

    async def redis_keys(self) -> list[str]:
        """Every key of this room."""
        return sorted([_text(key) async for key in self.redis.scan_iter(f"*{self.room}*")])

    async def ring(self) -> list[str]:
        """The key of every message that waits for somebody whose connection dropped, in order."""
        return [_text(key) for key in await self.redis.zrange(Keys(self.room).ring, 0, -1)]

    async def rests(self) -> None:
        """Everybody's browser is gone."""
        for person in self._people:
            await person.rests()
        self._people.clear()


def _text(key: object) -> str:
    assert isinstance(key, bytes)
    return key.decode()


def _token_of(request: HTTPConnection) -> str:
    return request.cookies.get("visit", "")


async def _visit_of(request: HTTPConnection, store: Store) -> Visit | None:
    async with store.reading() as c:
        return await visits.find(c, _token_of(request), now())


@asynccontextmanager
async def installed(
    directory: Path,
    redis_url: str,
    house: House,
    on_call: Sequence[Tell | None] = (None, None),
    ways: Sequence[str] = (),
) -> AsyncIterator[Installation]:
    """Runs until left. For each process `on_call`: how it tells whoever is on call; `ways`: how it reaches Redis."""
    async with AsyncExitStack() as stack:
        url = await stack.enter_async_context(databases.migrated(directory / "hearth.sqlite"))
        store = await stack.enter_async_context(Store.open(url))
        installation = Installation(store, redis_url, secrets.token_bytes(32))
        keeping = installation.keeping
        for way, tell in zip(ways or [redis_url] * len(on_call), on_call, strict=True):
            plan = Plan(way, installation.secret, house, lexicon=lambda: LEXICON)
            live = await stack.enter_async_context(Live.open(plan, keeping, keeping.admit, tell))
            installation.lives.append(live)
            installation.ports.append(await stack.enter_async_context(served(live)))
        await installation.begins()
        stack.push_async_callback(installation.redis.aclose)
        yield installation
        await installation.rests()


@asynccontextmanager
async def served(live: Live, protocol: type[asyncio.Protocol] = HearthProtocol) -> AsyncIterator[int]:
    """One process' sockets; gives its port."""
    app = Starlette(routes=[WebSocketRoute("/rooms/{room}/socket", live.socket.endpoint)])
    async with listening(app, protocol) as port:
        yield port


@asynccontextmanager
async def listening(app: Starlette, protocol: type[asyncio.Protocol] = HearthProtocol) -> AsyncIterator[int]:
    """Serves over TCP, at any free port; gives the port."""
    config = uvicorn.Config(
        app, port=0, ws=protocol, ws_max_size=16_384, ws_per_message_deflate=False, lifespan="off",
        log_config=None, timeout_graceful_shutdown=2,
    )  # fmt: skip
    async with running(config) as port:
        yield port


@asynccontextmanager
async def running(config: uvicorn.Config, listener: socket.socket | None = None) -> AsyncIterator[int]:
    """Serves in this test's loop; gives the port."""
    server = uvicorn.Server(config)
    config.load()
    server.lifespan = config.lifespan_class(config)
    await server.startup([listener] if listener else None)
    port = server.servers[0].sockets[0].getsockname()[1]
    ticking = asyncio.create_task(server.main_loop())
    try:
        yield port
    finally:
        server.should_exit = True
        await ticking
        await server.shutdown([listener] if listener else None)
