"""A group tries a sentence on its own rules, and has words of its own that only facilitators see."""

import asyncio
from itertools import pairwise
from time import thread_time

from chat.core.moderation.policy import Own
from tests.web.place import Browser, Place, text_of
from web.customs import own_of


async def kept(place: Place) -> Own:
    async with place.store.reading() as c:
        return await own_of(c, place.tuesday.id)


async def test_a_facilitator_keeps_the_groups_words_and_nobody_else_sees_them(
    place: Place, fran: Browser, ann: Browser
) -> None:
    path = f"/groups/{place.tuesday.id}/rules"
    assert (await fran.sends(path, path, words="Oakhanger\r\n\r\n old   mill ", allowed="moron")).status_code == 303
    assert await kept(place) == Own(("Oakhanger", "old mill"), ("moron",))
    assert "Oakhanger" in (await fran.sees(path)).text
    assert (await ann.sees(path)).status_code == 404
    assert "Oakhanger" not in (await fran.sees(f"/groups/{place.tuesday.id}/customs")).text
    await fran.sends(path, path, words="", allowed="")
    assert await kept(place) == Own()


async def test_too_many_or_too_long_phrases_are_said_and_stay_as_they_were_typed(place: Place, fran: Browser) -> None:
    path = f"/groups/{place.tuesday.id}/rules"
    for typed in ("x" * 61, "\n".join(f"word {n}" for n in range(201))):
        answer = await fran.sends(path, path, words=typed)
        assert answer.status_code == 422
        assert typed.split("\n")[0] in answer.text
    assert await kept(place) == Own()


async def test_what_would_happen_to_a_sentence(place: Place, fran: Browser, ann: Browser) -> None:
    path = f"/groups/{place.tuesday.id}/rules"
    for sentence, words in {
        "Good to see you all.": "would be heard at once",
        "My number is 07700 900123": "would wait for a facilitator",
        "We could meet in Oakhanger.": "would be heard at once",
        "x" * 2001: "at most 2000 characters",
    }.items():
        assert words in text_of(await fran.sends(f"{path}/try", path, sentence=sentence)), sentence[:40]
    await fran.sends(path, path, words="Oakhanger")
    said = text_of(await fran.sends(f"{path}/try", path, sentence="We could meet in Oakhanger."))
    assert "would wait for a facilitator" in said
    assert "last name, or a word this group does not say: Oakhanger." in said
    said = text_of(
        await fran.sends(f"{path}/try", path, sentence="We had soup. My number is 07700 900123. You faggot.")
    )
    assert "outside the room: 07700 900123" in said
    assert "a kind of people: faggot." in said
    assert (await ann.sends(f"{path}/try", None, sentence="x")).status_code == 404


async def test_rooms_go_on_while_a_long_sentence_is_tried(place: Place, fran: Browser) -> None:
    """By the time that the thread of all rooms spends between two turns, which no other program makes longer."""
    path = f"/groups/{place.tuesday.id}/rules"
    trying = asyncio.create_task(fran.sends(f"{path}/try", path, sentence="a " * 990))
    turns = [thread_time()]
    while not trying.done():
        await asyncio.sleep(0.001)
        turns.append(thread_time())
    assert "would wait for a facilitator" in text_of(await trying)
    assert max(after - before for before, after in pairwise(turns)) < 0.15
