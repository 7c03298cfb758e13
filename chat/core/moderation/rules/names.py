"""Last names stay outside: a first name with a surname, a title with a surname, and the group's own words not to say.

Whose name it is does not matter; a facilitator can let it through in a second. First names alone, people known to all,
books, songs, places and pets pass. Gentle: introductions ("my name is X Y") and the group's words; usual: titles, and
any two words that look like somebody's first and last name, too; strict: also names known to all.
"""

import re
from functools import lru_cache

from chat.core.moderation.draft import Draft
from chat.core.moderation.lexicon import Lexicon
from chat.core.moderation.normal import fold, parted
from chat.core.moderation.packing import lexicon
from chat.core.moderation.policy import Level, Policy
from chat.core.moderation.reading import Reading, read
from chat.core.moderation.rules.rule import Says

LETTERS = r"[^\W\d_]+(?:['’`\-][^\W\d_]+)*"
WORD = re.compile(rf"{LETTERS}|[^\s]")
CAPITAL = "[A-ZÀ-ÖØ-ÞŁŚŻŠŽÇĐ]"
CAPITALS = re.compile(rf"{CAPITAL}(?!['’ ])[^\s.,!?]{{1,40}}[ \n]+(?:\S{{1,4}} )?{CAPITAL}(?!['’][a-z]+ )[^\s]")
INTRODUCE = frozenset({"kin", "intros"})
CAPITAL_NEXT = re.compile(rf"[a-z.] {CAPITAL}[a-z]{{2}}")
SAYS_NAME = frozenset({"name", "names", "name's", "named", "called", "surname", "nicknamed"})
SAYS_LAST = re.compile(
    rf"\b(?:surname|sur name|last name|second name|family name|other name|maiden name|married "
    rf"name)(?:'s| is| was|:|,)?\s+({LETTERS})"
)
LINKS = frozenset({"is", "was", "be", "being", "been", ",", ":", "=", "-", "–", "'", '"', "(", ".", "'s"})
I_AM = frozenset({"i'm", "im", "am", "it's", "its", "this", "here's", "me", "hi", "hello"})
KIN = frozenset(
    """brother sister mum mom mother dad father son daughter husband wife partner ex boyfriend girlfriend friend
    mate uncle aunt auntie cousin nan gran grandad grandma granddad neighbour neighbor boss manager teacher
    sponsor therapist counsellor carer consultant worker psychiatrist keyworker nephew niece stepdad stepmum
    fiance fiancee twin flatmate roommate colleague sergeant captain lad girl boy man woman bloke buddy to was
    about saw met remember with""".split()
)
"""What stands before the name of somebody real."""
TITLES = frozenset("dr doctor mr mrs ms mx miss prof professor".split())
RANKS = frozenset(
    "nurse sister father fr rev reverend pastor judge sgt sergeant captain capt major colonel lt lieutenant pc officer "
    "matron rabbi imam lord lady sir inspector detective corporal cpl vicar canon bishop justice councillor".split()
)
"""Titles that are words, too: these want a capital behind them."""
TITLED = TITLES | RANKS
LEADING = LINKS | SAYS_NAME
"""What may stand before a name."""
BEYOND = re.compile(r"[^\x00-\x7f]+")
UPPER, LOWER = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ", b"abcdefghijklmnopqrstuvwxyz"
PARTICLES = frozenset(
    "van von de der den di da del della la le el al bin ibn ben o mac mc st du dos das ten ter".split()
)
DOUBLES = frozenset(
    "ann anne anna jo lou lee jane jean may mae marie maria rose grace kate beth ellen louise paul "
    "luis carlos joe bob ray sue lynn "
    "lynne leigh claire elizabeth pierre luc marc michel jack dean james john jay rae belle ling mei".split()
)
"""Second halves of a double first name, as in Mary Ann."""
NO_SURNAME = frozenset(
    """btw lol lmao haha hiya hey hi hello xx xxx xo xoxo x pls plz thx ty omg idk tbh ngl imo irl brb tho bc u
    ur im ive dont cant wont didnt isnt wasnt youre theyre hes shes its thats whats hows ok okay yeah yep nope
    nah aye yes no and or but lovely said says told will may might can would could should who whom gave wants
    asked thinks tells reckons rang called just never always here there now then today tonight again from also
    too welcome thank thanks please mum dad nan rip aka recovering sober an a the is was has had does did gonna
    wanna xmas christmas everyone everybody all both""".split()
)
ART = frozenset(
    """reading read watching watched watch listening listened song songs film films book books album albums
    movie movies series show podcast by fan author singer actor actress novel novels poem poems music soundtrack
    episode tickets concert gig quote quotes biography documentary lyrics sings sang played play starring
    quoting""".split()
)
THINGS = frozenset(
    """hospital hospitals ward school college centre center house nurse nurses street road park trust foundation
    stadium airport clinic wing unit library pub arms hotel hall university church museum theatre album song
    film movie book show concert gig reruns tickets quotes fan fans vibes podcast charity syndrome disease scale
    test car shop store hospice ambulance society day lane avenue close court building cup sale advert books
    films songs""".split()
)
PETS = frozenset(
    """dog dogs cat cats car horse hamster rabbit bunny parrot budgie goldfish fish tortoise guinea puppy kitten
    depression anxiety plant teddy doll van boat bike hoover wheelchair stick tumour tumor illness ed anorexia
    pony donkey pig rat gerbil character vest walker scooter ghost demon monster dog's cat's car's""".split()
)


