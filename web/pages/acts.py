"""For a group's facilitators: what facilitators did, who did it, and the proof that nothing of it was changed."""

from starlette.requests import Request
from starlette.responses import Response

from chat.core.wire.frame import Role
from chat.records import access, acts, members
from web.pages.groups import group_id
from web.pages.people import DID, REASONS
from web.render import page
from web.site import site_of
from web.visit import signed_in


async def show(request: Request) -> Response:
    """The newest acts, and whether the chain they stand in is whole."""
    site, visit = site_of(request), await signed_in(request)
    async with site.store.reading() as c:
        group, _ = await access.group_for(c, visit.account_id, group_id(request), Role.FACILITATOR)
        names = {one.id: one.name for one in await members.of(c, group.id)}
        done = await acts.of(c, group.id)
        proof = next(iter(await site.ledger.verify(c, group.id)))
    said = {"done": done, "names": names, "did": DID, "reasons": REASONS, "days": site.ledger.days}
    return page(request, "acts.html", group=group, proof=proof, mark=proof.head.hex()[:16], **said)
