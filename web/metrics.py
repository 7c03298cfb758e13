"""/metrics for Prometheus: how much and how fast, in numbers that name nobody. Not there unless it is asked for.

Rooms and seats are rounded down, so that in a small place nobody's coming or going shows. Imported only when it is
on: prometheus-client takes 0.1 s.
"""

import asyncio
import hmac
import re
from bisect import bisect_right
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator, Sequence
from contextlib import asynccontextmanager
from importlib.metadata import version
from ipaddress import ip_address

from msgspec import Struct
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    InfoMetricFamily,
    Metric,
)
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.registry import Collector, CollectorRegistry
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from chat.live.counts import Figures, Spread, counts
from web.meanwhile import meanwhile

STEPS = (0, 1, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 20_000, 50_000, 100_000)
"""What rooms and seats are rounded down to."""
LAG_EVERY = 0.5
"""Seconds between two looks how late the loop is."""
_PROXIED = re.compile(r"forwarded|via|x-forwarded-.*|x-real-ip|cf-connecting-ip|true-client-ip")


Value = Callable[[Figures], float]
GAUGES: dict[str, tuple[str, Value]] = {
    "hearth_rooms": ("At least so many rooms have somebody in them here.", lambda one: rounded(one.rooms)),
    "hearth_seats": ("At least so many people are connected here.", lambda one: rounded(one.seats)),
    "hearth_partitions_silent": ("Parts of Redis that cannot be heard.", lambda one: one.silent),
}
COUNTERS: dict[str, tuple[str, Value]] = {
    "hearth_messages": ("Messages told to rooms.", lambda one: one.said),
    "hearth_gaps": ("Times somebody was told that something is missing.", lambda one: one.gaps),
    "hearth_slow_readers_cut": ("Connections ended because they took too little.", lambda one: one.cut),
    "hearth_cpu_seconds": ("Time on a processor.", lambda one: one.cpu),
}


class Access(Struct, frozen=True):
    """Who may see it."""

    loopback: bool
    """Programs on this machine that ask by themselves."""
    token: str | None
    """Whoever shows this."""

    def __repr__(self) -> str:
        return "<Access>"

    def allows(self, request: Request) -> bool:
        """Looks at how and from where it is asked."""
        return self._shown(request.headers) or (self.loopback and _from_this_machine(request))

    def _shown(self, headers: Headers) -> bool:
        scheme, _, shown = headers.get("authorization", "").partition(" ")
        if self.token is None or scheme.lower() != "bearer":
            return False
        return hmac.compare_digest(shown.strip().encode(), self.token.encode())


class Metrics:
    """The page, an ASGI application: whoever may not see it, or sends anything to it, finds nothing there."""

    def __init__(self, access: Access, everybody: Callable[[], Awaitable[Sequence[Figures]]]) -> None:
        self._access = access
        self._everybody = everybody

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Any request."""
        request = Request(scope)
        if request.method != "GET" or not self._access.allows(request):
            raise HTTPException(404)
        text = rendered(await self._everybody())
        await Response(text, headers={"Content-Type": CONTENT_TYPE_LATEST})(scope, receive, send)


@asynccontextmanager
async def watching() -> AsyncIterator[None]:
    """Counts how late the loop is as long as this lasts."""
    async with meanwhile(_watch()):
        yield


async def _watch() -> None:
    loop = asyncio.get_running_loop()
    while True:
        before = loop.time()
        await asyncio.sleep(LAG_EVERY)
        counts.lags.add(max(0.0, loop.time() - before - LAG_EVERY))


def rendered(everybody: Sequence[Figures]) -> bytes:
    """The text that Prometheus reads. Each worker's numbers carry its own label: one that is replaced begins at 0."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Told(everybody))
    return generate_latest(registry)


class _Told(Collector):
    def __init__(self, everybody: Sequence[Figures]) -> None:
        self._everybody = everybody

    def collect(self) -> Iterable[Metric]:
        yield self._build()
        yield from self._plain()
        yield self._by("hearth_commands_refused", "Commands refused.", "code", "refused")
        yield self._by("hearth_commits", "Commits to Redis by what became of them.", "outcome", "commits")
        yield self._spread("hearth_redis_round_trip_seconds", "How long commits took, there and back.", "round_trips")
        yield self._spread("hearth_loop_lag_seconds", "How late the event loop was.", "lags")

    def _build(self) -> Metric:
        build = InfoMetricFamily("hearth_build", "What runs here.", labels=["worker"])
        for one in self._everybody:
            build.add_metric([str(one.worker)], {"version": version("hearth")})
        return build

    def _plain(self) -> Iterator[Metric]:
        for family, kinds in ((GaugeMetricFamily, GAUGES), (CounterMetricFamily, COUNTERS)):
            for name, (what, value) in kinds.items():
                metric = family(name, what, labels=["worker"])
                for one in self._everybody:
                    metric.add_metric([str(one.worker)], value(one))
                yield metric

    def _by(self, name: str, what: str, label: str, field: str) -> Metric:
        counter = CounterMetricFamily(name, what, labels=["worker", label])
        for one in self._everybody:
            for kind, count in sorted(getattr(one, field).items()):
                counter.add_metric([str(one.worker), kind], count)
        return counter

    def _spread(self, name: str, what: str, field: str) -> Metric:
        histogram = HistogramMetricFamily(name, what, labels=["worker"])
        for one in self._everybody:
            spread: Spread = getattr(one, field)
            histogram.add_metric([str(one.worker)], _buckets(spread), spread.total)
        return histogram


def rounded(count: int) -> int:
    """As much of a number as may be told."""
    return STEPS[bisect_right(STEPS, count) - 1]


def _buckets(spread: Spread) -> list[tuple[str, float]]:
    so_far, buckets = 0, []
    for limit, often in zip((*spread.limits, "+Inf"), spread.often, strict=True):
        so_far += often
        buckets.append((str(limit), float(so_far)))
    return buckets


def _from_this_machine(request: Request) -> bool:
    """Asked by a program on this machine for itself; a proxy here asks for somebody elsewhere, and mostly says so."""
    if request.client is None or any(_PROXIED.fullmatch(name) for name in request.headers):
        return False
    return _loops_back(request.client.host) and _loops_back(request.url.hostname or "")


def _loops_back(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False
