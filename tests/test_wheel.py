"""What is installed is whole: pages, scripts, migrations and all else the program needs, from an empty directory."""

import asyncio
import os
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from fnmatch import fnmatch
from pathlib import Path
from urllib.request import urlopen

import pytest

from tests.postgres import a_cluster

ROOT = Path(__file__).parents[1]
PARTS = ("chat", "web", "config")
LEFT_OUT = {".py", ".pyc"}
"""Of the first, the build takes every one; the second are not ours."""


def ours() -> list[Path]:
    return [file for part in PARTS for file in (ROOT / part).rglob("*") if file.is_file() and file.suffix != ".pyc"]


def test_every_kind_of_file_is_named_in_the_list_of_what_is_packed() -> None:
    patterns = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]["package-data"]["*"]
    others = [file for file in ours() if file.suffix not in LEFT_OUT]
    assert others
    assert [file for file in others if not any(fnmatch(file.name, pattern) for pattern in patterns)] == []


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built from a copy: what an earlier build left in the tree would be packed again."""
    tree = tmp_path_factory.mktemp("tree")
    for part in PARTS:
        shutil.copytree(ROOT / part, tree / part, ignore=shutil.ignore_patterns("__pycache__"))
    for file in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / file, tree)
    pip("wheel", "-q", "--no-deps", "-w", str(tree / "dist"), str(tree))
    (built,) = (tree / "dist").iterdir()
    return built


def pip(*arguments: str, python: str | Path = sys.executable) -> None:
    subprocess.run([python, "-m", "pip", "--disable-pip-version-check", *arguments], check=True)


@pytest.mark.faults
def test_the_wheel_holds_every_file_of_the_tree(wheel: Path) -> None:
    packed = {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name}
    assert packed == {str(file.relative_to(ROOT)) for file in ours()}


@pytest.fixture(scope="module")
def programs(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where it was installed, with nothing but what it needs."""
    place = tmp_path_factory.mktemp("installed") / "venv"
    subprocess.run([sys.executable, "-m", "venv", place], check=True)
    pip("install", "-q", str(wheel), python=place / "bin" / "python")
    return place / "bin"


def runs(programs: Path, empty: Path, command: str, **environ: str) -> None:
    """It starts in an empty directory, its link opens a page, and it stops when it is told to."""
    empty.mkdir()
    environ |= {"PATH": os.environ["PATH"], "PORT": "0", "HOST": "127.0.0.1"}
    with subprocess.Popen([programs / "hearth", command], cwd=empty, env=environ, stdout=subprocess.PIPE) as running:
        assert running.stdout is not None
        said = ""
        while not (link := re.search(r"http://\S+/(begin|demo)/\S+", said)):
            more = os.read(running.stdout.fileno(), 4096)
            assert more, f"It ended before it was ready: {said}"
            said += more.decode()
        with urlopen(link[0], timeout=10) as page:  # noqa: S310 it is our own
            assert "/static/hearth" in page.read().decode()
        running.terminate()
        assert running.wait(10) == 0


@pytest.mark.faults
@pytest.mark.parametrize("command", ["serve", "demo"])
def test_installed_in_an_empty_place_it_runs(programs: Path, tmp_path: Path, command: str) -> None:
    runs(programs, tmp_path / "empty", command)


@pytest.mark.faults
async def test_installed_with_the_extra_it_keeps_its_records_in_postgresql(
    wheel: Path, programs: Path, tmp_path: Path
) -> None:
    async with a_cluster() as cluster:
        pip("install", "-q", f"{wheel}[postgres]", python=programs / "python")
        elsewhere = {"DATABASE_URL": cluster.url, "HEARTH_SECRET": "x" * 32}
        await asyncio.to_thread(runs, programs, tmp_path / "empty", "serve", **elsewhere)
    assert list((tmp_path / "empty").iterdir()) == []
