"""Somebody to be called in an emergency is given by free choice, locked, and opened by two people together."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from httpx import Response
from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy import delete, func, select, update

from chat.core.ids import Millis
from chat.core.wire import Reason, Role
from chat.records import bars, in_words
from chat.records.expiry import expire
from chat.records.keys import DAY, now
from chat.records.tables import contact_keys, contact_openings, contacts, members, throttle, visits
from tests import databases
from tests.conftest import in_a_task_of_its_own
from tests.web.conftest import CONTACTS, OWN, SECRET, website
from tests.web.place import PASSWORD, Browser, Place, text_of
from tests.web.two_people import (
    CHAIR,
    KEY,
    Papers,
    agrees_again,
    links,
    make_the_key,
    sees_words,
    types_back,
    words_in,
    writes_down,
)
from web import opening
from web.exporting import Exporting

pytestmark = pytest.mark.slow

MINUTE = 60_000
NEWS = ("contact-opened", "note-taken")


class Circle(Struct, frozen=True):
    """Ann takes part, Fran facilitates, Ada administers, Ida and Jon each keep half of the key."""

    place: Place
    ann: Browser
    fran: Browser
    ada: Browser
    ida: Browser
    jon: Browser
    papers: Papers

    def at(self, rest: str) -> str:
        return f"/groups/{self.place.tuesday.id}/{rest}"

    def later(self, by: int) -> None:
        """The server's clock goes on."""
        self.place.app.state.site = replace(self.place.site, clock=lambda: Millis(now() + by))

    async def gives(self, who: Browser, name: str = "Mum", reach: str = "01632 960001") -> Response:
        return await who.sends(self.at("contact"), self.at("contact"), name=name, reach=reach)

    async def asks(self, **more: str) -> str:
        """Fran asks for Ann's; where the two open it."""
        at = self.at(f"contacts/{self.ann.member}")
        answer = await self.fran.sends(at, at, why="life", words="She went silent.", **more)
        assert answer.status_code == 303, text_of(answer)
        return answer.headers["location"]

    async def open_it(self, at: str) -> None:
        for holder, words in ((self.ida, self.papers.one), (self.jon, self.papers.two)):
            assert (await holder.sends(at, at, words=words)).status_code == 303

    async def kept(self, column: object) -> list[object]:
        async with self.place.store.reading() as c:
            return list(await c.scalars(select(column)))  # type: ignore[call-overload]


class House(Struct, frozen=True):
    """Where there is a key: made once for all these tests, except for those that make another."""

    place: Place
    ada: Browser
    ida: Browser
    jon: Browser
    papers: list[Papers]
    data: Path

    def holds(self, box: bytes) -> bool:
        """Whether any piece of it is in a file of the database, its log of changes included."""
        kept = b"".join(path.read_bytes() for path in self.data.glob("hearth.sqlite*"))
        return any(box[at : at + 16] in kept for at in range(0, len(box) - 16, 16))

    async def again(self) -> None:
        """Another key in the place of the one before."""
        self.papers.append(await make_the_key(self.ada, self.ida, self.jon))


@pytest.fixture(scope="module")
async def house(tmp_path_factory: pytest.TempPathFactory, redis_url: str) -> AsyncIterator[House]:
    data = tmp_path_factory.mktemp("contacts")
    async with in_a_task_of_its_own(website(data, f"{redis_url}?db={CONTACTS}")) as place:
        ada, ida, jon = [await place.person(name, administrator=name == "ada") for name in ("ada", "ida", "jon")]
        house = House(place, ada, ida, jon, [], data)
        await house.again()
        yield house


@pytest.fixture
async def circle(house: House) -> AsyncIterator[Circle]:
    place = house.place
    await place.begins()
    place.app.state.site = place.site
    async with place.store.erasing() as c:
        await c.execute(delete(contacts))
        await c.execute(delete(contact_openings))
        await c.execute(delete(throttle))
        lasts = {"idle_at": now() + 1000 * DAY, "ends_at": now() + 1000 * DAY}  # whatever a test says that the time is
        await c.execute(update(visits).values(sure_until=now() + 60 * MINUTE, **lasts))
    ann = await place.person("ann", Role.MEMBER, place.tuesday)
    fran = await place.person("fran", Role.FACILITATOR, place.tuesday)
    yield Circle(place, ann, fran, house.ada, house.ida, house.jon, house.papers[-1])
    await place.rests()


