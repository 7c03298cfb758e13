"""Somebody who was acted on asks for another look, and reads what came of it; also while they may not come in."""

from msgspec import Struct
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from chat.core.ids import MemberId
from chat.core.wire.facilitating import Act
from chat.records import access, acts, appeals
from chat.records.acts import ActId, Recorded
from chat.records.appeals import Appeal
from chat.records.keys import fresh_id
from chat.records.sealed import Locker, Unopenable
from web.pages.groups import group_id
from web.pages.people import REASONS
from web.render import page
from web.site import site_of
from web.visit import form_of, signed_in

ASKED, ANSWERED = "appeal", "appeal answer"
"""What the words are sealed as."""
WORDS_MAX = 500
DONE = {
    Act.NUDGE: "You were sent a quiet word",
    Act.MUTE: "You were muted",
    Act.UNMUTE: "You could write again",
    Act.REMOVAL: "You were asked to leave a meeting",
    Act.BAR: "You were asked to stay away",
    Act.RETRACTION: "A message of yours was taken back",
    Act.FOLD: "A message of yours was put behind a content note",
    Act.SLOW: "You were asked to write more slowly",
    Act.RELEASE: "A message of yours was let through",
    Act.HAND_BACK: "A message of yours was given back to you",
    Act.DECLINE: "You were not let in",
    Act.LIFT: "You may come back",
    Act.UPHOLD: "It was looked at again, and left as it was",
    Act.CONTACT: "Two people opened your emergency contact, because a facilitator asked",
    Act.TAKE_OUT: "You were taken out of the group",
    Act.VOUCH: "A facilitator vouched for you, so that you can sign in again",
}
"""Acts on a person, as that person reads them."""
ASKABLE = (Act.NUDGE, Act.MUTE, Act.REMOVAL, Act.BAR, Act.RETRACTION, Act.FOLD, Act.SLOW, Act.HAND_BACK,
           Act.DECLINE, Act.CONTACT)  # fmt: skip
OUTCOMES = {"upheld": "It stays as it was.", "lifted": "It has been lifted.", "changed": "It has been changed."}
CHOOSE = "Please choose what you would like looked at again."
NOTHING = "There is nothing here any more that you have not asked about already. What you wrote just now was not sent."
NOBODY = "There is nobody but you to answer that. Please ask somebody else."
WORDS = f"Please write a few words, at most {WORDS_MAX} characters."


class Shown(Struct, frozen=True):
    """One act and, if another look was asked for, how that stands."""

    act: Recorded
    appeal: Appeal | None = None
    words: str = ""
    answer: str = ""

    def __repr__(self) -> str:
        return f"<Shown {self.act.id}>"


async def show(request: Request) -> Response:
    """What was done, and the form."""
    return await _shown(request, 200, {}, {})


async def _shown(request: Request, status: int, errors: dict[str, str], typed: dict[str, str]) -> Response:
    site, visit = site_of(request), await signed_in(request)
    async with site.store.reading() as c:
        group, me = await access.group_for(c, visit.account_id, group_id(request))
        about = [one for one in await acts.on(c, group.id, me.id) if one.act in DONE]
        asked = {one.act: one for one in await appeals.of(c, me.id, site.clock())}
        readers = await appeals.readers(c, group.id, MemberId(me.id))
        others = {one.id: await appeals.others_lead(c, group.id, one.by) for one in about}
    every = [shown(site.locker, one, asked.get(one.id)) for one in about if one.outcome != "refused"]
    said = {"every": every, "open": [one for one in every if one.act.act in ASKABLE and not one.appeal]}
    if errors and not (said["open"] and readers):  # there is no form that they could be mended in
        errors = {"": NOBODY if said["open"] else NOTHING}
    words = {"done": DONE, "reasons": REASONS, "outcomes": OUTCOMES}
    whom = {"readers": readers, "alone": not all(others.values())}
    return page(request, "another_look.html", status, group=group, errors=errors, typed=typed, **said, **words, **whom)


async def ask(request: Request) -> Response:
    """Asks once about one act of one's own."""
    form = await form_of(request)
    site, visit = site_of(request), await signed_in(request)
    which, words = ActId(form("act")), form("words").replace("\r\n", "\n")
    reader: appeals.Reader = "administrator" if form("reader") == "administrator" else "facilitators"
    errors = {} if 0 < len(words) <= WORDS_MAX else {"words": WORDS}
    async with site.store.writing() as c:
        group, me = await access.group_for(c, visit.account_id, group_id(request))
        act = await acts.find(c, group.id, which)
        if act is None or act.to != me.id or act.act not in ASKABLE:
            errors = {"act": CHOOSE, **errors}
        if reader not in await appeals.readers(c, group.id, MemberId(me.id)):
            errors = {"reader": NOBODY, **errors}
        if not errors:
            made = fresh_id()
            sealed = site.locker.seal(words, ASKED, made)
            await appeals.ask(c, appeals.new(made, (which, MemberId(me.id)), reader, sealed, site.clock()))
    if errors:
        return await _shown(request, 422, errors, {"words": words, "act": which, "reader": reader})
    return RedirectResponse(f"/groups/{group.id}/another-look", 303)


def shown(locker: Locker, act: Recorded, appeal: Appeal | None) -> Shown:
    """An act with what was asked and answered about it, opened."""
    if appeal is None:
        return Shown(act)
    try:
        words = locker.open(appeal.words, ASKED, appeal.id)
        answer = locker.open(appeal.answer, ANSWERED, appeal.id) if appeal.answer else ""
    except Unopenable:  # sealed with another secret than this server's
        words, answer = "", ""
    return Shown(act, appeal, words, answer)
