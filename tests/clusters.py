"""Real Redis servers in numbers: a cluster of three masters with a replica each, and a master that sentinels watch."""

import asyncio
import random
import shutil
import socket
from asyncio.subprocess import DEVNULL, Process
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

from redis.asyncio import Redis
from redis.exceptions import RedisError

from chat.core.ids import RoomId
from chat.live import embedded
from chat.live.bus.keys import SLOTS, number

READY_WITHIN = 30.0
"""Seconds until servers have found each other; three are enough on a machine that does nothing else."""
NODE_TIMEOUT = 2500
"""Milliseconds of silence after which a master is replaced: a busy machine must not do that by itself."""
LAST_SLOT = 16383
MASTER = "circle"
"""The name sentinels know their master by."""
QUIET = (
    'bind 127.0.0.1\nsave ""\nappendonly no\nrdb-del-sync-files yes\nrepl-diskless-sync yes\n'
    "repl-diskless-sync-delay 0\n"
)


class Server:
    """One Redis of its own, in a directory of its own."""

    def __init__(self, directory: Path, conf: str, *options: str) -> None:
        directory.mkdir(parents=True)
        self.port = free_port()
        self.place = f"127.0.0.1:{self.port}"
        self.redis: Redis = Redis(host="127.0.0.1", port=self.port, decode_responses=True)
        self._conf = directory / "conf"
        self._options = options
        self._process: Process | None = None
        self._conf.write_text(f"{conf}port {self.port}\ndir {directory}\nlogfile {directory}/log\n")

    @property
    def pid(self) -> int:
        """Its process id."""
        assert self._process is not None
        return self._process.pid

    async def starts(self) -> None:
        """Runs, and answers."""
        program = shutil.which("redis-server") or embedded._bundled()
        assert program is not None
        self._process = await asyncio.create_subprocess_exec(
            program, str(self._conf), *self._options, stdin=DEVNULL, stdout=DEVNULL, stderr=DEVNULL
        )

        async def answers() -> bool:
            assert self._process is None or self._process.returncode is None, f"{self.place} has not started"
            return bool(await self.redis.ping())

        await until(answers)

    async def does(self, *command: Any) -> Any:
        """Asks it anything."""
        return await self.redis.execute_command(*command)  # type: ignore[no-untyped-call]

    async def is_killed(self) -> None:
        """At once, without a word."""
        if self._process is not None and self._process.returncode is None:
            self._process.kill()
            await self._process.wait()

    async def ends(self) -> None:
        """Nothing is left of it."""
        await self.redis.aclose()
        await self.is_killed()