# The key.


async def test_a_key_is_used_only_when_two_people_have_shown_that_they_wrote_it_down(new_place: Place) -> None:
    ada, ida, jon = [await new_place.person(name, administrator=name == "ada") for name in ("ada", "ida", "jon")]
    ann = await new_place.person("ann", Role.MEMBER, new_place.tuesday)
    assert "There is no key yet" in text_of(await ada.sees(KEY))
    for one, two in (("", "Jon"), ("Ida", "ida"), ("x" * 41, "Jon")):
        assert (await ada.sends(KEY, KEY, one=one, two=two)).status_code == 422
    first, second = await links(ada)
    words = await sees_words(ida, first)
    assert (len(words), await sees_words(ida, first)) == (24, []), "they are shown once"
    assert words_in(await ida.sends(second, second)) == [], "nobody sees both halves"
    assert "must be two people" in text_of(await ida.sees(second))
    assert "shown already" in text_of(await jon.sees(first))
    wrong = await types_back(ida, first, words[::-1])
    assert "That is not what was shown" in text_of(wrong)
    assert not any(word in wrong.text for word in (" ".join(words[:2]), " ".join(words[::-1][:2])))
    assert "As soon as the other one is, too" in text_of(await types_back(ida, first, words))
    assert (await ida.sees(first)).status_code == 404, "the link is used up"
    assert "nobody here has a key" in text_of(await ann.sees(f"/groups/{new_place.tuesday.id}/contact"))
    await writes_down(jon, second)
    shown = text_of(await ada.sees(KEY))
    assert f"kept by {CHAIR[0]} and {CHAIR[1]}" in shown
    assert "0 members have" in shown
    page = text_of(await ann.sees(f"/groups/{new_place.tuesday.id}/agreement"))
    assert "You agree" not in page or "Two people must open it" in page
    assert "Two people must open it" in page


async def test_whoever_makes_a_key_reads_which_half_has_nobody(circle: Circle) -> None:
    wrong = await circle.ada.sends(KEY, KEY, one="", two=" ")
    assert wrong.status_code == 422
    for half in ("first", "second"):
        assert f"Please write who keeps the {half} half" in text_of(wrong)


async def test_a_key_that_is_given_up_or_left_for_an_hour_is_none(circle: Circle) -> None:
    first, _ = await links(circle.ada)
    await circle.ada.sends(f"{KEY}/give-up", KEY)
    assert (await circle.ida.sees(first)).status_code == 404
    first, _ = await links(circle.ada)
    circle.later(61 * MINUTE)
    assert (await circle.ida.sees(first)).status_code in (303, 404)
    assert "being made" not in text_of(await circle.ada.sees(KEY))
    async with circle.place.store.erasing() as c:
        await expire(c, Millis(now() + 61 * MINUTE), circle.place.site.ledger)
    assert len(await circle.kept(contact_keys.c.id)) == 1, "the key that is used stays"


async def test_another_key_erases_every_box_and_members_are_told_to_give_theirs_again(
    house: House, circle: Circle
) -> None:
    await circle.gives(circle.ann)
    (box,) = await circle.kept(contacts.c.box)
    assert isinstance(box, bytes)
    await house.again()
    assert not house.holds(box)
    assert await circle.kept(contacts.c.box) == [None]
    assert len(await circle.kept(contact_keys.c.id)) == 1
    assert "Give it again" in text_of(await circle.ann.sees(f"/groups/{circle.place.tuesday.id}"))
    assert "Please give it again" in text_of(await circle.ann.sees(circle.at("contact")))
    at = circle.at(f"contacts/{circle.ann.member}")
    assert "help cannot be sent to them" in text_of(await circle.fran.sees(at))
    await circle.gives(circle.ann)
    assert "Give it again" not in text_of(await circle.ann.sees(f"/groups/{circle.place.tuesday.id}"))


# Giving.