def speaks(draft: Draft, reading: Reading, policy: Policy) -> Says | None:
    """Holds."""
    level = policy.names
    if level is Level.OFF:
        return None
    if policy.words and _own_found(reading, policy.words):
        return Says.HOLD
    return Says.HOLD if _worth_a_look(reading) and _named(reading, level) else None


def _worth_a_look(reading: Reading) -> bool:
    """Cheap: whether something announces a name, two capitals stand together, or a first name stands where one may."""
    if "names" in reading.lists:
        return True
    text = reading.text
    if text != reading.folded:  # there may be a capital
        if CAPITALS.search(text):
            return True
        if "ranks" in reading.lists and CAPITAL_NEXT.search(text) and _ranked(reading):
            return True
    return not (reading.lists.isdisjoint(INTRODUCE) or reading.lexicon.known.rare_given.isdisjoint(reading.written))


def _ranked(reading: Reading) -> bool:
    """Whether a capital follows a rank, or the word after it."""
    text, ranks = reading.text, RANKS.intersection(reading.written)
    return not text.isascii() or any(
        re.search(rf"(?i:\b{rank})[.\s]{{1,9}}(?:\S{{1,40}}\s+)?{CAPITAL}", text) for rank in ranks
    )


def _own_found(reading: Reading, phrases: frozenset[str]) -> bool:
    own = _own(phrases, reading.lexicon)
    return any("own" in read(" ".join(view.words), own).lists for view in reading.views)


@lru_cache(maxsize=256)
def _own(words: frozenset[str], known: Lexicon) -> Lexicon:
    """The group's words, written as messages are read, ready to be looked for."""
    plain = {" ".join(known.plain(parted(fold(word)))) for word in words} - {""}
    return lexicon({"own": {(frozenset({word}),) for word in plain}})


def _named(reading: Reading, level: Level) -> bool:
    who = _Who(reading, level)
    last = SAYS_LAST.search(reading.folded) if "name" in reading.folded else None
    if last and last[1] not in NO_SURNAME and who.surname(last[1]) and who.real(len(who.plain)):
        return True
    return any(who.is_somebody(at) for at in who.candidates())


