"""The whole website, put together: the pages, the rooms, and what stands between it and the world."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from functools import cached_property, partial

from msgspec.structs import replace
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.body_limit import RequestBodyLimitMiddleware
from starlette.routing import BaseRoute, Match, Route, WebSocketRoute
from starlette.types import Receive, Scope, Send
from starlette.websockets import WebSocket

from chat.core.decision import House
from chat.live.calling import Tell
from chat.live.counts import Figures
from chat.live.house import Live, Plan
from chat.live.rehearsal import ROOMY
from chat.live.sealing import derived
from chat.records.keys import DAY, HOUR, now
from chat.records.ledger import Ledger
from chat.records.passwords import Passwords
from chat.records.sealed import Locker
from chat.records.store import Store
from chat.records.throttle import ADDRESS, PAIR, Throttle
from config import copies, lexicon
from config.migrations import at_head
from config.settings import Settings
from web import crisis, helplines
from web import site as seen
from web.errors import HANDLERS, LastResort
from web.expiring import expiring
from web.guests import erase_gone
from web.headers import Headers
from web.keeping import Keeping, OfVisits
from web.limits import Limits, written
from web.rehearsal import rehearsing
from web.routes import demo_routes, routes
from web.site import Check, Site
from web.static_files import static_files
from web.visit import token_of, visit_of

BODY_MAX = 128 * 1024
"""Bytes of a form; the longest is an agreement of 20,000 characters, percent-encoded."""
Everybody = Callable[[], Awaitable[Sequence[Figures]]]
"""What every worker tells of itself."""

REHEARSED_TRIES = 1_000_000
"""Signing in a rehearsal takes before anybody is made to wait; each is still counted."""


@asynccontextmanager
async def opened(
    settings: Settings,
    secret: bytes,
    redis_url: str,
    *,
    demonstrating: bool = False,
    number: int = 1,
    everybody: Everybody | None = None,
) -> AsyncIterator[Starlette]:
    """The website with everything it stands on opened; all of it is closed when left.

    `number`: which worker's. `everybody`: tells every worker's figures; None: there is one.
    """
    async with (
        Store.open(settings.database_url) as store,
        Passwords(threads=2 if settings.workers == 1 else 1) as passwords,
    ):
        ledger = Ledger(secret, settings.acts_days)
        keeping = Keeping(
            store, ledger, visit_of, token_of, OfVisits(settings.visit_hours * HOUR, settings.second_step)
        )
        words = partial(lexicon.load, settings.phrases, settings.helplines)
        plan = Plan(redis_url, secret, _house(settings), settings.origin, words, promises(settings), settings.padding)
        first = number == 1
        async with (
            _on_call(settings, keeping) as on_call,
            Live.open(plan, keeping, keeping.admit, on_call) as live,
            _rehearsing(settings, live, redis_url) if first else nullcontext(),
        ):
            figures = partial(live.figures, number)
            async with _metrics(settings, everybody or _alone(figures)) as metrics:
                website = build(
                    settings,
                    store,
                    passwords,
                    live,
                    secret=secret,
                    migrated=lambda: _migrated(store),
                    others=[WebSocketRoute("/rooms/{room}/socket", live.socket.endpoint), *metrics],
                    demonstrating=demonstrating,
                )
                website.state.figures = figures
                others = partial(erase_gone, website.state.site), partial(_erase_copies, settings)
                async with expiring(store, ledger, *others) if first else nullcontext():  # one of the workers does it
                    yield website


async def _erase_copies(settings: Settings) -> None:
    if directory := copies.beside(settings.database_url):
        await asyncio.to_thread(copies.delete_old, directory)


@asynccontextmanager
async def _metrics(settings: Settings, everybody: Everybody) -> AsyncIterator[list[BaseRoute]]:
    """Their page, if there is to be one."""
    if not (settings.metrics or settings.metrics_token):
        yield []
        return
    from web import metrics  # heavy, and mostly of no use

    access = metrics.Access(settings.metrics, settings.metrics_token)
    async with metrics.watching():
        yield [Route("/metrics", metrics.Metrics(access, everybody))]


def _alone(figures: Callable[[], Figures]) -> Everybody:
    async def everybody() -> list[Figures]:
        return [figures()]

    return everybody


@asynccontextmanager
async def _on_call(settings: Settings, keeping: Keeping) -> AsyncIterator[Tell | None]:
    """How whoever is on call is told, if anybody is."""
    if settings.on_call_url is None:
        yield None
        return
    from web.on_call import Webhook  # its client is heavy, and mostly of no use

    async with Webhook.open(settings.on_call_url, settings.on_call_secret, settings.address) as webhook:
        webhook.label_of = keeping.label
        yield webhook.tell


def _rehearsing(settings: Settings, live: Live, redis_url: str) -> AbstractAsyncContextManager[None]:
    return rehearsing(settings, live.rooms.bus, redis_url) if settings.rehearsal else nullcontext()


async def _migrated(store: Store) -> bool:
    async with store.reading() as c:
        return await at_head(c)


def _house(settings: Settings) -> House:
    house = House(
        grace=int(settings.grace_seconds * 1000),
        cap=settings.room_size,
        pace_burst=settings.pace_burst,
        pace_every=int(settings.pace_seconds * 1000),
        on_call=settings.on_call_url is not None,
    )
    if settings.rehearsal:
        house = replace(house, **ROOMY)
    return replace(house, appeal=settings.contact) if settings.contact else house


class Website(Starlette):
    """Pages through everything that stands before them; a room's socket straight to its endpoint.

    What stands before pages lets sockets pass, and so nothing of it has to be kept for each person who sits in a room:
    of 20 coroutines, 10.
    """

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Any ASGI scope."""
        if scope["type"] == "websocket":
            for route in self._sockets:
                matched, its = route.matches(scope)
                if matched is Match.FULL:
                    scope.update(its, app=self)
                    await route.endpoint(WebSocket(scope, receive, send))
                    return
        await super().__call__(scope, receive, send)

    @cached_property
    def _sockets(self) -> list[WebSocketRoute]:
        return [route for route in self.routes if isinstance(route, WebSocketRoute)]


