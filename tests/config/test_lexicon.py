"""Phrase lists say where they are from and why, and an operator's add and take away."""

import subprocess
import sys
from importlib.resources import files
from pathlib import Path

import pytest

from chat.core.moderation import phrasing
from chat.core.moderation.draft import Draft
from chat.core.moderation.judge import judge
from chat.core.moderation.lexicon import Pack
from chat.core.moderation.policy import EVERYTHING
from chat.core.moderation.verdict import Allow, Hold
from config import lexicon
from config.lexicon import PACKED, load, packed, shipped

pytestmark = pytest.mark.slow

LISTS = sorted(Path(str(files("config"))).glob("phrases/*/*.txt"))


@pytest.mark.parametrize("place", LISTS, ids=lambda place: f"{place.parent.name}/{place.stem}")
def test_a_list_says_where_it_is_from_and_why(place: Path) -> None:
    about = phrasing.read(place.read_text("utf-8")).about if place.stem != "spellings" else _header(place)
    assert set(about) == set(phrasing.HEADER)
    assert about["state"] in {"done", "begun"}
    assert place.parent.name == "en" or about["state"] == "begun"


def test_what_is_kept_ready_is_what_the_lists_make() -> None:
    assert files("config").joinpath(PACKED).read_bytes() == packed(), "python -m config.lexicon writes it anew"


def test_what_is_kept_of_other_lists_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lexicon, "made", Pack)
    assert shipped().vocabulary
    monkeypatch.setattr(lexicon, "digest", lambda: "of other lists")
    assert not shipped().vocabulary


def test_all_that_ships_takes_a_process_little_memory() -> None:
    # A process of its own: what another test has read is not counted. 41 MB were measured; 160 were too many.
    import_it = "import os, chat.core.moderation.judge, config.lexicon as l"
    resident = "int(open('/proc/self/statm').read().split()[1]) * os.sysconf('SC_PAGE_SIZE')"
    code = f"{import_it}; before = {resident}; kept = l.load(); print({resident} - before)"
    took = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert int(took.stdout) < 45_000_000


def test_there_is_english_spanish_and_german() -> None:
    assert {place.parent.name for place in LISTS} == {"de", "en", "es"}


def test_an_operator_adds_and_takes_away(tmp_path: Path) -> None:
    (tmp_path / "slurs.txt").write_text("glimwort\n- kike\n", "utf-8")
    mine, ours = load(tmp_path), load()
    assert isinstance(judge(Draft("you glimwort"), mine, EVERYTHING), Hold)
    assert judge(Draft("you glimwort"), ours, EVERYTHING) == Allow()
    assert judge(Draft("kike"), mine, EVERYTHING) == Allow()


OURS = """
[[line]]
country = "GB"
phone = "0113-496 0999"
text = "LAMP to 07700 900999"
web = "https://www.Lantern.example.org/help/"
"""


@pytest.mark.parametrize(
    "words",
    [
        "ring them on 0113 496 0999", "from here it is +44 113 496 0999", "0044 113 4960999",
        "text LAMP to 07700 900999", "lantern.example.org/help", "or https://www.lantern.example.org/help/",
        "Samaritans are on 116 123",
    ],
)  # fmt: skip
def test_an_operators_own_help_line_may_be_passed_on(tmp_path: Path, words: str) -> None:
    (tmp_path / "lines.toml").write_text(OURS, "utf-8")
    assert judge(Draft(words), load(None, tmp_path / "lines.toml"), EVERYTHING) == Allow()


@pytest.mark.parametrize(
    "words",
    [
        "ring me on 0113 496 0998", "text me on 07700 900998", "lantern.example.org/help.evil.com",
        "not-lantern.example.org/help", "ann@lantern.example.org/help", "0113 496 0999 or my own 07700 900123",
    ],
)  # fmt: skip
def test_what_is_only_like_a_help_line_waits(tmp_path: Path, words: str) -> None:
    (tmp_path / "lines.toml").write_text(OURS, "utf-8")
    assert isinstance(judge(Draft(words), load(None, tmp_path / "lines.toml"), EVERYTHING), Hold)


def _header(place: Path) -> dict[str, str]:
    lines = (line.partition(": ") for line in place.read_text("utf-8").split("\n"))
    return {name: said for name, _, said in lines if name in phrasing.HEADER}