async def test_ann_gives_somebody_and_nobody_is_shown_who(circle: Circle) -> None:
    ann, fran = circle.ann, circle.fran
    assert "nobody here can send help to you" in text_of(await ann.sees(circle.at("contact")))
    assert "Gave nobody. Help cannot be sent to them." in text_of(await fran.sees(circle.at("contacts")))
    for name, reach in (("", "x"), ("x", ""), ("x" * 61, "x"), ("x", "x" * 201)):
        assert (await circle.gives(ann, name, reach)).status_code == 422
    assert (await circle.gives(ann, "Zebedee", "Zanzibar 7")).status_code == 303
    (short,) = await circle.kept(contacts.c.box)
    await circle.gives(ann, "Z" * 60, "é" * 200)
    (long,) = await circle.kept(contacts.c.box)
    assert isinstance(short, bytes)
    assert isinstance(long, bytes)
    assert len(short) == len(long)
    for who, where in ((ann, "contact"), (fran, "contacts"), (fran, f"contacts/{ann.member}")):
        page = text_of(await who.sees(circle.at(where)))
        assert "gave somebody on" in page.lower() or "You have given somebody" in page
        assert "ZZZ" not in page
    everything = (await ann.sees("/account/everything.json")).json()["contacts"]
    assert [one["box"] for one in everything] == [f"{len(long)} bytes, not readable"]
    export = Exporting(circle.place.store, SECRET, opens=True)
    assert "a sealed box, 2096 bytes" in export.told(await export.person(ann.login))
    assert "named somebody to call" in text_of(await ann.sees(f"/groups/{circle.place.tuesday.id}"))
    await ann.sends(circle.at("contact/take-back"), circle.at("contact"))
    assert await circle.kept(contacts.c.box) == []


async def test_it_goes_after_twelve_months_unless_ann_says_that_it_is_still_right(circle: Circle) -> None:
    await circle.gives(circle.ann)
    circle.later(300 * DAY)
    async with circle.place.store.writing() as c:
        await c.execute(update(visits).values(idle_at=now() + 1000 * DAY, ends_at=now() + 1000 * DAY))
    await circle.ann.sends(circle.at("contact/renew"), circle.at("contact"))
    for days, left in ((366, 1), (664, 1), (666, 0)):
        async with circle.place.store.erasing() as c:
            await expire(c, Millis(now() + days * DAY), circle.place.site.ledger)
        assert len(await circle.kept(contacts.c.box)) == left, days


async def test_it_goes_with_the_membership_and_with_the_account(house: House, circle: Circle) -> None:
    bob = await circle.place.person("bob", Role.MEMBER, circle.place.tuesday)
    for who in (circle.ann, bob):
        await circle.gives(who)
    every = [box for box in await circle.kept(contacts.c.box) if isinstance(box, bytes)]
    assert databases.POSTGRESQL or [house.holds(box) for box in every] == [True, True]
    await circle.asks()
    await circle.ann.sends(circle.at("leave"), circle.at("leave"))
    assert (len(await circle.kept(contacts.c.box)), await circle.kept(contact_openings.c.id)) == (1, [])
    await bob.sends("/account/erase", "/account/erase", present=PASSWORD)
    assert await circle.kept(contacts.c.box) == []
    assert [house.holds(box) for box in every] == [False, False]


async def test_a_guest_reads_that_nothing_of_them_stays(circle: Circle) -> None:
    async with circle.place.store.writing() as c:
        await c.execute(update(members).values(guest=True))
    assert "nothing of you stays here when you go" in text_of(await circle.ann.sees(circle.at("contact")))
    assert (await circle.gives(circle.ann)).status_code == 404


# Opening.