class _Who:
    """Looks for somebody's name among the words of one message."""

    def __init__(self, reading: Reading, level: Level) -> None:
        known = reading.lexicon.known
        self.ordinary, self.common, self.given, self.family = known.ordinary, known.common, known.given, known.family
        self.level = level
        text = reading.text.replace("’", "'").replace("`", "'")
        self.written: list[str] = WORD.findall(text)
        self.plain: list[str] = [*map(str.lower if text.isascii() else fold, self.written)]
        self.shouted = _shouted(text)
        view = reading.views[0]
        self.famous = {" ".join(view.words[slice(*span)]) for span in view.found.get("known", ())}

    def candidates(self) -> list[int]:
        """Where a first name or a title may stand: cheap, for most words are neither."""
        given, capital = self.given, [*map(str.isupper, [word[0] for word in self.written]), False]
        said = not SAYS_NAME.isdisjoint(self.plain)
        return [
            at
            for at, (word, before) in enumerate(zip(self.plain, ["", *self.plain], strict=False))
            if word in given
            or word in TITLED
            or (capital[at] and (capital[at + 1] or before in LEADING))
            or (said and before in LEADING)
            or "-" in word
        ]

    def is_somebody(self, at: int) -> bool:
        """Whether a full name begins with the word there."""
        first = self.plain[at]
        if first in TITLES or first in RANKS:
            return self.level is not Level.GENTLE and self._titled(at)
        if at + 1 == len(self.plain) or first in NO_SURNAME or len(first) < 2 or not first[0].isalpha():
            return False
        said, am = self._introduced(at)
        if not (said or self._given(first) or (self._capital(at) and (am or self._kin(at)))):
            return False
        last = next((one for one in self._after(at)[:2] if self._may_be(at, one, said=said, am=am)), None)
        if last is None or self._famous(at) or not self.real(at):
            return False
        return said or am or (self.level is not Level.GENTLE and not self._of_art(at))

    def real(self, at: int) -> bool:
        """Whether the name there is somebody's: not a pet's, a car's, a plant's."""
        return PETS.isdisjoint(self.plain[max(at - 6, 0) : at])

    def surname(self, word: str, *, small: bool = False) -> bool:
        """Whether a word can be a last name. `small`: it has no capital, and nothing says that it is a name."""
        if word in self.family or word.startswith(("o'", "mc")):
            return True
        return word not in (self.ordinary if small else self.common)

    def _given(self, word: str) -> bool:
        return word in self.given or word.split("-")[0] in self.given

    def _capital(self, at: int) -> bool:
        return self.written[at][0].isupper() and not self.shouted

    def _after(self, at: int) -> list[int]:
        """Where the last name of the first name there may be: middle names and particles passed over."""
        found: list[int] = []
        for index in range(at + 1, min(at + 5, len(self.plain))):
            word = self.plain[index]
            middle = self._capital(index) and index + 1 < len(self.plain) and self._capital(index + 1)
            if not word[0].isalpha() or (word in NO_SURNAME and not middle):
                break
            if word not in PARTICLES:
                found.append(index)
        return found

    def _introduced(self, at: int) -> tuple[bool, bool]:
        """Whether a name is announced before it ("my name is"), or it may be ("I am")."""
        before = self.plain[max(at - 4, 0) : at]
        while before and before[-1] in LINKS:
            linked = before.pop()
            if before and linked in {"is", "was"} and before[-1] in {"this", "it"}:
                return False, True
        return bool(before) and before[-1] in SAYS_NAME, bool(before) and before[-1] in I_AM

    def _may_be(self, at: int, last_at: int, *, said: bool, am: bool) -> bool:
        first, last = self.plain[at], self.plain[last_at]
        if len(last) < 2 or last in THINGS:
            return False
        given, capitals = self._given(first), self._capital(at) and self._capital(last_at)
        kin = self._kin(at)
        if last in self.given and last not in self.family:
            surname = (said or am or kin) and (last not in DOUBLES)
        else:
            surname = self.surname(last, small=not (said or capitals))
        if not surname:
            return False
        odd = first not in self.ordinary and first not in self.family
        if said:
            return given or odd
        if am or kin:
            return (given and (capitals or len(last) > 3)) or (capitals and odd)
        return capitals and given

    def _kin(self, at: int) -> bool:
        before = [word for word in self.plain[max(at - 3, 0) : at] if word not in LINKS]
        return bool(before) and before[-1] in KIN

    def _titled(self, at: int) -> bool:
        title = self.plain[at]
        after = [index for index in range(at + 1, min(at + 4, len(self.plain))) if self.plain[index] != "."]
        name = self.plain[after[0]] if after else ""
        if len(name) < 2 or not name[0].isalpha() or name in NO_SURNAME:
            return False
        if self._famous(at) or self._of_art(at) or not self.real(at):
            return False
        capital = self._capital(after[0])
        if name in self.given and len(after) > 1 and self._capital(after[1]) and self.plain[after[1]] not in NO_SURNAME:
            return True
        surname = name not in self.given and self.surname(name, small=not capital)
        if title in RANKS or (title == "miss" and not capital):
            return surname and capital and title != "miss" and (title != "major" or name in self.family)
        return surname or (name in OFTEN_LAST and capital)

    def _famous(self, at: int) -> bool:
        if self.level is Level.STRICT:
            return False
        pair = " ".join(self.plain[at : at + 2]).replace("'", "").replace("-", " ")
        return any(pair in one for one in self.famous)

    def _of_art(self, at: int) -> bool:
        """Whether the words around speak of a book, a song, a place named after somebody."""
        before, after = self.plain[max(at - 2, 0) : at], self.plain[at + 2 : at + 4]
        return before[-1:] in (["the"], ['"']) or not ART.isdisjoint(before) or not THINGS.isdisjoint(after)


def _shouted(text: str) -> bool:
    letters, beyond = text.encode("ascii", "ignore"), "".join(BEYOND.findall(text))
    more = sum(map(str.isupper, beyond)) - sum(map(str.islower, beyond))
    return len(letters.translate(None, LOWER)) + more > len(letters.translate(None, UPPER))


OFTEN_LAST = frozenset(
    "hussain hussein ali ahmed khan singh kaur thomas james george lewis mohammed hassan begum shah "
    "patel kumar ibrahim abdul "
    "omar malik rahman david henry martin simon arthur paul scott gordon graham craig ross lee allen frank".split()
)
"""First names that are as often last names."""