class Cluster:
    """Three masters that share all slots, and a replica of each; `masters` are those of the beginning."""

    def __init__(self, masters: list[Server], replicas: list[Server]) -> None:
        self.masters = masters
        self.replicas = replicas
        self.url = f"redis+cluster://{','.join(master.place for master in masters)}"

    def owner(self, partition: int) -> Server:
        """The master a partition was given to at the beginning."""
        return self.masters[SLOTS[partition] * len(self.masters) // (LAST_SLOT + 1)]

    def owner_of(self, room: RoomId) -> Server:
        """The master a room was given to at the beginning."""
        return self.owner(number(room))

    async def begins(self) -> None:
        """The servers meet, share the slots, and follow their masters."""
        count = len(self.masters)
        for turn, master in enumerate(self.masters):
            await master.does("CLUSTER", "SET-CONFIG-EPOCH", turn + 1)
            first, following = (-(-(LAST_SLOT + 1) * of // count) for of in (turn, turn + 1))
            await master.does("CLUSTER", "ADDSLOTSRANGE", first, following - 1)
        servers = [*self.masters, *self.replicas]
        for server in servers[1:]:
            await servers[0].does("CLUSTER", "MEET", "127.0.0.1", server.port, await _bus_port(server))
        for server in servers:
            await until(lambda server=server: _has_met(server, len(servers)))  # type: ignore[misc]
        for master, replica in zip(self.masters, self.replicas, strict=True):
            await replica.does("CLUSTER", "REPLICATE", await master.does("CLUSTER", "MYID"))
        for replica in self.replicas:
            await until(lambda replica=replica: _follows(replica))  # type: ignore[misc]
        for server in servers:
            await until(lambda server=server: _knows_replicas(server, len(self.masters)))  # type: ignore[misc]

    async def moves(self, slot: int, to: Server, *, slowly: float = 0.0) -> None:
        """A slot goes from its master to another, key by key, as `redis-cli --cluster reshard` does it."""
        source = self.masters[slot * len(self.masters) // (LAST_SLOT + 1)]
        await to.does("CLUSTER", "SETSLOT", slot, "IMPORTING", await source.does("CLUSTER", "MYID"))
        await source.does("CLUSTER", "SETSLOT", slot, "MIGRATING", await to.does("CLUSTER", "MYID"))
        await asyncio.sleep(slowly)
        while keys := await source.does("CLUSTER", "GETKEYSINSLOT", slot, 3):
            await source.does("MIGRATE", "127.0.0.1", to.port, "", 0, 5000, "KEYS", *keys)
            await asyncio.sleep(slowly / 10)
        for server in (to, source, *(master for master in self.masters if master not in (to, source))):
            await server.does("CLUSTER", "SETSLOT", slot, "NODE", await to.does("CLUSTER", "MYID"))


async def _bus_port(server: Server) -> int:
    return int((await server.does("CONFIG", "GET", "cluster-port"))["cluster-port"])


async def _has_met(server: Server, count: int) -> bool:
    info = (await server.does("CLUSTER", "INFO")).split()
    return f"cluster_known_nodes:{count}" in info and "cluster_state:ok" in info


async def _follows(replica: Server) -> bool:
    return bool((await replica.redis.info("replication")).get("master_link_status") == "up")


async def _knows_replicas(server: Server, count: int) -> bool:
    nodes: str = await server.does("CLUSTER", "NODES")
    return nodes.count("slave ") == count


def free_port() -> int:
    """One that nobody listens at, and that nobody's outgoing connection is given before we do (RFC 6335 section 6)."""
    while True:
        port = random.randrange(10_000, 32_000)  # noqa: S311 - guards nothing
        with socket.socket() as found:
            try:
                found.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port


async def until(holds: Callable[[], Awaitable[bool]]) -> None:
    """Waits for a condition of servers that may not answer yet."""
    async with asyncio.timeout(READY_WITHIN):
        while True:
            try:
                if await holds():
                    return
            except (RedisError, OSError):
                pass
            await asyncio.sleep(0.05)


@asynccontextmanager
async def a_cluster(directory: Path) -> AsyncIterator[Cluster]:
    """Runs until left."""
    async with AsyncExitStack() as stack:
        servers: list[Server] = []
        for turn in range(6):
            conf = (
                f"{QUIET}cluster-enabled yes\ncluster-port {free_port()}\ncluster-node-timeout {NODE_TIMEOUT}\n"
                "cluster-require-full-coverage no\n"  # one master gone is no reason for the others to refuse
            )
            servers.append(Server(directory / f"redis-{turn}", conf))
            stack.push_async_callback(servers[-1].ends)
        await asyncio.gather(*(server.starts() for server in servers))
        cluster = Cluster(servers[:3], servers[3:])
        await cluster.begins()
        yield cluster


class Watched:
    """A master, its replica, and three sentinels that put the one in the place of the other."""

    def __init__(self, master: Server, replica: Server, sentinels: list[Server]) -> None:
        self.master = master
        self.replica = replica
        self.sentinels = sentinels
        self.url = f"redis+sentinel://{','.join(sentinel.place for sentinel in sentinels)}/{MASTER}"

    async def begins(self) -> None:
        """Everybody knows everybody."""
        await until(lambda: _follows(self.replica))
        for sentinel in self.sentinels:
            await until(lambda sentinel=sentinel: _sees_all(sentinel, len(self.sentinels)))  # type: ignore[misc]

    async def changes(self) -> None:
        """The master steps down in favour of its replica, as an operator asks for."""
        await self.sentinels[0].does("SENTINEL", "FAILOVER", MASTER)


async def _sees_all(sentinel: Server, count: int) -> bool:
    seen: Any = await sentinel.redis.sentinel_master(MASTER)
    return bool(seen["num-slaves"] == 1 and seen["num-other-sentinels"] == count - 1)


@asynccontextmanager
async def a_watched_master(directory: Path) -> AsyncIterator[Watched]:
    """Runs until left."""
    async with AsyncExitStack() as stack:
        master = Server(directory / "master", QUIET)
        replica = Server(directory / "replica", f"{QUIET}replicaof 127.0.0.1 {master.port}\n")
        conf = (
            f"bind 127.0.0.1\nsentinel monitor {MASTER} 127.0.0.1 {master.port} 2\n"
            f"sentinel down-after-milliseconds {MASTER} {NODE_TIMEOUT}\nsentinel failover-timeout {MASTER} 10000\n"
        )
        sentinels = [Server(directory / f"sentinel-{turn}", conf, "--sentinel") for turn in range(3)]
        for server in (master, replica, *sentinels):
            stack.push_async_callback(server.ends)
            await server.starts()
        watched = Watched(master, replica, sentinels)
        await watched.begins()
        yield watched
