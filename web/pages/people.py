"""For facilitators: who is in the group, and who may not come in for now."""

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from chat.core.wire.facilitating import Act
from chat.core.wire.frame import Reason, Role
from chat.records import access, acts, bars, members
from web.pages.groups import group_id
from web.render import page
from web.site import site_of
from web.visit import form_of, signed_in

DID = {
    Act.PAUSE: "paused the room",
    Act.RESUME: "let the room go on",
    Act.NUDGE: "said a quiet word to {}",
    Act.MUTE: "muted {}",
    Act.UNMUTE: "let {} speak again",
    Act.REMOVAL: "asked {} to leave the meeting",
    Act.BAR: "asked {} to stay away",
    Act.RETRACTION: "took back a message of {}",
    Act.FOLD: "put a content note before a message of {}",
    Act.SLOW: "slowed {} down",
    Act.RELEASE: "let through a message of {}",
    Act.HAND_BACK: "gave back a message to {}",
    Act.LIFT: "let {} come back",
    Act.UPHOLD: "looked again at what was done to {} and left it as it was",
    Act.CLOSE: "closed the meeting",
    Act.STEP_IN: "joined as supervisor during a meeting",
    Act.REPORT_READ: "opened a report",
    Act.DECLINE: "could not let {} in",
    Act.CONTACT: "had the emergency contact of {} opened by two people",
    Act.TAKE_OUT: "took {} out of the group",
    Act.VOUCH: "vouched for {}, so that they can sign in again",
}
"""Acts as facilitators read them: `Fran` goes before it, and who was acted on in it."""
REASONS = {
    Reason.TOO_MUCH: "much at once",
    Reason.ADVICE: "giving advice",
    Reason.HURTFUL: "hurtful words",
    Reason.CONTACT: "contact details",
    Reason.METHODS: "details that can harm",
    Reason.OFF_TOPIC: "away from the topic",
    Reason.SAFETY: "somebody's safety",
    Reason.FULL_TODAY: "the group was full",
    Reason.BEGUN: "the meeting was well under way",
    Reason.ANOTHER_GROUP: "another group may fit better",
    Reason.FLAGGED: "flagged by others",
    Reason.INVITATION: "the invitation was taken back",
    Reason.AWAY: "not here for a long while",
    Reason.ASKED: "they asked for it",
    Reason.OTHER: "something else",
}


async def show(request: Request) -> Response:
    """Members and standing bars."""
    site, visit = site_of(request), await signed_in(request)
    async with site.store.reading() as c:
        group, me = await access.group_for(c, visit.account_id, group_id(request), Role.FACILITATOR)
        everybody = await members.of(c, group.id)
        standing = await bars.of(c, group.id, site.clock())
    said = {"everybody": everybody, "standing": standing, "reasons": REASONS}
    names = {one.id: one.name for one in everybody}
    return page(request, "people.html", group=group, me=me, names=names, **said)


async def lift(request: Request) -> Response:
    """Ends a bar early, at once in an open room as well; it stands among what facilitators did."""
    await form_of(request)
    site, visit = site_of(request), await signed_in(request)
    async with site.store.erasing() as c:
        group, me = await access.group_for(c, visit.account_id, group_id(request), Role.FACILITATOR)
        which = request.path_params["bar"]
        bar = next((one for one in await bars.of(c, group.id, site.clock()) if one.id == which), None)
        if bar and await bars.lift(c, group.id, which):
            deed = acts.Deed(None, Act.LIFT, me.id, bar.member, bar.reason, site.clock(), group=group.id)
            await acts.close(c, site.ledger, await acts.open(c, site.ledger, deed), "done")
        room = await access.open_to(c, group.id, bar.member, site.clock()) if bar and bar.member else None
    if bar and bar.member and room:
        await site.live.lifted(room, bar.member, Act.BAR)
    return RedirectResponse(f"/groups/{group.id}/people", 303)
