"""What is past its time is erased at the start and every hour, whether or not anybody asks for it again."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import structlog

from chat.core.errors import ChatError
from chat.records.expiry import expire
from chat.records.keys import now
from chat.records.ledger import Ledger
from chat.records.store import Store
from web.meanwhile import meanwhile

log = structlog.get_logger()

Erases = Callable[[], Awaitable[None]]
EVERY = 3600
"""Seconds; several processes doing it find less to do."""


async def _nobody() -> None:
    pass


@asynccontextmanager
async def expiring(
    store: Store, ledger: Ledger, guests: Erases = _nobody, copies: Erases = _nobody
) -> AsyncIterator[None]:
    """Erases in the background while this lasts. `guests` erases those who have gone, with what their groups keep of
    what they said: that is not in the records. `copies` erases old copies of the records; it may raise OSError.
    """
    async with meanwhile(_run(store, ledger, guests, copies)):
        yield


async def _run(store: Store, ledger: Ledger, guests: Erases, copies: Erases) -> None:
    while True:
        try:
            await guests()
            async with store.erasing() as c:
                await expire(c, now(), ledger)
            await copies()
        except (ChatError, OSError) as error:  # the next time is soon enough; not trying again would keep it for ever
            log.error("What is past its time could not be erased.", exc_info=error)
        await asyncio.sleep(EVERY)
