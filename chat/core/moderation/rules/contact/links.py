"""E-mail and web addresses, also with the dots and signs spelled out or pulled apart."""

import re

from chat.core.moderation.lexicon import Known

PROVIDERS = (
    "gmail|googlemail|yahoo|ymail|hotmail|outlook|live|msn|icloud|me|mac|aol|proton|protonmail|pm|"
    "tutanota|tuta|gmx|web|"
    "mail|zoho|fastmail|btinternet|sky|virginmedia|talktalk|ntlworld|orange|free|wanadoo|t-online|posteo|hey|yandex|qq|"
    "duck|mailbox|comcast|verizon|att|rocketmail|hushmail"
)
AT = r"\s*(?:@|[(\[{<]\s*(?:at|a|@)\s*[)\]}>]|\s-?at-?\s|\s*\bat the\b\s)\s*"
DOT = r"\s*(?:\.|[(\[{<]\s*(?:dot|punkt|punto|\.)\s*[)\]}>]|\s-?(?:dot|punkt|punto|d0t)-?\s)\s*"
ENDS = "com|org|net|edu|gov|info|biz|io|dev|xyz|example|eu|uk|ie|au|nz|fr|ch|dk|nl|pl|gg|ly|gl|tv|cc|ru|cn|jp|br|mx"
"""Ends of host names that are no words somebody might go on with after a full stop."""
WORDS_TOO = (
    "me|it|is|at|be|so|to|am|my|no|in|as|do|de|es|id|la|st|pt|ps|hm|how|now|one|best|love|help|cafe|"
    "fun|top|men|work|im|us|ca|se|"
    "ai|co|fm|tk|app|online|site|club|shop|blog|chat|group|health|care|life|live|link|page|website|"
    "space|store|tech|today|world|"
    "community|support|social|network|foundation"
)
"""Ends that are: these count with something after a stroke, or behind a name that is no word."""

EMAIL = re.compile(rf"[a-z0-9](?:(?![a-z0-9])[\w.+\-])*\s?@\s?[a-z0-9-]+(?:{DOT}[a-z0-9-]+)*{DOT}[a-z]{{2,}}")
SPELLED = re.compile(rf"\w{AT}(?:{PROVIDERS}|[a-z0-9-]{{3,}}){DOT}(?:{ENDS}|me|de|es|it)\b")
AT_PROVIDER = re.compile(
    r"(?:@\s?|\w\s+at\s+|\(at\)\s?)(?:gmail|googlemail|hotmail|outlook|yahoo|icloud|protonmail|proton|"
    r"aol|btinternet|gmx)\b"
)
SCHEME = re.compile(
    r"\b(?:h(?:tt|xx|\*\*)ps?|ftp|mailto|tel|sms|skype)\s*(?::|\bcolon\b)\s*(?:/|slash|\w)|\bwww(?:\s|\.)\s*\w"
)
LABEL = "[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
"""One part of a host name: as long as it may be (RFC 1035), so that a row of strokes is not read again and again."""
HOST = re.compile(rf"(?<![\w@.])(?:{LABEL}\.)+(?:{ENDS})(?![\w-]|\.[a-z])")
PATH = re.compile(rf"(?<![\w@.])(?:{LABEL}\.)+(?:{ENDS}|{WORDS_TOO})/[\w@#?~%-]")
ODD = re.compile(rf"(?<![\w@.])([a-z0-9.-]{{5,100}})\.(?:{WORDS_TOO})(?![\w-]|\.[a-z])")
SHORT = re.compile(r"\b(?:youtu\.be|t\.me|wa\.me|discord\.gg|paypal\.me|bit\.ly|fb\.me|ko-fi|linktr\.ee|cash\.app)\b")
DOT_SPELLED = re.compile(
    r"[a-z0-9-]{2}\s*(?:\sdot\s|\(dot\)|\[dot\]|\{dot\}|<dot>|\.\s(?=com\b)|\s\.\s?)\s*"
    r"(?:com|org|net|info|co(?:\s*(?:dot|\.)\s*uk)?|gg|io|app|me\s*(?:/|slash))\b"
)
SLASHED = re.compile(r"\bslash slash\b|\bdot \w+ slash\b")
HIDDEN = re.compile(r"\]\(\s*\w|<a\s+href")


MAIL_SIGNS = ("@", "dot", "gmail", "hotmail", "yahoo", "outlook", "icloud", "proton", "googlemail")
LINK_SIGNS = ("://", "http", "hxxp", "www", "mailto", "slash", "](", "href", "tel:", "sms:")
JOINED = re.compile(r"\.\w")


def found(folded: str, known: Known) -> bool:
    """Whether an address stands in a folded text. Those of helplines may."""
    if not _in(folded, known):
        return False
    for host in known.hosts:
        folded = re.sub(
            rf"(?<![\w@.-])(?:https?://)?(?:www\.)?{re.escape(host)}(?![\w-]|\.\w)(?:/[\w/.-]*)?", " ", folded
        )
    return _in(folded, known)


def _in(folded: str, known: Known) -> bool:
    if any([sign in folded for sign in MAIL_SIGNS]) and _mail(folded):
        return True
    if JOINED.search(folded) and (
        HOST.search(folded) or PATH.search(folded) or SHORT.search(folded) or _odd(folded, known)
    ):
        return True
    if any([sign in folded for sign in LINK_SIGNS]):
        return any(one.search(folded) for one in (SCHEME, SLASHED, HIDDEN))
    return ("dot" in folded or " ." in folded or ". com" in folded) and bool(DOT_SPELLED.search(folded))


def _mail(folded: str) -> bool:
    return any(one.search(folded) for one in (EMAIL, SPELLED, AT_PROVIDER))


def _odd(folded: str, known: Known) -> bool:
    return any(not (one[1] in known.ordinary or one[1] in known.given) for one in ODD.finditer(folded))
