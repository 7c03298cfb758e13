"""Of a group's customs: which steps facilitators take with somebody, and the content notes that are ready."""

from msgspec.structs import replace

from chat.core.customs import BAR_MOST, MUTE_MOST, TOPIC_MAX, TOPICS_MAX, Customs, Step
from web.visit import Form

STEPS = {
    Step.NUDGE: "A kind card, seen by one person alone",
    Step.MUTE: "Mute somebody for a while",
    Step.BAR: "Ask somebody to stay away for some weeks",
}
MINUTES = f"A mute lasts from 1 to {MUTE_MOST} minutes."
WEEKS = f"Staying away lasts from 0 to {BAR_MOST} weeks; 0 means until a facilitator lifts it."
TOPICS = f"There is room for {TOPICS_MAX} topics, a line each, of at most {TOPIC_MAX} characters."
_USUAL = Customs()


def as_typed(customs: Customs) -> dict[str, str]:
    """What stands in the form, by field."""
    steps = {f"step-{step.value}": "yes" if step in customs.steps else "no" for step in Step}
    lengths = {"mute_minutes": str(customs.mute_minutes), "bar_weeks": str(customs.bar_weeks)}
    return {**steps, **lengths, "topics": "\n".join(customs.topics)}


def read(form: Form, customs: Customs, errors: dict[str, str]) -> Customs:
    """`customs` with what was typed; what is wrong with it goes into `errors`, by field. Nothing typed: as usual."""
    steps = tuple(step for step in Step if form(f"step-{step.value}") != "no")
    topics = tuple(line for each in form("topics").splitlines() if (line := " ".join(each.split())))
    if len(topics) > TOPICS_MAX or any(len(topic) > TOPIC_MAX for topic in topics):
        errors["topics"] = TOPICS
    minutes = _number(form, "mute_minutes", _USUAL.mute_minutes, 1, MUTE_MOST)
    weeks = _number(form, "bar_weeks", _USUAL.bar_weeks, 0, BAR_MOST)
    if minutes is None:
        errors["mute_minutes"] = MINUTES
    if weeks is None:
        errors["bar_weeks"] = WEEKS
    if errors or minutes is None or weeks is None:
        return customs
    return replace(customs, steps=steps, mute_minutes=minutes, bar_weeks=weeks, topics=topics or _USUAL.topics)


def _number(form: Form, name: str, usual: int, least: int, most: int) -> int | None:
    if not form(name):
        return usual
    number = form.whole(name)
    return number if number is not None and least <= number <= most else None
