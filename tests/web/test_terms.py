"""What people agree to is the agreement and the limits together; what is new in it is said in a sentence or two."""

from datetime import date
from time import process_time

import pytest
from msgspec.structs import replace

from chat.records import agreements
from chat.records.agreements import Agreement
from tests.web.place import Browser, Place, text_of
from web.limits import Limits, read, written
from web.terms import OWN, UNKNOWN, differences, settle, settle_all, with_rule

pytestmark = pytest.mark.slow

OLD = Limits()
OTHER = {"run_by": "Circle House", "on_call": True, "open_line": True, "reads_first": True, "guests": True}


def version(text: str = "Be kind.", limits: Limits | None = OLD) -> Agreement:
    return Agreement(1, text, date(2026, 5, 29), written(limits) if limits else None)


@pytest.mark.parametrize("field", Limits.__struct_fields__)
def test_a_change_of_any_limit_is_told_in_a_sentence_of_its_own(field: str) -> None:
    changed = replace(OLD, **{field: OTHER.get(field, 5)})
    for before, after in ((OLD, changed), (changed, OLD)):
        (words,) = differences(version(limits=before), version(limits=after))
        assert words.startswith("New: ")
        assert words != UNKNOWN


def test_the_numbers_of_before_and_after_are_said() -> None:
    after = version(limits=replace(OLD, reports_days=14))
    assert differences(version(), after) == ("New: reports are kept for 14 days instead of 30 days.",)


def test_what_is_new_in_the_text_is_quoted_and_never_more_than_two_sentences_are_said() -> None:
    assert differences(version(), version("Be kind.\n\n- Be quiet.")) == ("New in the agreement: “Be quiet.”",)
    assert differences(version("Be kind.\n\nBe quiet."), version()) == ("No longer in the agreement: “Be quiet.”",)
    assert differences(version(), version("A\nB\nC\nD")) == (
        "The words of the agreement have changed in several places.",
    )
    much = version("Be kind.\n\nBe quiet.", replace(OLD, reports_days=14, on_call=True))
    assert differences(version(), much) == ("New in the agreement: “Be quiet.”", "There are 2 more changes.")
    assert max(map(len, differences(version(), version("word " * 900)))) < 240
    assert differences(version(), version()) == ()


def test_nobody_waits_for_what_is_new_in_an_agreement_of_ten_thousand_lines() -> None:
    before, after = ("\n".join(chr(first + n) for n in range(9_000)) for first in (0x4E00, 0x7500))
    begun = process_time()
    assert differences(version(before), version(after))
    assert process_time() - begun < 0.2


def test_whoever_agreed_before_there_were_limits_is_told_that_they_are_new() -> None:
    (words,) = differences(version(limits=None), version())
    assert "now part of what you agree to" in words


def test_the_hash_is_of_the_text_and_the_limits_together() -> None:
    hashes = {version(text, limits).digest for text in ("a", "b") for limits in (OLD, replace(OLD, on_call=True))}
    assert len(hashes) == 4
    assert version(limits=None).digest is None


async def test_settings_that_have_changed_at_a_start_are_a_new_version_and_those_that_have_not_are_none(
    place: Place, ann: Browser
) -> None:
    async with place.store.writing() as c:
        assert await settle_all(c, place.site.limits) > 0, "they were made without"
        assert await settle_all(c, place.site.limits) == 0
        before = await agreements.current(c, place.tuesday.id)
        assert await settle(c, replace(place.site.limits, visit_days=7), place.tuesday.id)
        after = await agreements.current(c, place.tuesday.id)
    assert (after.version, after.text, read(after.limits)) == (
        before.version + 1,
        before.text,
        replace(place.site.limits, visit_days=7, contact_months=0),
    )
    shown = text_of(await ann.sees(f"/groups/{place.tuesday.id}/agreement"))
    assert "now part of what you agree to" in shown
    assert "after 7 days in any case" in shown, "what is shown is what is agreed to"


async def test_how_long_reports_last_asks_everybody_again_and_other_customs_do_not(
    place: Place, ann: Browser, fran: Browser
) -> None:
    at = f"/groups/{place.tuesday.id}/customs"
    async with place.store.writing() as c:
        await settle(c, place.site.limits, place.tuesday.id)
        now = (await agreements.current(c, place.tuesday.id)).version
        assert ann.member
        assert fran.member
        for member in (ann.member, fran.member):
            await agreements.consent(c, member, now)
    room = await fran.opens_the_meeting(place.tuesday)
    seat = await ann.enters(room)
    await fran.sends(at, at, cap="9")
    await seat.says("nobody asked me anything")
    await fran.sends(at, at, cap="9", reports_days="14")
    question = (await seat.hears_within(20, "asked-again"))["question"]
    assert question == {"version": now + 1, "changed": ["New: reports are kept for 14 days instead of 30 days."]}
    await seat.does("agree", version=now + 1)
    await seat.says("I have read it")


def test_a_rule_stands_with_the_groups_own_rules_wherever_these_stand() -> None:
    first = with_rule("# Kind\n\nBe kind.", "We end\non time.")
    assert first == f"# Kind\n\nBe kind.\n\n{OWN}\n\n- We end on time."
    assert with_rule(first, "We end on time.") is None
    before = f"Be kind.\n{OWN}\n- A\n# If somebody is in danger\nCall."
    assert with_rule(before, "B") == f"Be kind.\n{OWN}\n- A\n- B\n# If somebody is in danger\nCall."