async def test_two_people_open_it_with_a_reason_and_it_is_read_once(circle: Circle) -> None:
    ann, fran, ida, jon = circle.ann, circle.fran, circle.ida, circle.jon
    await circle.gives(ann, "Mum", "01632 960001\nGreen door")
    at = await circle.asks()
    assert "She went silent." in text_of(await ida.sees(at))
    assert (await ida.sends(at, at, words=circle.papers.one)).status_code == 303
    waits = text_of(await jon.sees(at))
    assert f"{CHAIR[0]} : has typed their half" in waits
    assert re.search(r"kept for (9|10) more minutes, until \d\d:\d\d UTC", waits), "whatever clock they go by"
    assert f"{CHAIR[1]} : has not typed their half yet" in waits
    for reader in (ida, jon):  # who has typed theirs does not think that it did not arrive
        assert f"The 24 words of {CHAIR[1]}" in text_of(await reader.sees(at))
        assert "Your 24 words" not in text_of(await reader.sees(at))
    assert (await jon.sends(f"{at}/read", at)).status_code == 404, "it is not open"
    assert (await jon.sends(at, at, words=circle.papers.two)).status_code == 303
    assert "Show it to me now" in (await fran.sees(at)).text
    assert "Show it to me now" not in (await circle.ada.sees(at)).text
    assert (await circle.ada.sends(f"{at}/read", at)).status_code == 404
    shown = await fran.sends(f"{at}/read", at)
    assert "Mum" in shown.text
    assert 'href="tel:01632960001"' in shown.text
    assert (shown.headers["refresh"], shown.headers["cache-control"]) == (f"300;url={at}", "no-store")
    for again in (fran, jon):
        answer = await again.sends(f"{at}/read", at)
        assert (answer.status_code, "Mum" in answer.text) == (303, False)
    assert "It is shown only once" in text_of(await jon.sees(at))
    assert await circle.kept(contact_openings.c.asking) == [None]
    assert await circle.kept(contact_openings.c.salt) == [None]


async def test_who_keeps_half_of_the_key_finds_on_their_first_page_that_they_are_needed(circle: Circle) -> None:
    needed = "Somebody may be in danger"
    await circle.gives(circle.ann)
    for keeper in (circle.ida, circle.jon):
        assert needed not in text_of(await keeper.sees("/"))
    at = await circle.asks()
    for keeper in (circle.ida, circle.jon):
        first = await keeper.sees("/")
        assert needed in text_of(first)
        assert f'href="{at}"' in first.text
    for nobody in (circle.ann, circle.fran, circle.ada):
        assert needed not in text_of(await nobody.sees("/"))
    assert "finds it on their first page" in text_of(await circle.fran.sees(at))
    await circle.open_it(at)
    assert needed not in text_of(await circle.ida.sees("/"))


async def test_ann_is_told_and_can_ask_for_another_look(circle: Circle) -> None:
    await circle.gives(circle.ann)
    await circle.open_it(await circle.asks(risk="yes"))
    for where in ("", "contact", "another-look"):
        page = text_of(await circle.ann.sees(f"/groups/{circle.place.tuesday.id}/{where}".rstrip("/")))
        assert "two people opened" in page.lower(), where
    assert "Fran had the emergency contact of Ann opened by two people" in text_of(
        await circle.fran.sees(circle.at("acts"))
    )
    mine = (await circle.ann.sees("/account/everything.json")).json()["contact_openings"]
    assert [(one["reason"], one["by_id"], one["one_by"], one["told"]) for one in mine] == [
        ("life", "somebody else", "somebody else", True)
    ]


@pytest.mark.parametrize(("one", "two", "told"), [("yes", "yes", False), ("yes", "", True), ("", "yes", True)])
async def test_ann_is_not_told_if_both_say_that_it_puts_her_in_more_danger(
    circle: Circle, one: str, two: str, told: bool
) -> None:
    await circle.gives(circle.ann)
    at = await circle.asks()
    for holder, words, risk in ((circle.jon, circle.papers.two, two), (circle.ida, circle.papers.one, one)):
        await holder.sends(at, at, words=words, risk=risk)
    for where in ("", "/contact", "/another-look"):
        page = text_of(await circle.ann.sees(f"/groups/{circle.place.tuesday.id}{where}"))
        assert ("two people opened" in page.lower()) is told, where
    did = text_of(await circle.fran.sees(circle.at("acts")))
    assert ("emergency contact of Ann opened by two people" in did) is told
    assert ("emergency contact of somebody opened by two people" in did) is not told
    assert ("They are not told" in text_of(await circle.fran.sees(circle.at("contacts")))) is not told
    room = await circle.fran.opens_the_meeting(circle.place.tuesday)
    assert ("opened_at" in (await circle.ann.enters(room)).room) is told
    columns = (contact_openings.c.one_risk, contact_openings.c.two_risk, contact_openings.c.told)
    assert [await circle.kept(column) for column in columns] == [[one == "yes"], [two == "yes"], [told]]


