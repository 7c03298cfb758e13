"""Makes a lexicon ready from phrase lists, spellings, words of the language and what was learnt.

Seconds of work; what comes of it can be kept in a file and read in a moment.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from msgspec import Struct

from chat.core.moderation.lexicon import DRAWN, Lexicon, Pack, undoubled
from chat.core.moderation.normal import STOP, fold, parted, plainly
from chat.core.moderation.phrases import sheaf, signs
from chat.core.moderation.phrasing import Chain
from chat.core.moderation.scale import Weights, prepared
from chat.core.moderation.strange import What, packed

SLIPS_FROM = 5
"""Letters: in a shorter word a slip is too often another word. (Two letters swapped: one less.)"""
ONE_PIECE = range(8, 17)
"""Letters: phrases of so many are also known without their spaces."""
AROUND = frozenset({"told", "figures", "long_ago"})
"""Lists that matter only beside a phrase of another."""


class World(Struct, frozen=True, kw_only=True):
    """Words of the language and names, as others have counted them."""

    ordinary: frozenset[str] = frozenset()
    """None of these is a slip of another."""
    rank: dict[str, int] = {}
    """How often they are said: the lower, the oftener."""
    common: frozenset[str] = frozenset()
    usual: frozenset[str] = frozenset()
    """Said often enough to be known by heart."""
    given: frozenset[str] = frozenset()
    family: frozenset[str] = frozenset()

    def __repr__(self) -> str:
        return f"<World, {len(self.ordinary)} words>"


def pack(
    lists: Mapping[str, Iterable[Chain]],
    spellings: Mapping[str, str] | None = None,
    world: World | None = None,
    weights: Weights | None = None,
) -> Pack:
    """From lists by name. `spellings` writes out short forms (`im`: `i am`) in phrases and messages alike."""
    plain, world, weights = dict(spellings or {}), world or World(), weights or Weights()
    chains = [
        (name, tuple(frozenset(_made_plain(link, plain)) for link in chain))
        for name, each in lists.items()
        for chain in each
    ]
    meant = {word for _, chain in chains for link in chain for one in link for word in one.split()}
    meant |= weights.senses.keys()
    known = world.ordinary | world.given | world.family | meant | plain.keys()
    joined = dict(_joined(chains))
    pieces = joined.keys() & known  # words of the language: "overdose" stays one, and is known as the phrase as well
    chains += [(name, (frozenset({one}),)) for one in sorted(pieces) for name in sorted(joined[one][1])]
    often = Counter(word for _, chain in chains for link in chain for one in link for word in set(one.split()))
    vocabulary = [STOP, *sorted((meant | pieces) - {STOP}, key=lambda word: (-often[word], word))]
    slips = {slip: word for word in sorted(meant) if word.isalpha() for slip in _slips(word) if slip not in known}
    drawn = {undoubled(word) for word in meant}
    rest = {word for word in world.usual if undoubled(word) not in drawn}  # "looser" would be heard in "loooser"
    usual = {word for word in weights.words.keys() | world.common | meant | rest if not DRAWN.search(word)}
    usual -= slips.keys() | (joined.keys() - known)
    number = {word: at for at, word in enumerate(vocabulary)}
    sign = signs(vocabulary)
    return Pack(
        spellings=dict(sorted(plain.items())),
        vocabulary=vocabulary,
        usual=" ".join(sorted(usual - number.keys())),
        phrases=sheaf([each for each in chains if each[0] not in AROUND], sign, world.rank),
        around=sheaf([each for each in chains if each[0] in AROUND], sign, world.rank),
        strange=packed(
            [
                *((word, What.ORDINARY, 0) for word in world.ordinary),
                *((slip, What.SLIP, number[word]) for slip, word in slips.items()),
                *((one, What.JOINED, spaces) for one, (spaces, _) in joined.items() if one not in known),
                *((undoubled(word), What.DRAWN, number[word]) for word in meant),
            ]
        ),
        scale=prepared(weights, {*vocabulary, *usual}),
        common=" ".join(sorted(world.common)),
        given=" ".join(sorted(world.given)),
        family=" ".join(sorted(world.family)),
    )


def lexicon(
    lists: Mapping[str, Iterable[Chain]], spellings: Mapping[str, str] | None = None, weights: Weights | None = None
) -> Lexicon:
    """At once, for few phrases."""
    return Lexicon(pack(lists, spellings, None, weights))


def _made_plain(phrases: Iterable[str], spellings: Mapping[str, str]) -> Iterator[str]:
    """Phrases as messages are; none that begins or ends with a word passed over, it would say less than was meant."""
    for phrase in phrases:
        words = parted(fold(phrase))
        if words and spellings.get(words[0], "x") and spellings.get(words[-1], "x"):
            yield " ".join(plainly(words, spellings))


def _slips(word: str) -> Iterator[str]:
    """Two letters swapped, one left out, one written twice."""
    if len(word) >= SLIPS_FROM - 1:
        yield from (word[:i] + word[i + 1] + word[i] + word[i + 2 :] for i in range(len(word) - 1))
    if len(word) >= SLIPS_FROM:
        yield from (word[:i] + word[i + 1 :] for i in range(1, len(word)))
        yield from (word[:i] + word[i] + word[i:] for i in range(len(word)))


def _joined(chains: Iterable[tuple[str, Chain]]) -> Iterator[tuple[str, tuple[int, set[str]]]]:
    """Phrases in one piece, with and without an "i": where their spaces were, and the lists they are in."""
    found: dict[str, tuple[int, set[str]]] = {}
    for name, chain in chains:
        for phrase in sorted(chain[0]) if len(chain) == 1 else ():
            words = phrase.split()
            if len("".join(words)) not in ONE_PIECE or len(words) < 2 or not _in_letters("".join(words)):
                continue
            for each in (words, ["i", *words]):
                spaces, at = 0, -1
                for word in each[:-1]:
                    at += len(word)
                    spaces |= 1 << at
                found.setdefault("".join(each), (spaces, set()))[1].add(name)
    yield from found.items()


def _in_letters(piece: str) -> bool:
    return piece.isalnum() and not piece.isdigit()
