"""Somebody follows an invitation: an account or signing in, then the agreement, then a name for this group."""

from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from chat.core.ids import AccountId, Millis
from chat.core.wire.facilitating import Act
from chat.core.wire.frame import Role
from chat.records import accounts, acts, agreements, groups, histories, invitations, meetings, members
from chat.records.agreements import NotCurrent
from chat.records.groups import Group
from chat.records.invitations import USES_MAX, Invitation, InvitationSpent
from chat.records.ledger import Ledger
from chat.records.members import AlreadyMember, Barred, Member, NameTaken, NoGuests, UnfitName
from web import guests, history
from web.naming import ANOTHER, may_be_called
from web.pages.agreement import CHANGED
from web.pages.begin import gone
from web.pages.new_account import New, make
from web.pages.second import go_on
from web.pages.sign_in import Wrong, attempt
from web.render import page
from web.site import site_of
from web.terms import shown
from web.visit import Form, admit, begin_visit, form_of, may_open, signed_in, visit_of

MADE, MOST = "came by", 3 * USES_MAX
"""Accounts and guests that one link makes in a day, at the most: whoever has it could fill the records with others, as
only who joins counts for the link.
"""
UNTICKED = "Please tick the box if you agree. If you do not, just close this page; nobody will ask why."
UNFIT = "Please choose a name of 1 to 40 characters, with at least one letter or digit, in letters of one alphabet."
BARRED = "You cannot come into this group at the moment."
NO_GUESTS = (
    "You are here as a guest, and this link does not let guests in. Please sign out first, under “Your account”; then "
    "open it again."
)


async def show(request: Request) -> Response:
    """Who is invited to what: the next step for somebody signed in, else the two ways to come."""
    site, visit = site_of(request), await visit_of(request)
    found = await _look(request)
    if found is None:
        return gone(request)
    invitation, group = found
    if visit is None:
        return await _invited(request, found)
    async with site.store.reading() as c:
        if await members.find(c, group.id, visit.account_id):
            return RedirectResponse(f"/groups/{group.id}", 303)
        name = await members.suggestion(c, group.id, visit.account_id)
        lets_in = invitation.guests or not await accounts.is_guest(c, visit.account_id)
    return await _joining(request, invitation, group, {} if lets_in else {"": NO_GUESTS}, {"name": name})


async def new_account(request: Request) -> Response:
    """Makes an account for somebody new. Sent twice, it makes one."""
    form = await form_of(request)
    if await visit_of(request):
        return RedirectResponse(_here(request)["here"], 303)
    found = await _look(request)
    if found is None:
        return gone(request)

    async def allowed(c: AsyncConnection) -> bool:
        return await _may_make(c, request)

    made = await make(request, form, New(allowed, _here(request)["here"]))
    if isinstance(made, dict):
        return await _invited(request, found, errors=made, typed={"word": form("word")})
    return made or gone(request)


async def guest(request: Request) -> Response:
    """Lets somebody go on without an account, if the link allows it."""
    await form_of(request)
    site, found = site_of(request), await _look(request)
    if found is None:
        return gone(request)
    on = RedirectResponse(_here(request)["here"], 303)
    if await visit_of(request) or not found[0].guests:
        return on
    async with site.store.writing() as c:
        if not await _may_make(c, request):
            return gone(request)
        account = await accounts.guest(c, Millis(site.clock() + guests.LASTS))
    return admit(request, on, await begin_visit(request, account, 0, (guests.LASTS, guests.LASTS)))


async def _may_make(c: AsyncConnection, request: Request) -> bool:
    """Whether one more account, or guest, may be made by this link; it is counted then."""
    site, token, now = site_of(request), request.path_params["token"], site_of(request).clock()
    if await invitations.look(c, token, now) is None or await site.throttle.exhausted(c, MADE, token, MOST, now):
        return False
    await site.throttle.failed(c, MADE, token, now)
    return True


async def _invited(request: Request, found: tuple[Invitation, Group], **wrong: dict[str, str]) -> Response:
    site, (invitation, group) = site_of(request), found
    async with site.store.reading() as c:
        words = await shown(c, site, group.id)
        kept = await histories.hours(c, group.id)
    return page(
        request,
        "invited.html",
        422 if wrong else 200,
        kept_for=history.in_words(kept) if kept else "",
        **_here(request),
        group=group,
        guests=invitation.guests,
        limits=words,
        **wrong,
    )


