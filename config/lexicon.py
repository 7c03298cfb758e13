"""Reads the phrase lists that ship, and those an operator adds, and makes the lexicon the rules are handed.

Lists stand in `config/phrases/LANGUAGE/NAME.txt` (their form: `chat.core.moderation.phrasing`). An operator's directory
(HEARTH_PHRASES) holds files of the same names, in it or in a folder a language: what they say is added, and what they
take away with `- ` is gone from ours, too.
"""

import re
import tomllib
from functools import cache
from hashlib import sha256
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

import msgspec
from msgspec.structs import replace

from chat.core.moderation import phrasing
from chat.core.moderation.lexicon import Lexicon, Pack
from chat.core.moderation.packing import World, pack
from chat.core.moderation.rules.contact import phones
from chat.core.moderation.scale import SILENT, Weight, Weights

PACKED = "weights/packed.bin"
"""All that ships, made ready; `python -m config.lexicon` writes it after a list or a weight was changed."""
SENSES, LEARNT = "senses.txt", "learnt.txt"
SPELLINGS, GIVEN = "spellings", "given"
"""Lists that are not looked for as they stand."""
COMMON = 6000
"""Words of each counted list that are common: enough for most that people write with a capital."""
USUAL = 10_000
"""Likewise, of which what their letters weigh is known beforehand: a fifth of what else would be worked out anew."""


NUMBER = re.compile(r"\+?\(?\d(?:[ ().\-]{0,2}\d){2,}")
ADDRESS = re.compile(r"^(?:https?://)?(?:www\.)?")


class _Line(msgspec.Struct, frozen=True):
    country: str = ""
    phone: str = ""
    text: str = ""
    web: str = ""


class _Told(msgspec.Struct, frozen=True):
    """What of a list of help lines may be said in a room."""

    emergency: dict[str, str] = {}
    line: list[_Line] = []


class Kept(msgspec.Struct, frozen=True, array_like=True):
    """What PACKED holds."""

    of: str
    """`digest` of what it was made of."""
    pack: Pack

    def __repr__(self) -> str:
        return "<Kept>"


@cache
def load(more: Path | None = None, helplines: Path | None = None) -> Lexicon:
    """All languages in one: a group often speaks several, and a word of one is seldom a word of danger in another.

    What ships is read from PACKED, in a moment; with an operator's lists all is made ready anew, which takes seconds.
    `helplines`: the operator's own list of them, which anybody may pass on, as those that ship.
    Raises OSError if one of them cannot be read, phrasing.Malformed if a list in `more` is not in its form, another
    ValueError if `helplines` is not in its own.
    """
    numbers, hosts = _helplines(helplines)
    return Lexicon(replace(made(more) if more else shipped(), numbers=numbers, hosts=hosts))


def shipped() -> Pack:
    """What ships, made ready: as it was kept, if that is of these very lists."""
    place = files("config").joinpath(PACKED)
    if place.is_file():
        kept = msgspec.msgpack.decode(place.read_bytes(), type=Kept)
        if kept.of == digest():
            return kept.pack
    return made()


def digest() -> str:
    """What the lists and weights that ship are known by."""
    texts = [*_shipped(), *((name, _weighed(name)) for name in (SENSES, LEARNT))]
    return sha256(repr(texts).encode()).hexdigest()


def packed() -> bytes:
    """What PACKED ought to hold."""
    return msgspec.msgpack.encode(Kept(digest(), made()))


def keep() -> None:
    """Writes it."""
    Path(str(files("config").joinpath(PACKED))).write_bytes(packed())


def made(more: Path | None = None) -> Pack:
    """From the lists themselves. Raises as `load`."""
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
    phrases = {name: sorted(phrases - taken[name], key=_written) for name, phrases in sorted(lists.items())}
    return pack(phrases, spellings, _world(given, spared), weights())


def _written(chain: phrasing.Chain) -> list[list[str]]:
    return [sorted(link) for link in chain]


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


def senses() -> dict[str, str]:
    """Words by the name of what they are taken for."""
    found = dict[str, str]()
    for line in _weighed(SENSES).split("\n"):
        name, equals, words = line.partition(" = ")
        found |= dict.fromkeys(words.split(), name.upper()) if equals else {}
    return found


def weights() -> Weights:
    """What was learnt."""
    tables: dict[str, dict[str, Weight]] = {}
    for line in _weighed(LEARNT).split("\n"):
        if line and not line.startswith("#"):
            of, what, *weight = line.split("\t")
            tables.setdefault(of, {})[what] = Weight(*map(int, weight))
    return Weights(
        bias=tables.get("bias", {}).get("", SILENT),
        senses=senses(),
        words=tables.get("word", {}),
        meanings=tables.get("sense", {}),
        grams=tables.get("letters", {}),
        pairs={
            (one, other): weight for pair, weight in tables.get("pair", {}).items() for one, other in [pair.split(" ")]
        },
    )


def _weighed(name: str) -> str:
    place = files("config").joinpath("weights", name)
    return place.read_text("utf-8") if place.is_file() else ""


def _helplines(more: Path | None) -> tuple[list[str], list[str]]:
    """Numbers and web addresses that may be said: those that ship, and an operator's own."""
    numbers, hosts = set[str](), set[str]()
    for place in (files("config").joinpath("helplines.toml"), *([more] if more else ())):
        told = msgspec.convert(tomllib.loads(place.read_text("utf-8")), _Told)
        numbers |= {re.sub(r"\D", "", one) for each in told.emergency.values() for one in NUMBER.findall(each)}
        for line in told.line:
            for one in NUMBER.findall(f"{line.phone}\n{line.text}"):
                numbers |= phones.dialled(one, line.country)
            hosts |= {ADDRESS.sub("", line.web.strip().lower()).rstrip("/")}
    # The longest first: of two that begin alike the whole of one is passed over, and not its beginning alone.
    return sorted(numbers), sorted(hosts - {""}, key=lambda host: (-len(host), host))


def _lists(place: Traversable) -> list[tuple[str, str]]:
    return [
        (one.name.removesuffix(".txt"), one.read_text("utf-8")) for one in _sorted(place) if one.name.endswith(".txt")
    ]


def _sorted(place: Traversable) -> list[Traversable]:
    return sorted(place.iterdir(), key=lambda one: one.name)


def _world(given: set[str], spared: set[str]) -> World:
    """Ordinary words and names, as counted by others (US census, Wikipedia, films) and shipped with zxcvbn (MIT)."""
    from zxcvbn.frequency_lists import FREQUENCY_LISTS as counted  # a large module, and nobody else's

    words, more = [*counted["us_tv_and_film"]], [*counted["english_wikipedia"]]
    return World(
        ordinary=frozenset(words) | frozenset(more) | spared,
        rank={word: rank for rank, word in enumerate(words)},
        common=frozenset(words[:COMMON] + more[:COMMON]),
        usual=frozenset(words[:USUAL] + more[:USUAL]),
        given=frozenset(counted["male_names"]) | frozenset(counted["female_names"]) | given,
        family=frozenset(counted["surnames"]),
    )


if __name__ == "__main__":
    keep()