async def test_ann_alone_hears_it_in_the_room_until_she_says_that_she_has_read_it(circle: Circle) -> None:
    bob = await circle.place.person("bob", Role.MEMBER, circle.place.tuesday)
    await circle.gives(circle.ann)
    room = await circle.fran.opens_the_meeting(circle.place.tuesday)
    fran, ann, bobs = [await who.enters(room) for who in (circle.fran, circle.ann, bob)]
    await circle.open_it(await circle.asks())
    at = (await ann.hears_within(20, "contact-opened"))["at"]
    again = await circle.ann.enters(room)  # another page of hers: she has not read it yet
    assert again.room["opened_at"] == at
    await again.does("take-note", at=at)
    await again.hears("note-taken")
    assert "opened_at" not in (await circle.ann.enters(room)).room
    assert [bool(one) for one in await circle.kept(contact_openings.c.noted_at)] == [True]
    for other in (fran, bobs):
        await other.says("are you all well?")
        await other.hears("said", text="are you all well?")
        frames = [frame for frame in other.history if "opened_at" in frame or frame["type"] in NEWS]
        assert frames == [], "nobody else learns of it"


async def test_who_is_not_there_hears_it_when_they_come_and_in_no_other_group(circle: Circle) -> None:
    await circle.gives(circle.ann)
    friday = await circle.place.person("gus", Role.FACILITATOR, circle.place.friday)
    await circle.place.joins(circle.ann, circle.place.friday, "Quiet Heron")
    await circle.open_it(await circle.asks())
    other = await circle.ann.enters(await friday.opens_the_meeting(circle.place.friday))
    assert "opened_at" not in other.room
    await other.asks("leave")
    assert await other.is_closed() == 4509
    room = await circle.fran.opens_the_meeting(circle.place.tuesday)
    ann = await circle.ann.enters(room)
    assert [ann.room["opened_at"]] == await circle.kept(contact_openings.c.opened_at)
    async with circle.place.store.writing() as c:
        await c.execute(update(visits).values(idle_at=now() + 8 * 60 * MINUTE))  # her cookie is looked at closely
    assert (await circle.ann.enters(room)).room["opened_at"] == ann.room["opened_at"]


async def test_both_may_type_at_one_screen(circle: Circle) -> None:
    await circle.gives(circle.ann)
    at = await circle.asks()
    for words in (circle.papers.two, "\n".join(word[:4].upper() for word in circle.papers.one.split())):
        assert (await circle.fran.sends(at, at, words=words)).status_code == 303
    assert "Mum" in (await circle.fran.sends(f"{at}/read", at)).text


async def test_the_second_half_comes_within_ten_minutes_or_the_first_is_gone(circle: Circle) -> None:
    await circle.gives(circle.ann)
    at = await circle.asks()
    await circle.ida.sends(at, at, words=circle.papers.one)
    circle.later(opening.TYPED_WITHIN)
    await circle.jon.sends(at, at, words=circle.papers.two)
    page = text_of(await circle.jon.sees(at))
    assert f"{CHAIR[0]} : has not typed their half yet" in page
    assert f"{CHAIR[1]} : has typed their half" in page
    circle.later(2 * opening.TYPED_WITHIN - 3 * MINUTE)
    await circle.ida.sends(at, at, words=circle.papers.one)
    assert "It is open" in text_of(await circle.ida.sees(at))


async def test_what_was_opened_can_be_read_for_ten_minutes_and_asked_for_two_hours(circle: Circle) -> None:
    await circle.gives(circle.ann)
    at, late = await circle.asks(), await circle.asks()
    await circle.open_it(at)
    await circle.place.site.live.takes(f"{at.rsplit('/', 1)[-1]}:text")  # as Redis does after ten minutes
    assert "too late to read it" in text_of(await circle.fran.sees(at))
    assert (await circle.fran.sends(f"{at}/read", at)).status_code == 303
    circle.later(121 * MINUTE)
    async with circle.place.store.writing() as c:
        await c.execute(update(visits).values(sure_until=now() + 3 * 60 * MINUTE))
    assert "It was not opened" in text_of(await circle.ida.sees(late))
    assert (await circle.ida.sends(late, late, words=circle.papers.one)).status_code == 303
    async with circle.place.store.erasing() as c:
        await expire(c, Millis(now() + 121 * MINUTE), circle.place.site.ledger)
    assert await circle.kept(contact_openings.c.asking) == [None, None]
    async with circle.place.store.erasing() as c:
        await expire(c, Millis(now() + 91 * DAY), circle.place.site.ledger)
    assert await circle.kept(contact_openings.c.id) == []


