"""The limits before joining say what is set, for every way a place can be set up, in words a child of ten can read."""

import itertools
import re
from functools import cache

from chat.core.customs import Customs
from chat.core.moderation.policy import Levels
from tests.web.place import Browser, Place, text_of
from web.customs import keep
from web.limits import Limits, Section, Today, in_group, read, sections, written

CHOICES = {
    "run_by": ("", "Circle House"),
    "on_call": (False, True),
    "open_line": (False, True),
    "reads_first": (False, True),
    "guests": (False, True),
    "acts_days": (90, 1),
    "remarks_days": (30, 7),
    "contact_months": (0, 1, 12),
    "history_hours": (0, 72),
    "reports_hours": (72, 25),
    "reports_days": (30, 7),
    "visit_hours": (12, 1),
    "visit_days": (14, 90),
}
TODAY = {"contact": ("", "Write to care@circle.example."), "supervised": (False, True)}
SOUNDS = re.compile(r"[aeiouy]+")
EASY, HARDEST = 92, 70
"""Flesch's reading ease, of it all and of any line: 80 to 90 is for children of eleven, 90 to 100 for those of ten."""


@cache
def every() -> list[tuple[Limits, Today, str]]:
    """Every way a place can be set up, and what its people read then."""
    found = []
    for values in itertools.product(*CHOICES.values()):
        limits = Limits(**dict(zip(CHOICES, values, strict=True)))  # type: ignore[arg-type]
        for more in itertools.product(*TODAY.values()):
            now = Today(emergency="112", **dict(zip(TODAY, more, strict=True)))  # type: ignore[arg-type]
            found.append((limits, now, said(sections(limits, now))))
    return found


def said(shown: tuple[Section, ...]) -> str:
    return "\n".join(words for section in shown for words in (section.title, *section.words))


def test_nothing_that_people_agree_to_is_left_out_of_these_choices() -> None:
    assert set(CHOICES) == set(Limits.__struct_fields__)
    assert set(TODAY) | {"emergency"} == set(Today.__struct_fields__)


def test_whatever_is_set_is_said_and_nothing_else() -> None:
    for limits, now, text in every():
        for holds, words in (
            (bool(limits.run_by), "run by Circle House"),
            (not limits.run_by, "No one has written here who runs this place"),
            (bool(now.contact), "care@circle.example"),
            (not now.contact, "No address for them"),
            (limits.on_call, "is on call"),
            (limits.on_call, "The person on call is told"),
            (limits.open_line, "no https"),
            (limits.reads_first, "reads each message first"),
            (limits.guests, "People can come as guests"),
            (not limits.reads_first, "Some of what you write may wait"),
            (now.supervised, "This group has a supervisor"),
            (not now.supervised, "has no supervisor now"),
            (limits.acts_days == 1, "Kept for 1 day after"),
            (limits.acts_days == 90, "Kept for 90 days after"),
            (not limits.contact_months, "So no one can send help to you"),
            (bool(limits.contact_months), "Without it, no one can send help to you"),
            (bool(limits.contact_months), "Two people must open it"),
            (limits.contact_months == 1, "kept for 1 month,"),
            (limits.contact_months == 12, "kept for 12 months,"),
            (limits.reports_days == 7, "Kept for 7 days at most"),
            (limits.reports_days == 30, "Kept for 30 days at most"),
            (limits.remarks_days == 7, "Kept for 7 days, locked: short notes"),
            (limits.remarks_days == 30, "Kept for 30 days, locked: short notes"),
            (limits.reports_hours == 72, "Kept for 3 days after a meeting: a key"),
            (limits.reports_hours == 25, "Kept for 25 hours after a meeting: a key"),
            (not limits.history_hours, "What is said in the room is not kept."),
            (bool(limits.history_hours), "What is said in the room is kept for 3 days"),
            (bool(limits.history_hours), "This begins when everybody in the group has said yes"),
            (bool(limits.history_hours), "they could be made to open it"),
            (bool(limits.history_hours), "Who joins later sees what was said since then"),
            (bool(limits.contact_months), "could be made to open the name"),
            (limits.visit_hours == 1, "after 1 hour without"),
            (limits.visit_days == 90, "after 90 days in any case"),
        ):
            assert (words in text) is holds, (words, limits, now)


def test_what_holds_everywhere_is_always_said() -> None:
    for _, _, text in every():
        for words in (
            "ten minutes", "The facilitators read them", "ask somebody to look again", "asked to stay away",
            "full power over the server", "list of people",
            "a life is in danger", "tell you first", "hand over", "not a crisis service", "call 112", "35 seconds",
            "photograph", "report", "look again", "the steps that were taken to help", "goes after 30 days",
             "leave the room or the group", "delete it at once", "copies",
        ):  # fmt: skip
            assert words in text, words


def test_a_child_of_ten_can_read_it() -> None:
    for _, _, text in every():
        measured = [_measured(line) for line in text.splitlines()]
        assert _ease(measured) >= EASY
        assert all(_ease([line]) >= HARDEST for line in measured)


def _ease(lines: list[tuple[int, int, int]]) -> float:
    sentences, words, sounds = (sum(line[n] for line in lines) for n in range(3))
    return 206.835 - 1.015 * words / sentences - 84.6 * sounds / words


@cache
def _measured(line: str) -> tuple[int, int, int]:
    """Sentences, words and syllables; no sentence is long."""
    sentences = [one for one in re.split(r"(?<=[.:])\s+", line) if one]
    assert max(len(one.split()) for one in sentences) <= 25, line
    words = re.findall(r"[a-z'-]+", line.lower())
    return len(sentences), len(words), sum(map(_sounds, words))


def _sounds(word: str) -> int:
    """How many syllables it has, roughly: groups of vowels, without an e that is not heard."""
    return max(1, len(SOUNDS.findall(re.sub(r"(?<=[^l])e$|(?<=[^td])ed$", "", word))))


def test_what_is_kept_reads_back_and_what_was_added_later_is_as_it_was_before() -> None:
    for limits, *_ in every():
        assert read(written(limits)) == limits
    assert read('{"run_by": "Circle House"}') == Limits(run_by="Circle House")
    assert read(None) is None


def test_a_group_that_has_chosen_for_itself_is_told_what_it_chose() -> None:
    limits = in_group(Limits(on_call=True), Customs(reports_days=7, reports_hours=24, policy=Levels(review=True)))
    assert limits == Limits(on_call=True, reports_days=7, reports_hours=24, reads_first=True)


async def test_the_limits_are_read_before_joining_and_on_every_page_that_leads_in(
    place: Place, ann: Browser, gus: Browser
) -> None:
    async with place.store.writing() as c:
        await keep(c, place.tuesday.id, Customs(reports_days=8))
    link, group = await place.invitation(), f"/groups/{place.tuesday.id}"
    for browser, path in (
        (place.stranger(), link), (gus, link), (ann, f"{group}/agreement"), (ann, f"{group}/limits"),
    ):  # fmt: skip
        text = text_of(await browser.sees(path))
        assert "Kept for 8 days at most, locked: the words that somebody reports." in text, path
        assert "This is not a crisis service" in text, path
    assert f'href="{group}/limits"' in (await ann.sees(group)).text
