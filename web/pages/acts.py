"""For a group's facilitators: what facilitators did, who did it, and the proof that nothing of it was changed."""

from starlette.requests import Request
from starlette.responses import Response

from chat.core.wire.frame import Role
from chat.records import access, acts, meetings, members
from web.pages.groups import group_id
from web.pages.people import DID, REASONS
from web.render import page
from web.site import site_of
from web.visit import Form, signed_in


async def show(request: Request) -> Response:
    """The acts, a page of them, newest first, and whether the chain they stand in is whole."""
    past = Form(request.query_params).whole("past") or 0
    site, visit = site_of(request), await signed_in(request)
    async with site.store.reading() as c:
        group, _ = await access.group_for(c, visit.account_id, group_id(request), Role.FACILITATOR)
        names = {one.id: one.name for one in await members.of(c, group.id)}
        done, sides = await acts.of(c, group.id, acts.PAGE + 1, past), await meetings.sides(c, group.id)
        proof = next(iter(await site.ledger.verify(c, group.id)))
    newer = max(past - acts.PAGE, 0) if past else None
    older = past + acts.PAGE if done[acts.PAGE :] else None
    said = {"done": done[: acts.PAGE], "newer": newer, "older": older, "sides": sides, "names": names}
    words = {"did": DID, "reasons": REASONS, "days": site.ledger.days}
    return page(request, "acts.html", group=group, proof=proof, mark=proof.head.hex()[:16], **said, **words)
