"""Reads the phrase lists that ship, and those an operator adds, and makes the lexicon the rules are handed.

Lists stand in `config/phrases/LANGUAGE/NAME.txt` (their form: `chat.core.moderation.phrasing`). An operator's directory
(HEARTH_PHRASES) holds files of the same names, in it or in a folder a language: what they say is added, and what they
take away with `- ` is gone from ours, too.
"""

import re
import tomllib
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from chat.core.moderation import phrasing
from chat.core.moderation.lexicon import Known, Lexicon
from chat.core.moderation.scale import SILENT, Weight, Weights

SPELLINGS, GIVEN = "spellings", "given"
"""Lists that are not looked for as they stand."""
COMMON = 6000
"""Words of each counted list that are common: enough for most that people write with a capital."""


@cache
def load(more: Path | None = None) -> Lexicon:
    """All languages in one: a group often speaks several, and a word of one is seldom a word of danger in another.

    Raises OSError if `more` cannot be read, phrasing.Malformed if a list in it is not in its form.
    """
    lists: dict[str, set[phrasing.Chain]] = {}
    taken: dict[str, set[phrasing.Chain]] = {}
    spellings: dict[str, str] = {}
    for name, text in (*_shipped(), *(_operators(more) if more else ())):
        if name == SPELLINGS:
            spellings |= phrasing.spellings(text)
            continue
        sheet = phrasing.read(text)
        lists.setdefault(name, set()).update(sheet.phrases)
        taken.setdefault(name, set()).update(sheet.without)
    given = {name for (link,) in lists.pop(GIVEN, set()) for name in link}
    # What an operator took away is a word, and no slip of one that stays.
    spared = {word for each in taken.values() for (link, *_) in each for phrase in link for word in phrase.split()}
    phrases = {name: phrases - taken[name] for name, phrases in lists.items()}
    return Lexicon(phrases, spellings, _known(given, spared), _weights())


def unreadable(more: Path) -> str | None:
    """What is wrong with an operator's lists, as the end of a sentence that quotes none; None if nothing is."""
    if not more.is_dir():
        return "must be a directory of phrase lists."
    try:
        for name, text in _operators(more):
            if name != SPELLINGS:
                phrasing.read(text)
    except phrasing.Malformed as error:
        return f"holds a list that is not in its form: in {name}.txt, {error}."
    except (OSError, UnicodeDecodeError):
        return "holds a list that cannot be read."
    return None


def _shipped() -> list[tuple[str, str]]:
    return [found for language in _sorted(files("config").joinpath("phrases")) for found in _lists(language)]


def _operators(place: Path) -> list[tuple[str, str]]:
    return [*_lists(place), *(found for language in _sorted(place) if language.is_dir() for found in _lists(language))]


def _weights() -> Weights:
    place = files("config").joinpath("weights")
    senses = dict[str, str]()
    for line in place.joinpath("senses.txt").read_text("utf-8").split("\n"):
        name, equals, words = line.partition(" = ")
        senses |= dict.fromkeys(words.split(), name.upper()) if equals else {}
    tables: dict[str, dict[str, Weight]] = {}
    learnt = place.joinpath("learnt.txt")
    for line in learnt.read_text("utf-8").split("\n") if learnt.is_file() else ():
        if line and not line.startswith("#"):
            of, what, *weight = line.split("\t")
            tables.setdefault(of, {})[what] = Weight(*map(int, weight))
    return Weights(
        bias=tables.get("bias", {}).get("", SILENT),
        senses=senses,
        words=tables.get("word", {}),
        meanings=tables.get("sense", {}),
        grams=tables.get("letters", {}),
        pairs={
            (one, other): weight for pair, weight in tables.get("pair", {}).items() for one, other in [pair.split(" ")]
        },
    )


def _lists(place: Traversable) -> list[tuple[str, str]]:
    return [
        (one.name.removesuffix(".txt"), one.read_text("utf-8")) for one in _sorted(place) if one.name.endswith(".txt")
    ]


def _sorted(place: Traversable) -> list[Traversable]:
    return sorted(place.iterdir(), key=lambda one: one.name)


def _known(given: set[str], spared: set[str]) -> Known:
    """Ordinary words and names, as counted by others (US census, Wikipedia, films) and shipped with zxcvbn (MIT)."""
    from zxcvbn.frequency_lists import FREQUENCY_LISTS as counted  # a large module, and nobody else's

    lines = tomllib.loads(files("config").joinpath("helplines.toml").read_text("utf-8"))
    every = [*lines["emergency"].values(), *(line.get(key, "") for line in lines["line"] for key in ("phone", "text"))]
    words, more = [*counted["us_tv_and_film"]], [*counted["english_wikipedia"]]
    common, first = frozenset(words[:COMMON] + more[:COMMON]), frozenset(counted["male_names"]) | given
    first |= frozenset(counted["female_names"])
    return Known(
        ordinary=frozenset(words) | frozenset(more) | spared,
        common=common,
        given=first,
        rare_given=first - common,
        family=frozenset(counted["surnames"]),
        numbers=frozenset(re.sub(r"\D", "", number) for one in every for number in re.findall(r"[\d ]{3,}", one)),
        hosts=frozenset(line["web"] for line in lines["line"] if "web" in line),
    )
