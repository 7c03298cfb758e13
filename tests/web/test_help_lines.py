"""Whoever runs the server confirms help lines at a terminal, and is reminded of them; an upgrade forgets nothing."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from chat.core.ids import Millis
from chat.records.keys import DAY, now
from chat.records.store import Store
from tests import databases
from web import lines
from web.helplines import read

OURS = """
[countries]
GB = "Britain"

[[line]]
country = "GB"
name = "The lantern line"
for = "People of our town"
phone = "020 7946 0123"
hours = "Evenings"
"""


def hearth(url: str, data: Path, *words: str, **more: str) -> subprocess.CompletedProcess[str]:
    environ = {
        "PATH": os.environ["PATH"],
        "DATABASE_URL": url,
        "HEARTH_DATA": str(data),
        "HEARTH_COUNTRY": "GB",
        **more,
    }
    command = [sys.executable, "-m", "web.cli", "helplines", *words]
    return subprocess.run(command, env=environ, capture_output=True, text=True, check=False)


async def test_a_line_is_confirmed_at_a_terminal_and_asked_about_again_in_time(tmp_path: Path) -> None:
    (tmp_path / "ours.toml").write_text(OURS, encoding="utf-8")
    known = read("GB", tmp_path / "ours.toml")
    (ours,) = (line for line in known.lines if line.name == "The lantern line")
    async with databases.migrated(tmp_path / "hearth.sqlite") as url:
        given = {"HEARTH_HELPLINES": str(tmp_path / "ours.toml")}
        before = hearth(url, tmp_path, **given).stdout
        assert "The lantern line: 020 7946 0123\n          hidden; nobody has confirmed it" in before
        assert "No help line for GB is confirmed" in before
        assert hearth(url, tmp_path, "confirm", "0000", "--by", "Ada", **given).returncode == 1
        assert hearth(url, tmp_path, "confirm", ours.mark, "--by", "Ada", **given).returncode == 0
        async with Store.open(url) as store:
            soon = await lines.told(store, known)
            later = await lines.told(store, known, Millis(now() + 90 * DAY))
        assert "by Ada" in soon
        assert "check again" not in soon
        assert "please check again: The lantern line" in later
        assert hearth(url, tmp_path, "hide", ours.mark, **given).returncode == 0
        assert "by Ada" not in hearth(url, tmp_path, **given).stdout


@pytest.mark.sqlite("is about its file")
@pytest.mark.parametrize("there", [False, True], ids=["no directory", "an empty one"])
def test_in_another_directory_it_says_that_no_database_is_there_and_makes_none(tmp_path: Path, *, there: bool) -> None:
    data = tmp_path / "hearth-data"
    if there:
        data.mkdir()
    answer = hearth("", data)
    assert answer.returncode == 1
    assert f"There is no database in {data}. Is HEARTH_DATA right?" in answer.stderr
    assert "HEARTH_HELPLINES" not in answer.stderr
    assert not (data / "hearth.sqlite").exists()


async def test_a_list_that_is_none_is_told_before_anybody_needs_it(tmp_path: Path) -> None:
    (tmp_path / "ours.toml").write_text("[[line]]\nname = 1\n", encoding="utf-8")
    async with databases.migrated(tmp_path / "hearth.sqlite") as url:
        answer = hearth(url, tmp_path, HEARTH_HELPLINES=str(tmp_path / "ours.toml"))
    assert answer.returncode == 1
    assert "HEARTH_HELPLINES cannot be read" in answer.stderr
