"""Coming back without a password or e-mail: by a code that was written down, or because a facilitator vouches.

A facilitator vouches for who somebody is in their group, and for nothing else: the link moves that one place to a new
account. The earlier account, its other groups and its name are neither touched nor shown, whoever uses the link; who
signs in by it reads that their place has moved.
"""

from msgspec import Struct
from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.requests import Request
from starlette.responses import Response

from chat.core.ids import AccountId, MemberId
from chat.core.wire.facilitating import Act
from chat.core.wire.frame import Role
from chat.records import access, accounts, acts, groups, members, partings, spare_codes, starts, visits
from chat.records.accounts import Account, Credentials
from chat.records.groups import Group
from chat.records.members import Member
from chat.records.spare_codes import Purpose
from chat.records.starts import Start
from web import qr
from web.pages.begin import gone
from web.pages.groups import group_id
from web.pages.new_account import New, make
from web.pages.second import go_on
from web.pages.sign_in import Wrong, seconds
from web.pages.sure import surely
from web.render import page
from web.site import Site, site_of
from web.visit import Form, form_of, may_open

WRONG = "That name and that code do not belong together. Please look at both again; each code works once."
MISSING = {"login": "Please type your sign-in name.", "code": "Please type one of your codes."}
WHY = "Together with your sign-in name they let you back in if you lose your password."


async def ask(request: Request) -> Response:
    """The form for somebody with a code, and what to do without one."""
    return page(request, "recover.html")


async def recover(request: Request) -> Response:
    """Another password for whoever has a code; says the same whether the name or the code was wrong."""
    form, site = await form_of(request), site_of(request)
    found = await _attempt(request, form)
    if isinstance(found, Wrong):
        typed = {"login": form("login")}
        return found.answer(page(request, "recover.html", found.status, errors=found.errors, typed=typed))
    fresh = await site.passwords.hash(form.secret("fresh"))
    async with site.store.erasing() as c:
        if not await spare_codes.use(c, found.id, Purpose.PASSWORD, form("code")):  # at this very moment elsewhere
            return page(request, "recover.html", 422, errors={"code": WRONG}, typed={"login": form("login")})
        await accounts.set_password(c, found.id, fresh)
        ended = await visits.end_all(c, found.id)
    for one in ended:
        await site.live.visit_ended(one)
    return await go_on(request, found.id, "/account")


async def _attempt(request: Request, form: Form) -> Account | Wrong:
    site, login, code = site_of(request), form("login"), form("code")
    if errors := {name: words for name, words in MISSING.items() if not form(name)}:
        return Wrong(errors)
    now, address, who = site.clock(), request.client.host if request.client else "", f"code of {login}"
    async with site.store.writing() as c:
        wait = await site.throttle.allowed(c, who, address, now)
    if wait:
        return Wrong(
            {"login": f"There were many tries from here. Please wait {seconds(wait)} and try again."}, 429, wait
        )
    async with site.store.reading() as c:
        kept: Credentials | None = await accounts.by_login(c, login)
        fits = await spare_codes.fits(c, kept.account.id if kept else AccountId(""), Purpose.PASSWORD, code)
    if not fits or kept is None:
        return Wrong({"code": WRONG})
    async with site.store.writing() as c:
        await site.throttle.succeeded(c, who, address, now)
    weak = await site.passwords.weakness(form.secret("fresh"), login)  # last: it is work, for those who have a code
    return Wrong({"fresh": weak}) if weak else kept.account


async def new_codes(request: Request) -> Response:
    """Other codes in the place of those that were written down."""
    await form_of(request)
    site, visit = site_of(request), await surely(request, "/account")
    async with site.store.writing() as c:
        codes = await spare_codes.make(c, visit.account_id, Purpose.PASSWORD, site.clock())
    return page(request, "codes.html", codes=codes, why=WHY, on_to="/account")


async def vouch(request: Request) -> Response:
    """A link for a member of one's own group who cannot sign in any more; that it was made is written down."""
    await form_of(request)
    at = f"/groups/{group_id(request)}/people"
    site, visit = site_of(request), await surely(request, at)
    async with site.store.writing() as c:
        group, me = await access.group_for(c, visit.account_id, group_id(request), Role.FACILITATOR)
        who = await members.by_id(c, group.id, MemberId(request.path_params["member"]))
        if who is None or who.role is not Role.MEMBER or who.guest:
            raise access.NotYours
        link = await _link(c, site, me, who)
    frame = {"group": group, "name": who.name, "link": link}
    return page(request, "vouch.html", picture=qr.picture(link, "The link"), **frame)


async def _link(c: AsyncConnection, site: Site, me: Member, who: Member) -> str:
    now = site.clock()
    deed = acts.Deed(None, Act.VOUCH, me.id, who.id, None, now, group=me.group)
    await acts.close(c, site.ledger, await acts.open(c, site.ledger, deed), "done")
    return f"{site.address}/recover/{await starts.vouch(c, who.id, now)}"


class Vouched(Struct, frozen=True):
    """For whom a link is, and in which group."""

    group: Group
    member: Member


async def _look(c: AsyncConnection, site: Site, start: Start | None) -> Vouched | None:
    member = await members.any_by_id(c, start.member) if start and start.member else None
    group = await groups.find(c, member.group) if member else None
    return Vouched(group, member) if group and member else None


async def ask_vouched(request: Request) -> Response:
    """The form for a new sign-in name and password; says who they are in this group."""
    if not await may_open(request):
        return gone(request)
    site = site_of(request)
    async with site.store.reading() as c:
        start = await starts.find(c, request.path_params["token"], starts.Purpose.VOUCH, site.clock())
        found = await _look(c, site, start)
    return page(request, "vouched.html", group=found.group, name=found.member.name) if found else gone(request)


async def vouched(request: Request) -> Response:
    """Their place in this group is a new account's from now on."""
    form, site = await form_of(request), site_of(request)
    async with site.store.reading() as c:
        start = await starts.find(c, request.path_params["token"], starts.Purpose.VOUCH, site.clock())
        found = await _look(c, site, start)
    if found is None:
        return gone(request)

    async def allowed(c: AsyncConnection) -> bool:
        return await starts.take(c, request.path_params["token"], starts.Purpose.VOUCH, site.clock()) is not None

    async def moves(c: AsyncConnection, account: AccountId) -> None:
        await members.hand_over(c, found.member, account)
        await partings.keep(c, found.member, None, site.clock())  # if it was not they who made it, they are to know

    made = await make(request, form, New(allowed, f"/groups/{found.group.id}", then=moves))
    if isinstance(made, dict):
        typed = {"word": form("word")}
        return page(request, "vouched.html", 422, group=found.group, name=found.member.name, errors=made, typed=typed)
    if made:
        await site.live.member_gone(found.member.id)
    return made or gone(request)
