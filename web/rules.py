"""What the rules would do with a sentence: for `hearth rules try`, and for a group that tries its own."""

from collections.abc import Iterator
from typing import assert_never

import msgspec

from chat.core.moderation.draft import Draft
from chat.core.moderation.judge import judge
from chat.core.moderation.lexicon import Lexicon
from chat.core.moderation.policy import Policy
from chat.core.moderation.verdict import Allow, Hold, Refuse, RuleName, Verdict
from chat.core.moderation.why import words_behind

BECAUSE = {
    RuleName.QUIET: "the writer may not speak now",
    RuleName.PACE: "the writer has only just spoken",
    RuleName.CONTACT: "it tells how to find somebody outside the room",
    RuleName.NAMES: "it gives somebody's last name, or a word this group does not say",
    RuleName.REPEAT: "it is a wall of capitals or pictures, or was said before",
    RuleName.HURT: "it hurts somebody here, or a kind of people",
    RuleName.ALARM: "it may be about danger",
    RuleName.METHOD: "it asks for or tells a way to die or to do harm",
    RuleName.NEWCOMER: "its writer is new here",
    RuleName.REVIEW: "everything waits at the moment",
}


def tried(sentence: str, lexicon: Lexicon, policy: Policy) -> Verdict:
    """What would happen to `sentence` if somebody who has been here for long said it once, calmly."""
    return judge(Draft(sentence), lexicon, policy)


def as_json(verdict: Verdict) -> str:
    """One line: what happens, and which rules spoke."""
    kind = msgspec.to_builtins(verdict)["verdict"]
    return msgspec.json.encode({"verdict": kind, "rules": verdict.rules}).decode()


def in_words(verdict: Verdict) -> str:
    """One sentence, or two."""
    why = " and because ".join(BECAUSE[rule] for rule in verdict.rules if rule is not RuleName.ALARM)
    match verdict:
        case Allow():
            words = "would be heard at once."
        case Hold():
            words = f"would wait for a facilitator, because {why}."
        case Refuse():
            words = f"would go back to its writer, because {why}."
        case _:
            assert_never(verdict)
    alarm = " It may be about danger: the writer would see where to find help, and facilitators would be told at once."
    return words + (alarm if verdict.help else "")


def spoke(verdict: Verdict, sentence: str, lexicon: Lexicon, policy: Policy) -> list[tuple[str, str]]:
    """For each rule that read words: what it found, and the words that would have been enough for it."""
    behind = words_behind(verdict, sentence, lexicon, policy)
    return [(BECAUSE[rule].capitalize(), words) for rule, words in behind.items()]


def quoted(spoken: list[tuple[str, str]]) -> str:
    """The words alone, to go on after `in_words`."""
    return f" These words would be enough: {', '.join(f'“{words}”' for _, words in spoken)}." if spoken else ""


def lines(stream: Iterator[bytes]) -> Iterator[str]:
    """Sentences, one a line, whatever bytes come: only LF and CRLF end one, and no byte stops the rest."""
    return (line.rstrip(b"\n").removesuffix(b"\r").decode("utf-8", "replace") for line in stream)
