"""A name on a service: "my insta is ...", "add me on ...", "same name as here", `@somebody_77`."""

import re

from chat.core.moderation.reading import Reading

SERVICES = (
    "insta|instagram|ig|facebook|fb|snap|snapchat|snapchats|sc|whatsapp|whats app|wattsapp|watsapp|"
    "wats app|telegram|tele|"
    "signal|discord|disc|tiktok|tik tok|tt|twitter|x|twitter/x|threads|bluesky|bsky|mastodon|reddit|"
    "kik|skype|viber|wechat|"
    "line|messenger|linkedin|linked in|tumblr|pinterest|youtube|yt|twitch|steam|psn|xbox|gamertag|"
    "gamer tag|roblox|minecraft|"
    "epic|fortnite|venmo|paypal|cashapp|cash app|monzo|revolut|onlyfans|patreon|substack|spotify|"
    "vsco|bereal|omegle|tinder|"
    "grindr|bumble|hinge|slack|zoom|teams|facetime|imessage|yubo|wizz|session|matrix|icq|vk|ravelry|"
    "letterboxd|goodreads|"
    "strava|duolingo|soundcloud|bandcamp|github|tellonym|ngl|username|user name|handle|"
    "curiouscat|switch|nintendo|telegramm|"
    "email|gmail|e-mail|hotmail"
)
PLAIN = "email|gmail|e-mail|hotmail"
TALK = frozenset(
    """a an the and or but so not no is are was were has have had full of private gone deleted dead down locked
    closed driving making killing too really blank quiet boring depressing always never just all on off in for
    with about to from at my your his her their our its it i me you we they he she that this there these those
    what when where who how why because then than very more most only even ever still already again now today
    tonight yesterday tomorrow please thanks thank group groups post posts page pages account accounts app apps
    feed story stories video videos message messages chat chats call calls friend friends request requests live
    lives reels reel memories memory photos photo picture pictures picures status profile notification
    notifications ads people family everyone someone nobody stuff thing things time times day days night every
    each other same different new old good bad great best worst nice awful toxic poison evil free fun hard mean
    cruel sad happy full makes made gives gave got get gets getting does did do dont doesnt didnt isnt wasnt
    wont cant can could would should will may might must up out over under into after before while until since
    like love hate miss need want use used uses using try tried see saw seen look looks looking watch watching
    watched scroll scrolling scrolled check checking checked post posting posted delete deleting left leave quit
    join joined anymore any anyone anything something nothing everything addict addiction break breaks detox
    full-time offline online support work works working family's broke broken hacked banned suspended drama
    drains draining haters hell trash rubbish bin fire if as by says said shows showed keeps kept feels felt
    went goes going came comes""".split()
)
"""What goes on after a service in talk about it, and is nobody's name."""
HANDLE = r"[@]?[\w][\w.\-]*[\w]|@\w+"
OWNED = re.compile(
    rf"\b(?:my|our|the)\s+(?:{SERVICES})(?:'?s)?\s*(?:handle|user\s?name|user|name|id|tag|account|"
    rf"profile|page|@|code|number|group code)?"
    rf"\s*(?:is|=|:|-|–|its|it's|:-|~|->|called|under|as)*\s*({HANDLE})(?=$|[\s,.!?;)])(?P<rest>[^.!?\n]*)"
)
MARKED = re.compile(
    rf"\b(?:{SERVICES})\s*(?:handle|user\s?name|name|id|tag|account|group code|code)?\s*(?::|=|->|~|"
    rf"\s-\s|@|\s+is\s+|\s+me\s+)\s*({HANDLE})(?=$|[\s,.!?;)])"
    rf"(?P<rest>[^.!?\n]*)"
)
COME = re.compile(
    rf"\b(?:find|add|follow|dm|pm|message|msg|text|inbox|ping|reach|contact|get|look|hit|call|ring|"
    rf"catch|search|friend|request|"
    rf"facetime|i'?m|i am|im|were|we'?re|hmu)\s+(?:me|us|for me|me up|us up|up|hold of me|to me|up "
    rf"me)?\s*(?:back\s+|up\s+)?(?:on|in|over on|via|thru|through|at|"
    rf"under)\s+(?:my\s+)?(?:{SERVICES})\b"
)
VERB = re.compile(
    r"\b(?:facebook|fb|insta|snap|whatsapp|whats app|kik|venmo|paypal|skype|viber|dm|telegram|discord|"
    r"zoom|facetime|cashapp)\s+me\b"
)
NAMED_VERB = re.compile(
    r"\b(?:kik|venmo|paypal|snap|facebook|fb|insta|skype|dm|cashapp|discord)\s+me\b\W+(?:at\s+|on\s+|@)?[\w@]+"
)
SAME = re.compile(
    r"\bsame (?:name|user\s?name|handle|nickname|nick|spelling|as here|as on here|as in here|as my "
    r"name)\b|\b(?:same|name) as (?:on )?here\b"
)
AT_HANDLE = re.compile(r"(?<![\w@])@(?=\w*[\d_.])(?=\w*[a-z])[\w][\w.]{2,}\w")
NUMBERED = re.compile(r"\b[a-z]\w{2,}#\d{4}\b|\blive:\w|(?<!\w)/?u/\w{3,}|(?<!\w)/?r/\w{3,}\b(?=.*\bgroup|.*\bme\b)")
NUMBERED_SIGNS = ("#", "live:", "u/", "r/")
"""Without one of these there is none of those."""
LIKE_A_HANDLE = re.compile(r"(?=.*[a-z])(?=.*[\d_.@])[@\w.\-]{4,}|xx\w+xx")
NOTED = re.compile(r"\b(?:code|link|invite|server)\b\W+(?:is\W+)?(?=\w*\d)(?=\w*[a-z])\w{6,}")