async def test_what_is_mistyped_is_said_kindly_and_wrong_papers_are_tried_twenty_times_a_day(circle: Circle) -> None:
    await circle.gives(circle.ann)
    at, words = await circle.asks(), circle.papers.one.split()
    for typed, said in (
        (" ".join(words[:20]), "These are 20 words. There must be 24."),
        (" ".join([*words[:8], "xylograph", *words[9:]]), "Word 9 is not one of the words"),
        ("", "These are 0 words."),
    ):
        answer = await circle.ida.sends(at, at, words=typed)
        assert (answer.status_code, said in text_of(answer)) == (422, True)
    others = " ".join(in_words.words(b"x" * 32))
    for _ in range(opening.MOST):
        assert "not those of this key" in text_of(await circle.ida.sends(at, at, words=others))
    assert "too many tries" in text_of(await circle.ida.sends(at, at, words=circle.papers.one))
    await circle.jon.sends(at, at, words=circle.papers.two)
    await circle.fran.sends(at, at, words=circle.papers.one)
    assert "It is open" in text_of(await circle.fran.sees(at)), "somebody else can still type it"


async def test_a_box_that_was_put_into_another_row_does_not_open(circle: Circle) -> None:
    bob = await circle.place.person("bob", Role.MEMBER, circle.place.tuesday)
    await circle.gives(circle.ann, "Mum")
    await circle.gives(bob, "Dad")
    at = await circle.asks()
    async with circle.place.store.writing() as c:
        theirs = select(contacts.c.box).where(contacts.c.member_id == bob.member).scalar_subquery()
        await c.execute(update(contacts).where(contacts.c.member_id == circle.ann.member).values(box=theirs))
    await circle.ida.sends(at, at, words=circle.papers.one)
    answer = await circle.jon.sends(at, at, words=circle.papers.two)
    assert "The box does not open" in text_of(answer)
    assert "Dad" not in answer.text
    assert await circle.kept(contact_openings.c.opened_at) == [None]


async def test_what_is_not_needed_any_more_or_was_taken_back_is_not_opened(circle: Circle) -> None:
    await circle.gives(circle.ann)
    at, other = await circle.asks(), await circle.asks()
    await circle.ida.sends(at, at, words=circle.papers.one)
    await circle.fran.sends(f"{at}/give-up", at)
    await circle.jon.sends(at, at, words=circle.papers.two)
    assert "It was not opened: its time went by, or one of you said" in text_of(await circle.jon.sees(at))
    await circle.ann.sends(circle.at("contact/take-back"), circle.at("contact"))
    await circle.ida.sends(other, other, words=circle.papers.one)
    assert "nothing to open" in text_of(await circle.jon.sends(other, other, words=circle.papers.two))


async def test_that_it_is_not_needed_any_more_takes_two_presses_and_says_first_what_comes_of_it(circle: Circle) -> None:
    await circle.gives(circle.ann)
    at = await circle.asks()
    (folded,) = re.findall(r"<details.*?</details>", (await circle.jon.sees(at)).text, re.DOTALL)
    assert f'action="{at}/give-up"' in folded
    assert "This ends it for all of you at once" in folded


async def test_nobody_else_learns_that_it_is_asked(circle: Circle) -> None:
    await circle.gives(circle.ann)
    at = await circle.asks()
    gus = await circle.place.person("gus", Role.FACILITATOR, circle.place.friday)
    for who in (gus, circle.ann, await circle.place.person("eve")):
        assert (await who.sees(at)).status_code == 404
        assert (await who.sends(at, words=circle.papers.one)).status_code == 404
        assert (await who.sees(circle.at(f"contacts/{circle.ann.member}"))).status_code == 404
    assert (await gus.sees(f"/groups/{circle.place.friday.id}/contacts/{circle.ann.member}")).status_code == 404
    assert "Somebody asks to open one" in text_of(await circle.ada.sees("/admin"))
    ben = await circle.place.person("ben", Role.SUPERVISOR, circle.place.tuesday)
    assert (await ben.sees(at)).status_code == 200
    async with circle.place.store.writing() as c:  # a facilitator of this group, whose own it is
        await c.execute(update(members).where(members.c.id == circle.ann.member).values(role="facilitator"))
    assert (await circle.ann.sees(at)).status_code == 404
    assert "She went" not in (await circle.ann.sees(circle.at("contacts"))).text
    assert "What was asked" not in (await circle.ann.sees(circle.at("contacts"))).text


