"""For whoever is asked to look again: a facilitator who did not act, or an administrator. An answer really holds."""

from collections import defaultdict
from collections.abc import Set

from msgspec import Struct
from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from chat.core.ids import AccountId, GroupId, MemberId, Millis, RoomId
from chat.core.wire.facilitating import Act
from chat.core.wire.frame import Reason, Role
from chat.records import access, acts, appeals, bars, groups, members, mutes
from chat.records.acts import Deed, Recorded
from chat.records.appeals import Appeal
from chat.records.keys import DAY
from web.pages.another_look import ANSWERED, WORDS_MAX, Shown, shown
from web.pages.groups import group_id
from web.pages.people import DID, REASONS
from web.render import page
from web.site import Site, site_of
from web.visit import Form, form_of, signed_in

STOPS = (Act.MUTE, Act.REMOVAL, Act.BAR)
"""What keeps somebody from speaking or coming in, and so can be lifted."""
CHOOSE = "Please choose what comes of it."
WEEKS = "Please give a number of weeks from 1 to 520."
SHORTER = f"Please use at most {WORDS_MAX} characters."


class Looking(Struct, frozen=True):
    """Somebody who looks again, and where. `group` None: an administrator, at what was asked of them."""

    group: GroupId | None
    mine: Set[MemberId]
    """Who it is that looks, in every group."""
    member: MemberId | None
    at: str


class Asked(Struct, frozen=True):
    """One that waits for an answer. `name`: who asks."""

    shown: Shown
    group: GroupId
    name: str
    by: str

    def __repr__(self) -> str:
        return f"<Asked {self.shown.act.id}>"


async def _looking(c: AsyncConnection, request: Request, account: AccountId) -> Looking:
    if "group" not in request.path_params:
        await access.administrator(c, account)
        return Looking(None, await members.ids_of(c, account), None, "/admin/looks")
    group, me = await access.group_for(c, account, group_id(request), Role.FACILITATOR)
    return Looking(group.id, {me.id}, me.id, f"/groups/{group.id}/looks")


async def listed(request: Request) -> Response:
    """What waits for an answer, with the words that were written for whoever looks."""
    return await _listed(request, 200, {}, {})


async def _listed(request: Request, status: int, errors: dict[str, str], typed: dict[str, str]) -> Response:
    site, visit = site_of(request), await signed_in(request)
    async with site.store.reading() as c:
        looking = await _looking(c, request, visit.account_id)
        waiting = await appeals.to_answer(c, looking.group, looking.mine, site.clock())
        every = [await _asked(c, site, one) for one in waiting]
        names = {one.id: one.name for one in await groups.all_(c)} if looking.group is None else {}
    said = {"every": every, "looking": looking, "names": names, "did": DID, "reasons": REASONS, "stops": STOPS}
    return page(request, "looks.html", status, errors=errors, typed=defaultdict(str, typed), BAR=Act.BAR, **said)


async def _asked(c: AsyncConnection, site: Site, appeal: Appeal) -> Asked:
    found = await acts.by_id(c, appeal.act)
    assert found is not None  # noqa: S101 - the appeal goes with its act
    group, act = found
    names = {one.id: one.name for one in await members.of(c, group)}
    by = names.get(act.by, "somebody who has left") if act.by else "the room itself"
    return Asked(shown(site.locker, act, appeal), group, names.get(appeal.member, ""), by)


async def answer(request: Request) -> Response:
    """Keeps the answer, for whoever asked; with `lifted` the act is over at once, in an open room as well."""
    form = await form_of(request)
    site, visit = site_of(request), await signed_in(request)
    async with site.store.erasing() as c:
        looking = await _looking(c, request, visit.account_id)
        waiting = await appeals.to_answer(c, looking.group, looking.mine, site.clock())
        appeal = next((one for one in waiting if one.id == request.path_params["look"]), None)
        found = await acts.by_id(c, appeal.act) if appeal else None
        if appeal is None or found is None:
            raise access.NotYours
        group, act = found
        errors = _wrong_with(form, act)
        lifted = None if errors else await _answer(c, site, looking, (group, act, appeal), form)
    if errors:
        return await _listed(request, 422, *(_beside(some, appeal) for some in (errors, _typed(form))))
    if lifted:
        await site.live.lifted(lifted, appeal.member, act.act)
    return RedirectResponse(looking.at, 303)


def _typed(form: Form) -> dict[str, str]:
    return {field: form(field) for field in ("outcome", "weeks", "words")}


def _beside(said: dict[str, str], appeal: Appeal) -> dict[str, str]:
    """As the fields of this one are called on the page, where several may wait."""
    return {f"{field}-{appeal.id}": words for field, words in said.items()}


def _wrong_with(form: Form, act: Recorded) -> dict[str, str]:
    outcome, weeks = form("outcome"), form.whole("weeks") or 0
    if outcome not in ("upheld", "lifted", "changed") or (outcome == "changed" and act.act is not Act.BAR):
        return {"outcome": CHOOSE}
    if outcome == "changed" and not 1 <= weeks <= 520:
        return {"weeks": WEEKS}
    return {"words": SHORTER} if len(form("words")) > WORDS_MAX else {}


async def _answer(
    c: AsyncConnection, site: Site, looking: Looking, about: tuple[GroupId, Recorded, Appeal], form: Form
) -> RoomId | None:
    """If what was done is over now: the room that is to know."""
    (group, act, appeal), now = about, site.clock()
    lifts = form("outcome") == "lifted"
    words = site.locker.seal(form("words").replace("\r\n", "\n"), ANSWERED, appeal.id)
    outcome: appeals.Outcome = "lifted" if lifts else "changed" if form("outcome") == "changed" else "upheld"
    if not await appeals.answer(c, appeal.id, outcome, words):  # somebody else did at this moment
        raise access.NotYours
    done = Act.UPHOLD if not lifts else Act.UNMUTE if act.act is Act.MUTE else Act.LIFT
    role = None if looking.member else "administrator"
    who = (looking.member, appeal.member, act.reason or Reason.OTHER)
    deed = Deed(act.room, done, *who, now, role=role, group=group)
    await acts.close(c, site.ledger, await acts.open(c, site.ledger, deed), "done")
    if outcome == "changed":
        await bars.change(c, group, act.id, Millis(now + (form.whole("weeks") or 1) * 7 * DAY))
    return await _lift(c, group, (act, appeal.member), now) if lifts and act.act in STOPS else None


async def _lift(c: AsyncConnection, group: GroupId, about: tuple[Recorded, MemberId], now: Millis) -> RoomId | None:
    act, member = about
    if act.act is Act.MUTE and act.room:
        await mutes.settle(c, act.room, member, now)
        return None if member in await mutes.standing(c, act.room, now) else act.room
    await bars.lift(c, group, act.id)
    return await access.open_to(c, group, member, now)
