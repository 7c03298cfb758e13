"""A word from somebody who has left reaches the facilitators and nobody else, and only from our own page."""

import pytest

from chat.core.wire import Role
from tests.cast import Person
from tests.web.place import Browser, Place


@pytest.fixture
async def room(place: Place, fran: Browser) -> str:
    return await fran.opens_the_meeting(place.tuesday)


async def sends(who: Browser, room: str, body: str, **headers: str) -> tuple[int, str]:
    """As the page does; gives status and sentence."""
    headers = {"Content-Type": "application/json", **headers}
    answer = await who.client.post(f"{room}/word", content=body, headers=headers)
    is_json = answer.headers.get("content-type") == "application/json"
    return answer.status_code, answer.json()["words"] if is_json else ""


@pytest.fixture
async def seated(room: str, ann: Browser, fran: Browser) -> tuple[Person, Person]:
    """Fran and Ann in the room."""
    return await fran.enters(room), await ann.enters(room)


async def test_a_word_reaches_the_facilitators_by_name_once_however_often_it_is_sent(
    place: Place, room: str, ann: Browser, seated: tuple[Person, Person]
) -> None:
    fran, here = seated
    other = await (await place.person("bob", Role.MEMBER, place.tuesday)).enters(room)
    await here.asks("leave")
    await here.is_closed()
    for _ in range(2):
        assert await sends(ann, room, '{"ref":"p-1","word":"reach-out"}') == (204, "")
    told = await fran.hears("sent-word")
    assert (told["member"], told["word"]) == (ann.member, "reach-out")
    await fran.says("to all")
    await other.hears("said")
    assert not fran.heard("sent-word")
    assert "sent-word" not in [frame["type"] for frame in other.history]


async def test_one_visit_fills_no_facilitators_page(room: str, ann: Browser, seated: tuple[Person, Person]) -> None:
    answers = [await sends(ann, room, f'{{"ref":"p-{n}","word":"ok"}}') for n in range(12)]
    assert {status for status, _ in answers} == {204, 409}


async def test_with_nobody_to_hear_it_the_answer_says_so(
    place: Place, room: str, ann: Browser, seated: tuple[Person, Person]
) -> None:
    fran, _ = seated
    await fran.asks("leave")
    await fran.is_closed()
    status, words = await sends(ann, room, '{"ref":"p-1","word":"ok"}')
    assert status == 409
    assert "nobody would read this" in words
    await fran.enters()
    await fran.asks("close")
    await fran.is_closed()
    assert await sends(ann, room, '{"ref":"p-2","word":"ok"}') == (409, "This meeting has ended.")


@pytest.mark.parametrize(
    "body", ["", "{}", "[", '{"ref":"p-1"}', '{"ref":"p-1","word":"help"}', '{"ref":"a b","word":"ok"}', "\ud800"]
)
async def test_what_no_page_of_ours_sends_is_not_told(
    room: str, ann: Browser, seated: tuple[Person, Person], body: str
) -> None:
    answer = await ann.client.post(
        f"{room}/word", content=body.encode("utf-8", "surrogatepass"), headers={"Content-Type": "application/json"}
    )
    assert answer.status_code == 422


async def test_another_sites_page_cannot_send_one(
    place: Place, room: str, ann: Browser, seated: tuple[Person, Person]
) -> None:
    body = '{"ref":"p-1","word":"ok"}'
    assert (await sends(ann, room, body, **{"Content-Type": "text/plain"}))[0] == 403
    assert (await sends(ann, room, body, **{"Sec-Fetch-Site": "cross-site"}))[0] == 403
    assert (await sends(ann, room, body, Origin="http://elsewhere.example"))[0] == 403
