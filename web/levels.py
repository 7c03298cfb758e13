"""What a group lets wait, in plain words, as a form shows it and reads it back."""

from chat.core.moderation.policy import NEW_MOST, SLOWEST, Level, Levels
from web.visit import Form

RULES = {
    "contact": (
        "Phone numbers, addresses, links",
        {
            Level.OFF: "Go through",
            Level.GENTLE: "Numbers, e-mail and links wait",
            Level.USUAL: "Names on other services and postal addresses wait, too",
            Level.STRICT: "Half a postcode, or a service named with “my”, waits, too",
        },
    ),
    "names": (
        "Last names, and words your group does not say",
        {
            Level.OFF: "Go through",
            Level.GENTLE: "“My name is …” with a last name waits",
            Level.USUAL: "Any first and last name waits",
            Level.STRICT: "Names everybody knows wait, too",
        },
    ),
    "hurt": (
        "Insults and slurs",
        {
            Level.OFF: "Go through",
            Level.GENTLE: "Slurs wait",
            Level.USUAL: "Insults against somebody here wait, too",
            Level.STRICT: "Insults about others wait, too",
        },
    ),
    "repeat": (
        "Walls of capitals, and the same again and again",
        {
            Level.OFF: "Go through",
            Level.GENTLE: "A long wall waits",
            Level.USUAL: "A wall waits; a third time goes back",
            Level.STRICT: "A short wall waits; a second time goes back",
        },
    ),
    "method": (
        "Ways to die or to do harm",
        {Level.OFF: "Go through", Level.USUAL: "Wait"},
    ),
    "alarm": (
        "Words of danger are never stopped. Facilitators hear at once, and the writer sees where help is",
        {
            Level.OFF: "No: nobody is told",
            Level.GENTLE: "For words beyond doubt",
            Level.USUAL: "Also for words that may be about danger",
            Level.STRICT: "Also for what was long ago",
        },
    ),
}
"""By rule: what it is about, and what each of its levels means."""
PACES = (0, 5, 10, 20, 30, 60, SLOWEST)
NEWCOMER = f"The first 0 to {NEW_MOST} messages of somebody new."


def as_typed(levels: Levels) -> dict[str, str]:
    """What stands in the form, by field."""
    chosen = {name: getattr(levels, name).value for name in RULES}
    return {**chosen, "newcomer": str(levels.newcomer), "review": "1" * levels.review, "pace": str(levels.pace)}


def read(form: Form, errors: dict[str, str]) -> Levels:
    """The levels as they were chosen; what is wrong with them goes into `errors`, by field."""
    newcomer = _whole(form("newcomer") or "0")
    if newcomer is None or newcomer > NEW_MOST:
        errors["newcomer"] = NEWCOMER
        newcomer = 0
    pace = _whole(form("pace")) or 0
    chosen = {name: _level(form(name)) for name in RULES}
    return Levels(**chosen, newcomer=newcomer, review=bool(form("review")), pace=min(pace, SLOWEST))


def _level(typed: str) -> Level:
    """A form that does not say, or was made by somebody else's page, leaves it as usual."""
    return Level(typed) if typed in set(Level) else Level.USUAL


def _whole(typed: str) -> int | None:
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) <= 3 else None
