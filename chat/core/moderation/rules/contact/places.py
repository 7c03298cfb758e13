"""A door one can knock at: a whole postcode, a number with a street, a box at the post office."""

import re

from chat.core.moderation.reading import Reading

AREAS = (
    "ab|al|b|ba|bb|bd|bf|bh|bl|bn|br|bs|bt|ca|cb|cf|ch|cm|co|cr|ct|cv|cw|da|dd|de|dg|dh|dl|dn|dt|dy|"
    "e|ec|eh|en|ex|fk|fy|g|gl|"
    "gu|gy|ha|hd|hg|hp|hr|hs|hu|hx|ig|im|ip|iv|je|ka|kt|kw|ky|l|la|ld|le|ll|ln|ls|lu|m|me|mk|ml|n|ne|"
    "ng|nn|np|nr|nw|ol|ox|pa|"
    "pe|ph|pl|po|pr|rg|rh|rm|s|sa|se|sg|sk|sl|sm|sn|so|sp|sr|ss|st|sw|sy|ta|td|tf|tn|tq|tr|ts|tw|ub|"
    "w|wa|wc|wd|wf|wn|wr|ws|wv|"
    "yo|ze"
)
BRITISH = re.compile(
    rf"\b(?:{AREAS})\s?\d[a-z\d]?\s{{0,2}}\d(?!st\b|nd\b|rd\b|th\b|hr\b|yr\b|ft\b|pt\b|gp\b|ds\b|xs\b|"
    rf"lb\b|pg\b|ml\b|am\b|pm\b|ps\b)"
    r"[abd-hjlnp-uw-z]{2}\b"
)
HALF = re.compile(rf"\b(?:{AREAS})\d[a-z\d]?\b")
IRISH = re.compile(r"\b(?:[ac-fhknprtv-y]\d\d|d6w)\s?(?=[a-z]*\d)[ac-fhknprtv-z\d]{4}\b")
CANADIAN = re.compile(r"\b[abceghj-nprstvxy]\d[abceghj-nprstv-z]\s?\d[abceghj-nprstv-z]\d\b")
STATES = (
    "al|ak|az|ar|ca|co|ct|de|fl|ga|hi|id|il|in|ia|ks|ky|la|me|md|ma|mi|mn|ms|mo|mt|ne|nv|nh|nj|nm|ny|"
    "nc|nd|oh|ok|or|pa|ri|sc|sd|"
    "tn|tx|ut|vt|va|wa|wv|wi|wy|dc"
)
AMERICAN = re.compile(rf"\b\d{{5}}-\d{{4}}\b|\b(?:{STATES}),?\s+\d{{5}}\b")
SAID_TO_BE = re.compile(
    r"\b(?:zip|zip\s?code|post\s?code|postal code|plz|postleitzahl|codigo postal|cp|"
    r"eircode)\b\W*(?:(?:is|es|ist)\b\W*)?(?=\w*\d)[a-z\d]{3,8}\b"
    r"|\b\d{4,5}\s(?:is|was)\s(?:my|our|his|her|the)\s(?:zip|post\s?code|plz)"
)
CALLED = ("zip", "code", "plz", "leitzahl", "postal", " cp ")
GERMAN = re.compile(r"(?<![\d.,£$€-])\d{5}\s+[A-ZÄÖÜ][a-zäöüß]{3,}\b(?!\s+(?:times|people|steps))")
BOX = re.compile(r"\bp\.?\s?o\.?\s?box\s+\d+|\bpostfach\s+\d+|\bapartado\s+\d+")