async def test_a_supervisor_who_is_asked_to_stay_away_has_nobodys_contact_opened(circle: Circle) -> None:
    sid = await circle.place.person("sid", Role.SUPERVISOR, circle.place.tuesday)
    assert sid.member
    await circle.gives(circle.ann)
    at = circle.at(f"contacts/{circle.ann.member}")
    asked = (await sid.sends(at, at, why="life", words="She went silent.")).headers["location"]
    async with circle.place.store.writing() as c:
        await bars.set_(c, circle.place.tuesday.id, sid.member, None, None, Reason.OTHER, circle.fran.member)
    for page in (circle.at("contacts"), at, asked):
        assert (await sid.sees(page)).status_code == 404
    assert (await sid.sends(at, None, why="life", words="She went silent.")).status_code == 404
    await circle.open_it(asked)
    assert (await sid.sends(f"{asked}/read", None)).status_code == 404
    assert "01632 960001" in text_of(await circle.ida.sends(f"{asked}/read", asked)), "the two who opened it read it"


async def test_the_password_is_asked_again_before_the_key_is_made_or_something_is_opened(circle: Circle) -> None:
    await circle.gives(circle.ann)
    at, ask = await circle.asks(), circle.at(f"contacts/{circle.ann.member}")
    first, _ = await links(circle.ada)
    code = await circle.ida.code(at)
    async with circle.place.store.writing() as c:
        await c.execute(update(visits).values(sure_until=0))
    for who, where in ((circle.ada, KEY), (circle.ida, first), (circle.ida, at), (circle.fran, ask)):
        answer = await who.sees(where)
        assert (answer.status_code, answer.headers["location"]) == (303, f"/sure?to={where}")
    typed = {"form": code, "words": circle.papers.one}
    assert (await circle.ida.client.post(at, data=typed)).headers["location"] == at, "what is typed is not lost"


async def test_whoever_asks_says_why(circle: Circle) -> None:
    await circle.gives(circle.ann)
    at = circle.at(f"contacts/{circle.ann.member}")
    for typed in ({"why": "", "words": "x"}, {"why": "gossip", "words": "x"}, {"why": "life", "words": ""}):
        assert (await circle.fran.sends(at, at, **typed)).status_code == 422
    bob = await circle.place.person("bob", Role.MEMBER, circle.place.tuesday)
    none = circle.at(f"contacts/{bob.member}")
    assert (await circle.fran.sends(none, at, why="life", words="x")).status_code == 422
    assert await circle.kept(func.count(contact_openings.c.id)) == [0]


async def test_everybody_agrees_again_when_a_key_begins_and_the_paper_counts_and_not_the_account(
    tmp_path: Path, redis_url: str
) -> None:
    async with in_a_task_of_its_own(website(tmp_path, f"{redis_url}?db={OWN}")) as place:
        ada, ida, jon = [await place.person(name, administrator=name == "ada") for name in ("ada", "ida", "jon")]
        ann = await place.person("ann", Role.MEMBER, place.tuesday)
        fran = await place.person("fran", Role.FACILITATOR, place.tuesday)
        circle = Circle(place, ann, fran, ada, ida, jon, await make_the_key(ada, ida, jon))
        shown = text_of(await ann.sees(f"/groups/{place.tuesday.id}"))
        assert "Our agreement has changed" in shown
        assert "First, the agreement" not in shown, "she has agreed before"
        await agrees_again(ann, place)
        assert "agreement has changed" not in text_of(await ann.sees(f"/groups/{place.tuesday.id}"))
        await circle.gives(ann)
        await ida.sends("/account/erase", "/account/erase", present=PASSWORD)
        assert await circle.kept(contact_keys.c.holder_one) == [None]
        at = await circle.asks()
        await fran.sends(at, at, words=circle.papers.one)
        await jon.sends(at, at, words=circle.papers.two)
        assert "It is open" in text_of(await jon.sees(at))
