"""What somebody who tries the room may have meant. Coarse on purpose: it chooses a kind answer, nothing else."""

import re
from enum import StrEnum


class Meaning(StrEnum):
    """What a companion answers to. The words themselves are not remembered."""

    DANGER = "danger"
    SCRIPTED = "scripted"
    """They ask whether anybody is real here."""
    HEAVY = "heavy"
    GREETING = "greeting"
    FAREWELL = "farewell"
    THANKS = "thanks"
    ASKED = "asked"
    """How somebody is."""
    QUESTION = "question"
    PLAIN = "plain"
    ARRIVAL = "arrival"
    HAND = "hand"
    QUIET = "quiet"
    """Nothing was said for long."""
    UNMUTED = "unmuted"
    RETRACTED = "retracted"
    RESUMED = "resumed"
    REOPENED = "reopened"
    """The facilitator's companion ends a pause that nobody is there to end."""


def _any_of(*words: str) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{'|'.join(words)})\b", re.IGNORECASE)


_DANGER = _any_of(
    r"suicid\w*", r"kill(?:ing)? (?:myself|me)", r"end (?:it all|my life|it)", r"take my (?:own )?life",
    r"(?:hurt|harm|cut)(?:ing|ting)? myself", r"self.?harm\w*", r"overdose\w*",
    r"(?:don'?t|do not|didn'?t) (?:want|wish) to (?:live|be here|be alive|wake up|exist|go on)",
    r"(?:want|wanted|wish i was|wish i were|rather be) (?:to die|dead)", r"better off (?:dead|without me)",
    r"no (?:reason|point) (?:to live|in living)", r"can(?:'?t|not) go on",
)  # fmt: skip
_SCRIPTED = _any_of(
    r"are (?:you|you all|they|these|any of you) (?:\w+ )?(?:real|bots?|robots?|scripted|scripts|people|humans?|an? ai)",
    r"is (?:this|anyone|anybody|everyone) (?:\w+ )?(?:real|bots?|scripted|an? bot|a demo|a person|human)",
    r"(?:chat)?bots?",
    r"chatgpt",
)
_HEAVY = _any_of(
    r"sad(?:ly|ness)?", r"lonely", r"alone", r"exhaust\w*", r"tired", r"grie\w+", r"died", r"death", r"lost my",
    r"cry(?:ing)?", r"cried", r"scared", r"afraid", r"frighten\w*", r"anxious", r"anxiety", r"panic\w*", r"worr\w+",
    r"hopeless", r"helpless", r"worthless", r"struggl\w*", r"overwhelm\w*", r"awful", r"terrible", r"horrible",
    r"depress\w*", r"numb", r"ashamed", r"guilty", r"angry", r"miss (?:him|her|them|you|my)", r"hurts?", r"unhappy",
    r"hard (?:day|week|time|month|year)", r"(?:it'?s|is|been|was) (?:\w+ )?hard", r"too much", r"can'?t (?:cope|sleep)",
    r"(?:feel\w*|been|am|i'?m) (?:\w+ )?(?:low|down|rubbish|rough|empty|stuck|bad)", r"broke up", r"fail\w*",
)  # fmt: skip
_GREETING = re.compile(
    r"^\W*(?:hi+|hey+|hello+|hiya|hallo|howdy|greetings|(?:good )?(?:morning|afternoon|evening|day))\b", re.IGNORECASE
)
_HOW = _any_of(r"how(?: are|'s|'re| is| was| were) (?:you|everyone|everybody|it|things|life|we|your|the week)")
_FAREWELL = _any_of(
    r"bye(?: bye)?", r"goodbye", r"good ?night", r"see you", r"(?:have|need|got) to (?:go|leave)", r"(?:i'?m|am) off"
)
_THANKS = _any_of(r"thanks", r"thank you", r"thank u", r"ta", r"cheers")
_LONG_GREETING = 60
"""Characters; a longer message that begins with hello says something else, too."""


def understand(text: str, *, to_somebody: bool = False) -> Meaning:
    """The meaning that most needs an answer; what could be danger before everything else.

    `to_somebody`: a question is to those who are here, not to the world.
    """
    said = text.replace("\u2019", "'")
    for meaning, pattern in ((Meaning.DANGER, _DANGER), (Meaning.SCRIPTED, _SCRIPTED), (Meaning.HEAVY, _HEAVY)):
        if pattern.search(said):
            return meaning
    if _GREETING.match(said) and len(said) <= _LONG_GREETING:
        return Meaning.GREETING
    if "?" in said:
        return Meaning.ASKED if to_somebody or _HOW.search(said) else Meaning.QUESTION
    if len(said) <= _LONG_GREETING:
        for meaning, pattern in ((Meaning.FAREWELL, _FAREWELL), (Meaning.THANKS, _THANKS)):
            if pattern.search(said):
                return meaning
    return Meaning.GREETING if _GREETING.match(said) else Meaning.PLAIN


def speaks_to(text: str, name: str) -> bool:
    """Whether `name` is used in the text."""
    return re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text, re.IGNORECASE) is not None