async def back(request: Request) -> Response:
    """Somebody loads the page of a sent form again."""
    return RedirectResponse(_here(request)["here"], 303)


async def ask_sign_in(request: Request) -> Response:
    """The form for somebody who has an account."""
    if await visit_of(request):
        return RedirectResponse(_here(request)["here"], 303)
    if await _look(request) is None:
        return gone(request)
    return page(request, "sign_in.html", to="", action=request.url.path)


async def sign_in(request: Request) -> Response:
    """Signs in somebody who has an account, and goes on with the invitation."""
    form = await form_of(request)
    if await _look(request) is None:
        return gone(request)
    who = await attempt(request, form)
    if isinstance(who, Wrong):
        said = {"to": "", "action": request.url.path, "errors": who.errors, "typed": {"login": form("login")}}
        return who.answer(page(request, "sign_in.html", who.status, **said))
    return await go_on(request, who.id, _here(request)["here"])


async def join(request: Request) -> Response:
    """Joins with consent and a name, or not at all. About the name nothing is said before consent."""
    form, visit, found = await form_of(request), await signed_in(request), await _look(request)
    if found is None:
        return gone(request)
    invitation, group = found
    errors = {"agree": UNTICKED} if form("agree") != "yes" else await _join(request, invitation, visit.account_id, form)
    if errors is None:
        return gone(request)
    if errors:
        return await _joining(request, invitation, group, errors, {"name": form("name"), "agree": form("agree")})
    return RedirectResponse(f"/groups/{group.id}", 303)


async def _join(
    request: Request, invitation: Invitation, account: AccountId, form: Form
) -> dict[str, str] | None:  # fmt: skip
    """What is wrong, by field (nothing: it is done), or None if the invitation is used up meanwhile."""
    site = site_of(request)
    who = (invitation.group, account, form("name"), invitation.role, form.whole("version") or 0)
    if not await may_be_called(site, form("name"), account, invitation.group):
        return {"name": ANOTHER}
    try:
        async with site.store.writing() as c:
            joined = await members.join(c, *who, site.clock(), by=invitation)
            await invitations.use(c, invitation, site.clock())
            await _written_down(c, site.ledger, joined, site.clock())
    except NameTaken:
        return {"name": ANOTHER}
    except UnfitName:
        return {"name": UNFIT}
    except NotCurrent:
        return {"agree": CHANGED}
    except Barred:
        return {"": BARRED}
    except NoGuests:
        return {"": NO_GUESTS}
    except InvitationSpent:
        return None
    except AlreadyMember:
        pass
    return {}


async def _written_down(c: AsyncConnection, ledger: Ledger, joined: Member, at: Millis) -> None:
    """Whoever stands by a group that meets just now has stepped in, and that is no secret."""
    meeting = await meetings.current(c, joined.group)
    if joined.role is Role.SUPERVISOR and meeting:
        deed = acts.Deed(meeting.id, Act.STEP_IN, joined.id, None, None, at, role=joined.role.value)
        await acts.close(c, ledger, await acts.open(c, ledger, deed), "done")


async def _look(request: Request) -> tuple[Invitation, Group] | None:
    if not await may_open(request):
        return None
    site = site_of(request)
    async with site.store.reading() as c:
        invitation = await invitations.look(c, request.path_params["token"], site.clock())
        group = await groups.find(c, invitation.group) if invitation else None
    return (invitation, group) if invitation and group else None


async def _joining(
    request: Request, invitation: Invitation, group: Group, errors: dict[str, str], typed: dict[str, str]
) -> Response:
    account = (await signed_in(request)).account_id
    async with site_of(request).store.reading() as c:
        agreement = await agreements.current(c, group.id)
        suggested = await members.suggestion(c, group.id, account) if "name" in errors else ""
        words = await shown(c, site_of(request), group.id, agreement.limits)
    said = {"invitation": invitation, "group": group, "agreement": agreement, "suggested": suggested, "limits": words}
    return page(request, "join.html", 422 if errors else 200, **_here(request), **said, errors=errors, typed=typed)


def _here(request: Request) -> dict[str, str]:
    return {"here": f"/invitations/{request.path_params['token']}"}
