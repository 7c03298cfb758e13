"""What somebody does who does not see the page is confirmed to them, and what they should know is said, once."""

import asyncio

import pytest

from tests.browser.conftest import Circle
from tests.browser.people import WITHIN, Somebody
from tests.browser.test_beside import LISTENS

pytestmark = pytest.mark.browser
SPOKEN = 2_500
"""Milliseconds after which everything that was to be read out has been."""


async def listen(*people: Somebody) -> None:
    """From now on it is noted what is read out to them."""
    await asyncio.gather(*(person.page.evaluate(LISTENS) for person in people))


async def is_told(person: Somebody, once: str = "") -> str:
    """All that was read out since; `once`: waits for this, which is said once."""
    await person.page.wait_for_function("once => heard.join().includes(once)", arg=once, timeout=WITHIN)
    await person.page.wait_for_timeout(SPOKEN)
    told = " ".join(await person.page.evaluate("window.heard"))
    assert not once or told.count(once) == 1, told
    return told


async def test_a_facilitator_hears_that_a_hand_went_up_and_nobody_else(
    circle: Circle, fran: Somebody, ann: Somebody, bob: Somebody
) -> None:
    await listen(fran, ann, bob)
    await ann.presses("Raise hand")
    await is_told(fran, "Ann raised a hand.")
    assert "hand" not in await is_told(ann) + await is_told(bob)


async def test_who_takes_a_message_back_hears_it_and_so_do_the_others(
    circle: Circle, fran: Somebody, ann: Somebody, bob: Somebody
) -> None:
    await ann.says("I take this back.")
    await bob.says("And a facilitator takes this back.")
    await fran.hears("And a facilitator takes this back.")
    await listen(fran, ann, bob)
    await ann.retracts("I take this back.")
    await fran.retracts("And a facilitator takes this back.")
    await is_told(ann, "You took a message back.")
    await is_told(ann, "Bob\u2019s message was taken back by a facilitator.")
    await is_told(bob, "Ann took a message back.")
    told = await is_told(bob, "A facilitator took one of your messages back.")
    assert "Bob\u2019s message" not in told, "the card about it is read to him"


async def test_who_answers_without_words_hears_that_it_went(circle: Circle, ann: Somebody, bob: Somebody) -> None:
    await ann.says("It was a long week.")
    await bob.hears("It was a long week.")
    await listen(bob)
    await bob.line("It was a long week.").hover()
    await bob.presses("Answer the message of Ann", exact=False)
    await bob.presses("with you")
    await is_told(bob, "Sent.")


async def test_a_message_of_ones_own_that_is_folded_is_told_once(
    circle: Circle, fran: Somebody, ann: Somebody, bob: Somebody
) -> None:
    await ann.says("He did not come home.")
    await fran.hears("He did not come home.")
    await listen(ann, bob)
    await fran.line("He did not come home.").hover()
    await fran.line("He did not come home.").locator("button.more").click()
    await fran.page.get_by_label("Put a content note before it").fill("loss of a parent")
    await fran.presses("Fold the message")
    await is_told(bob, "A message of Ann is hidden now. Content note: loss of a parent.")
    told = await is_told(ann, "A facilitator put one of your messages behind a content note.")
    assert "A message of Ann" not in told
