"""Two people make the key for emergency contacts as they should: each with an account, and a paper of their own."""

import re

from httpx import Response
from msgspec import Struct

from tests.web.place import Browser, Place

KEY = "/admin/contact-key"
Names = tuple[str, str]
CHAIR: Names = ("Ida, the chair", "Jon, the treasurer")


class Papers(Struct, frozen=True):
    """What the two wrote down."""

    one: str
    two: str

    def __repr__(self) -> str:
        return "<Papers>"


async def links(ada: Browser, names: Names = CHAIR) -> list[str]:
    """The paths of the two links that an administrator hands over."""
    answer = await ada.sends(KEY, KEY, one=names[0], two=names[1])
    assert answer.status_code == 200, answer.text
    return [f"/contact-key/{token}" for token in re.findall(r'value="[^"]*/contact-key/([\w-]+)"', answer.text)]


def words_in(answer: Response) -> list[str]:
    """The 24 words on a page that shows them."""
    return re.findall(r"<li>([a-z]+)</li>", answer.text)


async def sees_words(holder: Browser, link: str) -> list[str]:
    """The one time that they are shown."""
    return words_in(await holder.sends(link, link))


async def types_back(holder: Browser, link: str, words: list[str]) -> Response:
    """Those words that are asked for, from the paper."""
    asked = await holder.sees(link)
    places = [int(place) for place in re.findall(r">Word (\d+)</label>", asked.text)]
    assert len(places) == 4, asked.text
    typed = {f"word{n}": words[place - 1] for n, place in enumerate(places, 1)}
    return await holder.sends(f"{link}/written", link, **typed)


async def writes_down(holder: Browser, link: str) -> str:
    """All of it: sees the words, and shows that they are on paper."""
    words = await sees_words(holder, link)
    assert len(words) == 24
    assert (await types_back(holder, link, words)).status_code == 200
    return " ".join(words)


async def make_the_key(ada: Browser, ida: Browser, jon: Browser) -> Papers:
    """From the administrator's press to a key that is used."""
    first, second = await links(ada)
    return Papers(await writes_down(ida, first), await writes_down(jon, second))


async def agrees_again(browser: Browser, place: Place) -> None:
    """To what has changed by it."""
    where = f"/groups/{place.tuesday.id}/agreement"
    page = (await browser.sees(where)).text
    found = re.search(r'name="version" value="(\d+)"', page)
    assert found, page
    assert (await browser.sends(where, where, version=found[1], agree="yes")).status_code == 303