def found(reading: Reading, *, strict: bool) -> bool:
    """Whether the message, which names a service, says who one is there."""
    text = reading.folded
    if COME.search(text) and not re.search(
        r"\b(?:can|could|shall|should|do|does|is it ok|are we|anyone|who)\b[^.!]*\?", text
    ):
        return True
    if SAME.search(text) or (NAMED_VERB.search(text) and _handles(text)):
        return True
    for one in (*OWNED.finditer(text), *MARKED.finditer(text)):
        name, rest = one[1], one["rest"].split()
        if LIKE_A_HANDLE.fullmatch(name) or "@" in name:
            return True
        if name.strip(".-_") not in TALK and _is_name(name, reading) and len(rest) <= 8:
            return True
    if NOTED.search(text) or _near(text):
        return True
    return strict and bool(VERB.search(text) or re.search(rf"\b(?:my)\s+(?:{SERVICES})\b", text))


def named(folded: str) -> bool:
    """Whether there is a name that can only be one on a service."""
    if "@" in folded and AT_HANDLE.search(folded):
        return True
    if any([sign in folded for sign in NUMBERED_SIGNS]) and NUMBERED.search(folded):
        return True
    return "what3words" in folded or "///" in folded


def _handles(text: str) -> bool:
    return any(word.strip(".,!?") not in TALK for word in text.split())


def _is_name(name: str, reading: Reading) -> bool:
    """A word that is not one of the language; or a plain one, where nothing else follows."""
    return name not in reading.lexicon.known.ordinary or name in reading.lexicon.known.given


def _near(text: str) -> bool:
    """A service and, within a few words, something that only looks like a name on one."""
    words = re.findall(r"[@\w.\-#]+", text)
    at = [i for i, word in enumerate(words) if re.fullmatch(SERVICES, word)]
    return any(
        LIKE_A_HANDLE.fullmatch(word.strip(".-"))
        and not re.fullmatch(r"[\d.:]+\w{0,2}|\w+\.\w+\.?|\w\d+", word.strip("."))
        for i in at
        for word in words[max(i - 4, 0) : i + 7]
    )
