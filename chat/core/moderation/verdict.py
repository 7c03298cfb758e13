"""What is to happen to a draft: it goes out, it waits for a facilitator, or it goes back to its writer at once."""

from enum import StrEnum

from msgspec import Struct


class RuleName(StrEnum):
    """The rules, as acts, pages and the wire name them."""

    QUIET = "quiet"
    PACE = "pace"
    CONTACT = "contact"
    NAMES = "names"
    REPEAT = "repeat"
    HURT = "hurt"
    ALARM = "alarm"
    METHOD = "method"
    NEWCOMER = "newcomer"
    REVIEW = "review"


class _Verdict(Struct, frozen=True, tag_field="verdict", kw_only=True):
    rules: tuple[RuleName, ...] = ()
    """Those that spoke, in their order."""
    help: bool = False
    """Show the writer where to find help, beside their words, and tell the facilitators at once."""


class Allow(_Verdict, frozen=True, tag="allow"):
    """It goes out."""


class Hold(_Verdict, frozen=True, tag="hold"):
    """A facilitator reads it first."""


class Refuse(_Verdict, frozen=True, tag="refuse"):
    """It goes back to its writer at once, who is told why; nobody else sees it."""


Verdict = Allow | Hold | Refuse
