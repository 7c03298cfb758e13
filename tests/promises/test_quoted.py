"""What these tests hold us to is what the README promises, word for word."""

import ast
import re
from pathlib import Path

import pytest

HERE = Path(__file__).parent
README = " ".join((HERE.parents[1] / "README.md").read_text("utf-8").split())
MODULES = sorted(set(HERE.glob("test_*.py")) - {Path(__file__)})


def quoted(module: Path) -> str | None:
    """The sentence a module opens with."""
    said = ast.get_docstring(ast.parse(module.read_text("utf-8"))) or ""
    found = re.match(r"“([^”]+)”", said)
    return " ".join(found[1].split()) if found else None


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.stem)
def test_each_of_these_modules_opens_with_a_promise_of_the_readme(module: Path) -> None:
    promise = quoted(module)
    assert promise is not None
    assert promise in README


def test_each_promise_of_the_readme_is_quoted_by_a_module() -> None:
    promises = re.findall(
        r"(?<= )\d\. (.+?)(?= \d\. | \*\*What it does not promise)", README.split("## What it promises")[1]
    )
    assert len(promises) == 8
    quotes = [quote for module in MODULES if (quote := quoted(module))]
    for promise in promises:
        assert any(quote in promise for quote in quotes), promise
