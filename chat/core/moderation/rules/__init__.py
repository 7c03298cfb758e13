"""The rules, one file each, in the order in which they are asked; this order is the policy of the house."""

from chat.core.moderation.rules import (
    alarm,
    contact,
    hurt,
    method,
    names,
    newcomer,
    pace,
    quiet,
    repeat,
    review,
)
from chat.core.moderation.rules.rule import Rule
from chat.core.moderation.verdict import RuleName

ORDER: tuple[tuple[RuleName, Rule], ...] = (
    (RuleName.QUIET, quiet.speaks),
    (RuleName.PACE, pace.speaks),
    (RuleName.CONTACT, contact.speaks),
    (RuleName.NAMES, names.speaks),
    (RuleName.REPEAT, repeat.speaks),
    (RuleName.HURT, hurt.speaks),
    (RuleName.ALARM, alarm.speaks),
    (RuleName.METHOD, method.speaks),
    (RuleName.NEWCOMER, newcomer.speaks),
    (RuleName.REVIEW, review.speaks),
)
