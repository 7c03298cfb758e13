"""A group's own phrases, and what its rules would do to a sentence. For facilitators; the sentence is kept nowhere."""

import asyncio

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from chat.core.moderation.draft import Draft
from chat.core.moderation.judge import judge
from chat.core.moderation.policy import OWN_LONGEST, OWN_MOST, Own, policy_of
from chat.core.wire import TEXT_MAX
from chat.core.wire.frame import Role
from chat.records import access
from web import rules as said
from web.customs import customs_of, keep_own, own_of
from web.pages.groups import group_id
from web.render import page
from web.site import site_of
from web.visit import Form, form_of, signed_in

TOO_LONG = f"One phrase a line, each with at most {OWN_LONGEST} characters."
TOO_MANY = f"There is room for {OWN_MOST} phrases."
LONG_SENTENCE = f"A sentence has at most {TEXT_MAX} characters."


async def ask(request: Request) -> Response:
    """The phrases, to be changed, and a field to try a sentence in."""
    site, visit = site_of(request), await signed_in(request)
    async with site.store.reading() as c:
        group, _ = await access.group_for(c, visit.account_id, group_id(request), Role.FACILITATOR)
        own = await own_of(c, group.id)
    return _shown(request, 200, group=group, typed=_as_typed(own))


async def save(request: Request) -> Response:
    """Saves the phrases; they hold from the next meeting on."""
    form = await form_of(request)
    site, visit = site_of(request), await signed_in(request)
    errors: dict[str, str] = {}
    own = Own(_phrases(form, "words", errors), _phrases(form, "allowed", errors))
    async with site.store.writing() as c:
        group, _ = await access.group_for(c, visit.account_id, group_id(request), Role.FACILITATOR)
        if not errors:
            await keep_own(c, group.id, own)
    if errors:
        typed = {name: form(name) for name in ("words", "allowed")}
        return _shown(request, 422, group=group, typed=typed, errors=errors)
    return RedirectResponse(f"/groups/{group.id}", 303)


async def try_(request: Request) -> Response:
    """Says what would happen to a sentence that a member who is not new said once, calmly. It goes nowhere else."""
    form = await form_of(request)
    site, visit = site_of(request), await signed_in(request)
    async with site.store.reading() as c:
        group, _ = await access.group_for(c, visit.account_id, group_id(request), Role.FACILITATOR)
        own, customs = await own_of(c, group.id), await customs_of(c, group.id)
    sentence = form("sentence")
    errors = {"sentence": LONG_SENTENCE} if len(sentence) > TEXT_MAX else {}
    words, spoke = "", list[tuple[str, str]]()
    if sentence and not errors:
        lexicon, policy = await site.live.lexicon(), policy_of(customs.policy, own)
        verdict = judge(Draft(sentence), lexicon, policy)
        words = said.in_words(verdict)
        # The words that would be enough are found by judging again and again: half a second, in which rooms go on.
        spoke = await asyncio.to_thread(said.spoke, verdict, sentence, lexicon, policy)
    shown = {"typed": _as_typed(own), "sentence": sentence, "verdict": words, "spoke": spoke, "errors": errors}
    return _shown(request, 422 if errors else 200, group=group, **shown)


def _shown(request: Request, status: int, **said: object) -> Response:
    return page(request, "rules.html", status, **{"sentence": "", "verdict": "", "spoke": [], "errors": {}, **said})


def _as_typed(own: Own) -> dict[str, str]:
    return {"words": "\n".join(own.words), "allowed": "\n".join(own.allowed)}


def _phrases(form: Form, name: str, errors: dict[str, str]) -> tuple[str, ...]:
    """One a line, each once."""
    lines = dict.fromkeys(" ".join(line.split()) for line in form(name).splitlines())
    phrases = tuple(line for line in lines if line)
    if any(len(phrase) > OWN_LONGEST for phrase in phrases):
        errors[name] = TOO_LONG
    elif len(phrases) > OWN_MOST:
        errors[name] = TOO_MANY
    return () if name in errors else phrases
