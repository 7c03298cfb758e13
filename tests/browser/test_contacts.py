"""The whole way: two make the key, Ann names somebody to call, the two open it when Fran asks, and Ann hears of it."""

import re
from urllib.parse import urlsplit

import pytest
from playwright.async_api import Error, expect
from sqlalchemy import update

from chat.records import accounts, visits
from chat.records.keys import now
from chat.records.store import Store
from chat.records.tables import visits as visits_
from tests.browser.conftest import Group, Server
from tests.browser.people import WITHIN, Come, Somebody
from tests.browser.test_axe import PHONE, finds_nothing

pytestmark = pytest.mark.browser


async def somebody_with_an_account(server: Server, come: Come, name: str) -> Somebody:
    """On a phone, and in no group."""
    async with Store.open(f"sqlite+aiosqlite:///{server.data / 'hearth.sqlite'}") as store, store.writing() as c:
        account = await accounts.create(c, name.lower(), "no password")
        cookie = await visits.start(c, account.id, now(), "")
    person = await come(name, **PHONE)
    await person.signs_in_with(cookie)
    return person


async def is_sure_of_everybody(server: Server) -> None:
    """As if each had typed their password just now: nobody here has one, and this test takes its time."""
    async with Store.open(f"sqlite+aiosqlite:///{server.data / 'hearth.sqlite'}") as store, store.writing() as c:
        await c.execute(update(visits_).values(sure_until=now() + 60 * 60_000))


async def writes_down(person: Somebody, link: str) -> str:
    """Reads 24 words, and types those back that are asked for."""
    await person.goes_to(link)
    await person.is_shown("You will see 24 words")
    await finds_nothing(person, "before the words")
    await person.presses("I have pen and paper. Show my words")
    listed = person.page.locator("ol.words li")
    await expect(listed).to_have_count(24, timeout=WITHIN)
    words = await listed.all_inner_texts()
    await finds_nothing(person, "the words")
    await person.page.get_by_role("link", name="I have written them down").click()
    asked = person.page.get_by_label(re.compile(r"^Word \d+$"))
    await expect(asked).to_have_count(4, timeout=WITHIN)
    await finds_nothing(person, "some of them back")
    for n in range(4):
        label = await person.page.locator("main label").nth(n).inner_text()
        await asked.nth(n).fill(words[int(label.removeprefix("Word ")) - 1])
    await person.presses("These are they")
    await person.is_shown("Thank you")
    return " ".join(words)


async def makes_the_key(ada: Somebody, ida: Somebody, jon: Somebody) -> tuple[str, str]:
    """The papers of the two."""
    await ada.goes_to("/admin/contact-key")
    await ada.is_shown("There is no key yet")
    await ada.page.get_by_label("Who keeps the first half?").fill("Ida, the chair")
    await ada.page.get_by_label("Who keeps the second half?").fill("Jon, the treasurer")
    await ada.presses("Make a key")
    await ada.is_shown("Two links, for two people")
    await finds_nothing(ada, "two links")
    links = [await ada.page.locator("input.link").nth(n).input_value() for n in (0, 1)]
    papers = await writes_down(ida, links[0]), await writes_down(jon, links[1])
    await ada.page.get_by_role("link", name="How far are they?").click()
    await ada.is_shown("0 members have left")
    await finds_nothing(ada, "a key")
    return papers


async def agrees_again(person: Somebody, group: Group) -> None:
    """A key is there now, so what everybody should know about this place is different."""
    await person.goes_to(f"/groups/{group.id}/agreement")
    await person.is_shown("Two people must open it, each with one half of a key.")
    await person.page.get_by_label("I have read both and I agree.").check()
    await person.presses("I agree")
    await person.is_shown("Here you are")


async def names_somebody(ann: Somebody, group: Group) -> None:
    await ann.goes_to(f"/groups/{group.id}")
    await ann.page.get_by_role("link", name="Somebody to call for you").click()
    await ann.is_shown("nobody here can send help to you")
    await finds_nothing(ann, "nobody named")
    await ann.page.get_by_label("Who should be called?").fill("Zelda, my sister")
    await ann.page.get_by_label("How can they be reached?").fill("01632 960001\nThe green door in Mill Lane")
    await ann.presses("Lock it and leave it here")
    await ann.is_shown("You have given somebody")
    await ann.does_not_show("Zelda")
    await finds_nothing(ann, "somebody named")