SURE = (
    "road|rd|street|avenue|ave|av|lane|ln|crescent|cres|terrace|mews|boulevard|blvd|gardens|gdns|cul "
    "de sac|highway|hwy|parkway|"
    "pkwy|turnpike|alley|esplanade|promenade"
)
"""Words that, after a number and a name, can only be a street."""
MAYBE = (
    "st|close|drive|dr|court|ct|place|pl|way|grove|square|sq|yard|hill|walk|row|park|gate|green|view|"
    "rise|circle|cir|trail|house|"
    "lodge|heights|wharf|quay|villas|cottages|cottage|flats|estate|parade|croft|meadow|fold|bank|end|"
    "vale|loop|point|ridge|buildings"
)
"""Words that are much else besides: these count with capitals, or where the message says that it is an address."""
NUMBER = r"(?<![\d.,:£$€/-])\d{1,5}\s?[a-h]?"
NO_NAME = frozenset(
    """minute minutes min mins hour hours hr hrs day days week weeks month months year years mile miles km metre
    metres step steps time times people kids children of in on to the a an from and for per more or at very
    really my your his her their different other lanes roads streets bus buses train trains stops pm am mg ml kg
    lbs stone percent days' weeks' years' day's long short quick big small little new old good bad nice lovely
    same each every down along up across off out away is was are were it that this which i we he she they you
    friends mates men women cars houses dogs cats car person st'' o'clock with without than over under about
    into by near after before then so but not no if because when while until since k x down walked drove walk
    drive still just till until went go going doors""".split()
)
STREET = re.compile(
    rf"{NUMBER}[\s,]+((?:[a-z'.-]+[\s,]+){{1,4}}?)({SURE}|{MAYBE})\b(?!'?s\b(?!\s+(?:road|street)))", re.I
)
AFTER = re.compile(rf"[a-z]\s(?:{SURE})\W+(?:number|no|nr|#)\.?\s*\d{{1,4}}\b")
ABROAD = re.compile(
    r"\b\w*(?:stra(?:ss|ß)e|str\.|weg|platz|allee|gasse|ufer|damm)\s+\d{1,4}\s?[a-h]?\b"
    r"|\b(?:calle|c/|avda\.?|avenida|plaza|paseo|carrer|via|viale|piazza|"
    r"rua)\s+(?:\w+\s+){1,5}?(?:n[ºo°.]?\s*)?,?\s*\d{1,4}\b"
    r"|\b\d{1,4}\s?(?:bis|ter)?,?\s+(?:rue|avenue|boulevard|chemin|impasse|allee)\s+\w+"
)
ELSEWHERE = (
    "strasse", "str. ", "weg ", "platz ", "allee", "gasse ", "ufer ", "damm ", "calle ", "c/", "avda", "avenida",
    "plaza ", "paseo", "carrer", " via ", "piazza", "rua ", " rue ", "boulevard", "chemin", "impasse",
)  # fmt: skip
DOOR = re.compile(
    r"\b(?:flat|apt|apartment|unit|suite|room)\s*\d{1,4}[a-h]?,?\s+(?:[a-z']+\s+){1,3}(?:house|court|"
    r"lodge|tower|towers|heights|building|buildings|point|mansions|block)\b"
)
SAYS_WHERE = re.compile(
    r"\b(?:address|live at|lives at|living at|i'?m at|im at|i am at|come (?:round|over|to|by)|flat|"
    r"apt|apartment|unit|meet (?:at|us)|we meet|"
    r"find (?:me|us|him|her) at|house number|pop (?:round|in)|moved to|staying at|hes at|he'?s at|"
    r"she'?s at|shes at|send (?:it|them) to|post (?:it|them) to|wake at|"
    r"visit (?:me|us)|knock)\b"
)


INWARD = re.compile(r"\d[a-z]{2}(?![a-z\d])")
CODED = re.compile(r"\d(?<=[a-z]\d)")
FIVE = re.compile(r"\d{5}")
NUMBERS = re.compile(r"\d{1,5}")


def found(reading: Reading, *, strict: bool) -> bool:
    """Whether somebody could go there, or write. There is a digit in it."""
    folded = reading.folded
    if INWARD.search(folded) and BRITISH.search(folded):
        return True
    if CODED.search(folded) and (IRISH.search(folded) or CANADIAN.search(folded) or (strict and HALF.search(folded))):
        return True
    if FIVE.search(folded) and (AMERICAN.search(folded) or (GERMAN.search(reading.text) and SAYS_WHERE.search(folded))):
        return True
    if any([word in folded for word in CALLED]) and SAID_TO_BE.search(folded):
        return True
    if "box" in folded or "postfach" in folded or "apartado" in folded:
        if BOX.search(folded):
            return True
    return bool(_at_a_door(reading))


def _at_a_door(reading: Reading) -> bool:
    """A number with a street before or after it."""
    folded, text = reading.folded, reading.text
    if any([word in folded for word in ELSEWHERE]) and ABROAD.search(folded):
        return True
    if any([word in folded for word in (" number", " no ", " no.", " nr", "#")]) and AFTER.search(folded):
        return True
    if any([word in folded for word in ("flat", "apt", "apart", "unit", "suite")]) and DOOR.search(folded):
        return True
    starts = (number.start() for number in NUMBERS.finditer(text))
    return any(_street(one, reading) for start in starts if (one := STREET.match(text, start)))


def _street(one: re.Match[str], reading: Reading) -> bool:
    names, kind = one[1].replace(",", " ").split(), one[2]
    if not names or NO_NAME.intersection(name.lower() for name in names):
        return False
    if re.fullmatch(SURE, kind.lower()):
        return True
    capitals = kind[0].isupper() and all(name[0].isupper() for name in names) and not reading.text.isupper()
    return capitals or bool(SAYS_WHERE.search(reading.folded))
