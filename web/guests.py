"""A guest has no account: a visit that ends with the browser, and with which everything about them is erased."""

from chat.core.ids import AccountId
from chat.records import accounts, members, visits
from chat.records.keys import HOUR
from web import history
from web.site import Site

LASTS = 6 * HOUR
"""Milliseconds, an evening: a browser that was closed says nothing."""


async def erase_gone(site: Site) -> None:
    """Guests whose browser was closed, or whose evening is over: as if they had signed out."""
    async with site.store.reading() as c:
        gone = await accounts.guests_gone(c, site.clock())
    for account in gone:
        await erase_guest(site, account)


async def erase_guest(site: Site, account: AccountId) -> None:
    """Everything about somebody who came as a guest, and their seat; nothing happens to anybody else."""
    async with site.store.reading() as c:
        if not await accounts.is_guest(c, account):
            return
    async with site.store.erasing() as c:
        ended = await visits.end_all(c, account)
        said = await history.said_by(c, await members.ids_of(c, account))
        gone = await members.leave_all(c, account)
        await accounts.erase(c, account)
    for visit in ended:
        await site.live.visit_ended(visit)
    for member in gone:
        await site.live.member_gone(member)
    await history.forget_said(site, said)
