"""A telephone number, however it is written, and as little else as can be.

The shape decides first, so that ranges kept for fiction count, too (validators call these invalid, people do not). What
has no sure shape counts if it is a valid number somewhere near (libphonenumber's plans), or if it is long enough and
the message asks to be called.
"""

import re

import phonenumbers

from chat.core.moderation.lexicon import Known

SPELT = (
    "0 zero oh o nought naught null cero 1 one wun uno eins 2 two dos zwei zwo 3 three tres drei 4 four cuatro vier "
    "5 five cinco 6 six seis sechs 7 seven siete sieben 8 eight ocho acht 9 nine nueve neun"
)
DIGITS = {word: each[0] for each in re.findall(r"\d[^\d]+", SPELT) for word in each[1:].split()}
TIMES = {"double": 2, "triple": 3, "treble": 3, "doble": 2}
TENS = dict(zip("twenty thirty forty fifty sixty seventy eighty ninety".split(), "23456789", strict=True))
SPELLED = re.compile(r"[a-z]+|\d|\+")
DATE = re.compile(
    r"(?<!\d)(?:(?:19|20)\d\d[-/.](?:0?[1-9]|1[0-2])[-/.](?:0?[1-9]|[12]\d|3[01])"
    r"|(?:0?[1-9]|[12]\d|3[01])[-/. ](?:0?[1-9]|1[0-2])[-/. ](?:(?:19|20)\d\d|\d\d))(?!\d| \d)"
    r"|(?<!\d)(?:19|20)\d\d ?- ?(?:19|20)\d\d(?!\d)|\d{1,2}[:.]\d\d(?![\d.-])"
)
"""Dates, spans of years, times."""
RUN = re.compile(r"(?<![\d£$€.,#:])(?:\+|00)?[(\[]?\d(?:[\s().\-/\[\]_~*|·•+]{0,3}\d){6,}(?![\d%:]|,\d)")
"""Seven digits or more, and what people put between them."""
O_FOR_ZERO = re.compile(r"(?<![a-z])[o0-9][o0-9 .\-]{7,}(?![a-z])")
GROUPS = re.compile(r"\d+")
EVERYBODYS = re.compile(
    r"(?:44|0044|0)?(?:0?800|0?808|0?500|0?30[03]|0?33[03]|0?34[345]|0?845|0?870)\d{4,7}|1?8(?:00|33|"
    r"44|55|66|77|88)[2-9]\d{6}|1[38]00\d{6}|13\d{4}"
)
"""Free and office numbers: an organisation's, never a member's."""
NORTH_AMERICAN = re.compile(r"1?[2-9]\d\d[2-9]\d{6}")
NEAR = (
    "GB",
    "IE",
    "US",
    "AU",
    "NZ",
    "ZA",
    "IN",
    "ES",
    "DE",
    "FR",
    "IT",
    "PT",
    "PL",
    "NL",
    "BE",
    "CH",
    "AT",
    "MX",
    "SE",
    "NO",
    "DK",
)
ENDING = re.compile(r"\b(?:ending|ends|starts|starting|begins|beginning)\b.{0,20}?\d{3}(?: ?\d{2,4})?\b")


def found(folded: str, *, spelled: bool, known: Known, asked: bool) -> bool:
    """Whether a number to call stands in a folded text. `asked`: the message speaks of calling, texting, numbers."""
    texts = [_as_digits(folded)] if spelled else []
    if "o" in folded and (swapped := O_FOR_ZERO.search(folded)) and "o" in swapped[0]:
        texts.append(folded.replace("o", "0"))
    if any(_in(text, known, asked) for text in (folded, *texts)):
        return True
    return asked and bool(re.search(r"\b07\d\d\d", folded)) and bool(ENDING.search(folded))


def _in(text: str, known: Known, asked: bool) -> bool:
    return any(_callable(run[0], known, asked) for run in RUN.finditer(DATE.sub(" x ", text)))


def _callable(run: str, known: Known, asked: bool) -> bool:
    digits, groups = re.sub(r"\D", "", run), GROUPS.findall(run)
    if digits in known.numbers or EVERYBODYS.fullmatch(digits) or not 7 <= len(digits) <= 16:
        return False
    alone = all(len(group) == 1 for group in groups)
    if not alone and len(groups) > 6 and not asked:  # a row of measurements
        return False
    if run[0] == "+" or digits.startswith("00"):
        return len(digits) >= 9
    if digits[0] == "0":
        return 9 <= len(digits) <= 12
    if NORTH_AMERICAN.fullmatch(digits) and (asked or [*map(len, groups)][-3:] == [3, 3, 4] or groups == [digits]):
        return True
    if [*map(len, groups)] == [3, 4] and (groups[0] == "555" or asked):
        return True
    if alone:  # a row of moods
        return asked and len(digits) >= 9
    if asked:
        return len(digits) >= 7
    rounded = all(group.endswith("0") for group in groups)
    return len(digits) >= 9 and not rounded and len(groups) <= 5 and _valid(digits)


def _valid(digits: str) -> bool:
    for region in NEAR:
        try:
            number = phonenumbers.parse(digits, region)
        except phonenumbers.NumberParseException:
            continue
        if phonenumbers.is_valid_number_for_region(number, region):
            return True
    return False


def dialled(number: str, country: str) -> set[str]:
    """The digits of a number as it is written, from within its country (two letters), and from abroad."""
    digits = re.sub(r"\D", "", number)
    try:
        known = phonenumbers.parse(number, country)
    except phonenumbers.NumberParseException:
        return {digits}
    if not phonenumbers.is_possible_number(known):  # a short one, known within its country alone
        return {digits}
    abroad = f"{known.country_code}{phonenumbers.national_significant_number(known)}"
    home = phonenumbers.format_number(known, phonenumbers.PhoneNumberFormat.NATIONAL)
    return {digits, re.sub(r"\D", "", home), abroad, f"00{abroad}"}


def _as_digits(folded: str) -> str:
    """The text with its spelled digits written as such: "double oh, nine" becomes 009."""
    written: list[str] = []
    times = 1
    for word in SPELLED.findall(folded):
        if word in TIMES:
            times = TIMES[word]
            continue
        if word == "hundred":
            written.append("00")
            continue
        digit = DIGITS.get(word, TENS.get(word, word if word.isdigit() or word == "+" else ""))
        written.append(digit * times if digit else " x ")
        times = 1
    return "".join(written)