def build(
    settings: Settings,
    store: Store,
    passwords: Passwords,
    live: seen.Live,
    *,
    secret: bytes,
    migrated: Check,
    others: Sequence[BaseRoute] = (),
    demonstrating: bool = False,
    address: str = "",
) -> Starlette:
    """The website over records, rooms and passwords that are open already; whoever opened them closes them.

    `others`: routes that are not pages. `migrated`: whether the records are of this version, for /readyz.
    `address`: what people reach it by, if that is known only after binding (port 0).
    """
    site = _site(settings, store, passwords, live, secret, migrated, address or settings.address)
    app = Website(
        routes=[*routes(), *(demo_routes() if demonstrating else ()), *others, *static_files()],
        middleware=[
            Middleware(Headers, address=site.address),
            Middleware(LastResort),
            Middleware(RequestBodyLimitMiddleware, max_body_size=BODY_MAX),
        ],
        exception_handlers={error: handler for error, handler in HANDLERS.items()},
    )
    app.state.site = site
    return app


def _site(
    settings: Settings,
    store: Store,
    passwords: Passwords,
    live: seen.Live,
    secret: bytes,
    migrated: Check,
    address: str,
) -> Site:
    return Site(
        store=store,
        passwords=passwords,
        throttle=_throttle(settings, secret),
        locker=Locker(secret),
        receipts=lambda salt: derived(secret, salt, b"receipt"),
        parts=lambda salt: derived(secret, salt, b"half of a key"),
        contact_months=settings.contact_months,
        ledger=Ledger(secret, settings.acts_days),
        live=live,
        helplines=helplines.read(settings.country, settings.helplines),
        crisis=crisis.read(settings.crisis),
        checks=_checks(store, live, migrated),
        address=address,
        name=settings.name,
        exit_url=settings.exit_url,
        contact=settings.contact,
        limits=limits_of(settings),
        on_call=settings.on_call_url is not None,
        second_step=settings.second_step,
        gestures=settings.gestures,
        rehearsal=settings.rehearsal,
        room_size=settings.room_size,
        idle=settings.visit_hours * HOUR,
        longest=settings.visit_days * DAY,
        clock=now,
    )


def limits_of(settings: Settings) -> Limits:
    """What people are told before they join, where their group has not chosen for itself."""
    return Limits(
        run_by=settings.run_by,
        on_call=settings.on_call_url is not None,
        open_line=not settings.https and not settings.local,
        acts_days=settings.acts_days,
        contact_months=settings.contact_months,
        visit_hours=settings.visit_hours,
        visit_days=settings.visit_days,
    )


def promises(settings: Settings) -> bytes:
    """What every process of one installation must tell its people alike."""
    return written(limits_of(settings)).encode()


def _throttle(settings: Settings, secret: bytes) -> Throttle:
    if not settings.rehearsal:
        return Throttle(secret)
    pair, address = (replace(pace, free=REHEARSED_TRIES) for pace in (PAIR, ADDRESS))
    return Throttle(secret, pair=pair, address=address)


def _checks(store: Store, live: seen.Live, migrated: Check) -> Mapping[str, Check]:
    async def database() -> bool:
        await store.ping()
        return True

    async def redis() -> bool:
        await live.ping()
        return True

    return {"database": database, "redis": redis, "migrations": migrated}
