"""Whoever runs the server adds and takes away words, and its own help lines may be passed on in every room."""

from pathlib import Path

from chat.core.wire import Role
from tests.conftest import in_a_task_of_its_own
from tests.web.conftest import OWN, website
from tests.web.place import text_of

LINES = """
[[line]]
country = "GB"
name = "The lantern line"
for = "People of our town"
phone = "0113 496 0999"
web = "https://lantern.example.org/help"
hours = "Evenings"

[countries]
[emergency]
"""


async def test_a_room_goes_by_the_operators_words_and_help_lines(tmp_path: Path, redis_url: str) -> None:
    lines, phrases = tmp_path / "ours.toml", tmp_path / "phrases"
    lines.write_text(LINES, encoding="utf-8")
    phrases.mkdir()
    (phrases / "slurs.txt").write_text("glimwort\n- kike\n", encoding="utf-8")
    own = {"HEARTH_HELPLINES": str(lines), "HEARTH_PHRASES": str(phrases)}
    async with in_a_task_of_its_own(website(tmp_path, f"{redis_url}?db={OWN}", **own)) as place:
        fran = await place.person("fran", Role.FACILITATOR, place.tuesday)
        path = f"/groups/{place.tuesday.id}/rules"
        said = text_of(await fran.sends(f"{path}/try", path, sentence="You glimwort."))
        assert "would wait for a facilitator" in said
        room = await fran.opens_the_meeting(place.tuesday)
        await fran.enters(room)
        ann = await (await place.person("ann", Role.MEMBER, place.tuesday)).enters(room)
        await ann.says("He has a kike.")
        await ann.says("Ring them in the evening, 0113 496 0999, or lantern.example.org/help.")
        await ann.waits_with("Ring me in the evening, 0113 496 0998.")
        await ann.waits_with("You glimwort.")