async def asks_for_it(fran: Somebody, group: Group) -> str:
    """Where the two are to open it."""
    await fran.goes_to(f"/groups/{group.id}/crisis")
    await fran.page.get_by_role("link", name="Who has left somebody to call").click()
    await fran.is_shown("Gave nobody. Help cannot be sent to them.")
    await finds_nothing(fran, "who has named somebody")
    await fran.page.get_by_role("link", name="Ask to open it: what Ann gave").click()
    await fran.presses("Ask the two to open it")
    await fran.is_shown("Please choose why.")
    await finds_nothing(fran, "asking, with nothing typed")
    await fran.page.get_by_label("Somebody spoke of danger, and cannot be reached any more").check()
    await fran.page.get_by_label("A few words for the two").fill("She went silent after saying that she has a plan.")
    await fran.presses("Ask the two to open it")
    await fran.is_shown("Opened by two together")
    await finds_nothing(fran, "asked")
    return str(await fran.page.evaluate("location.pathname"))


async def hears_of_it(ann: Somebody) -> None:
    """In the room, until she says that she has read it."""
    await ann.is_shown("Your emergency contact was opened.")
    more = ann.page.get_by_role("link", name="Why, and what you can do")
    await expect(more).to_have_attribute("href", re.compile(r"/groups/\w+/contact$"), timeout=WITHIN)
    await finds_nothing(ann, "told in the room")
    await ann.page.reload()
    await ann.is_shown("Your emergency contact was opened.")
    await ann.presses("I have read this")
    await ann.does_not_show("Your emergency contact was opened.")
    await ann.page.reload()
    await expect(ann.page.locator(".state")).to_have_text("You are here", timeout=WITHIN)
    await ann.does_not_show("Your emergency contact was opened.")


async def test_the_whole_way_of_somebody_to_call(server: Server, group: Group, come: Come) -> None:
    ida, jon = [await somebody_with_an_account(server, come, name) for name in ("Ida", "Jon")]
    ada, ann, fran = [await come(name, **PHONE) for name in ("Ada", "Ann", "Fran")]
    for person in (ada, ann, fran):
        await person.signs_in_with(group.visits[person.name])
    await is_sure_of_everybody(server)
    papers = await makes_the_key(ada, ida, jon)
    for person in (ann, fran):
        await agrees_again(person, group)
    await names_somebody(ann, group)
    await fran.goes_to(f"/groups/{group.id}")
    await fran.presses("Open the meeting", exact=False)
    await fran.page.wait_for_url("**/rooms/*")
    await ann.enters(urlsplit(fran.page.url).path)
    at = await asks_for_it(fran, group)

    for person, words in ((ida, papers[0]), (jon, papers[1])):
        await person.goes_to("/")
        await finds_nothing(person, "needed")
        await person.page.get_by_role("link", name=re.compile("^Read why")).click()
        await expect(person.page).to_have_url(f"{person.address}{at}", timeout=WITHIN)
        await person.is_shown("She went silent after saying that she has a plan.")
        field = person.page.get_by_label("Your 24 words" if person is ida else "The 24 words of Jon, the treasurer")
        button = "This is my half" if person is ida else "This is the other half"
        await field.fill(words.replace(" ", " xylograph ", 1))
        await person.presses(button)
        await person.is_shown("Word 2 is not one of the words")
        await finds_nothing(person, "a slip")
        await field.fill(words)
        await person.presses(button)
        await person.does_not_show("Something is not right yet")
    await jon.is_shown("It is open")
    await finds_nothing(jon, "open")
    await hears_of_it(ann)
    await fran.page.get_by_role("link", name="Look again").click()
    await fran.presses("Show it to me now")
    await fran.is_shown("Zelda, my sister")
    await fran.is_shown("The green door in Mill Lane")
    await finds_nothing(fran, "what was given")
    await fran.page.get_by_role("link", name="I have what I need").click()
    await fran.is_shown("It is shown only once.")
    await fran.does_not_show("Zelda")
    await finds_nothing(fran, "read")
    with pytest.raises(Error, match="ERR_CACHE_MISS"):  # the browser kept nothing, and there is nothing to ask for
        await fran.page.go_back()
    await fran.does_not_show("Zelda")

    await ann.goes_to(f"/groups/{group.id}")
    await ann.is_shown("Your emergency contact was opened")
    await finds_nothing(ann, "told")
    await ann.page.get_by_role("link", name="More about it").click()
    await ann.is_shown("a facilitator asked, and two people opened it")
    await finds_nothing(ann, "more about it")
