"""Why something was refused, in a code that browsers may branch on and a sentence that members understand."""

from enum import StrEnum
from typing import assert_never


class Code(StrEnum):
    """Stable: add, never rename, never reuse."""

    NOT_ALLOWED = "not-allowed"
    NOT_HERE = "not-here"
    NO_SUCH_MEMBER = "no-such-member"
    NO_SUCH_MESSAGE = "no-such-message"
    ROOM_PAUSED = "room-paused"
    ROOM_CLOSED = "room-closed"
    ROOM_FULL = "room-full"
    MUTED = "muted"
    REMOVED = "removed"
    TOO_FAST = "too-fast"
    EMPTY = "empty"
    TOO_LONG = "too-long"
    BINARY = "binary"
    BAD_JSON = "bad-json"
    UNKNOWN_TYPE = "unknown-type"
    UNKNOWN_FIELD = "unknown-field"
    BAD_VALUE = "bad-value"
    NOT_ON_A_FACILITATOR = "not-on-a-facilitator"
    ALREADY_SO = "already-so"
    BUSY = "busy"
    INTERRUPTED = "interrupted"
    NOT_RECORDED = "not-recorded"
    NOT_YOUR_TURN = "not-your-turn"
    FACILITATORS_SPEAK = "facilitators-speak"
    QUIET_NOW = "quiet-now"
    LISTENING = "listening"
    NO_ROUND = "no-round"
    NOBODY_NEXT = "nobody-next"
    NOT_ON_ONES_OWN = "not-on-ones-own"
    REPORT_INSTEAD = "report-instead"
    NO_ON_CALL = "no-on-call"
    NOBODY_HOLDS = "nobody-holds"
    WAITING = "waiting"
    DECLINED = "declined"
    INVITED_TO_LISTEN = "invited-to-listen"
    NO_SUCH_STEP = "no-such-step"
    HOLDS_THE_ROOM = "holds-the-room"
    SLOW_MODE = "slow-mode"
    SAID_BEFORE = "said-before"
    TOO_MANY_WAIT = "too-many-wait"
    NO_SUCH_DRAFT = "no-such-draft"
    PAUSED_NOW = "paused-now"
    UNHELD_MEANWHILE = "unheld-meanwhile"
    NOT_ASKED = "not-asked"
    ASIDE = "aside"
    ASKED_AGAIN = "asked-again"
    RULE_TOO_LONG = "rule-too-long"
    ENOUGH_PROPOSED = "enough-proposed"


def sentence(code: Code) -> str:
    """What a member reads when `code` answers their command."""
    match code:
        case Code.NOT_ALLOWED:
            return "Only a facilitator can do that."
        case Code.NOT_HERE:
            return "You are not in this room at the moment."
        case Code.NO_SUCH_MEMBER:
            return "That person is not in the room any more."
        case Code.NO_SUCH_MESSAGE:
            return "That message is not there any more."
        case Code.ROOM_PAUSED:
            return "The room is paused. Your message was not sent. You can keep it and send it later."
        case Code.ROOM_CLOSED:
            return "This meeting has ended."
        case Code.ROOM_FULL:
            return "The room is full at the moment."
        case Code.MUTED:
            return "You are muted for now. Your message was not sent. You can still read along."
        case Code.REMOVED:
            return "A facilitator has asked you to leave this meeting."
        case Code.TOO_FAST:
            return "You are quite fast. Take a breath, and try again in a moment."
        case Code.EMPTY:
            return "There was nothing in the message."
        case Code.TOO_LONG:
            return "The message is too long. Please send it in two parts."
        case Code.BINARY:
            return "The room understands text only. Please load the page again."
        case Code.BAD_JSON:
            return "What your browser sent came broken. Please load the page again."
        case Code.UNKNOWN_TYPE:
            return "Your browser asked for something this room does not know. Please load the page again."
        case Code.UNKNOWN_FIELD:
            return "Your browser sent something this room does not expect. Please load the page again."
        case Code.BAD_VALUE:
            return "Your browser sent something this room cannot use. Please load the page again."
        case Code.NOT_ON_A_FACILITATOR:
            return "Facilitators cannot do this to each other."
        case Code.ALREADY_SO:
            return "That has already happened."
        case Code.BUSY:
            return "The room is very busy. Please try again."
        case Code.INTERRUPTED:
            return "The room cannot be reached at the moment. Your message was not sent."
        case Code.NOT_RECORDED:
            return "That cannot be written down at the moment, so it was not done. Please try again soon."
        case Code.NOT_YOUR_TURN:
            return "It is somebody else's turn. Your message was not sent. You can keep it for your own turn."
        case Code.FACILITATORS_SPEAK:
            return "Only the facilitators speak at the moment. Your message was not sent. You can keep it for later."
        case Code.QUIET_NOW:
            return "The group is quiet for a moment. Your message was not sent. You can keep it for later."
        case Code.LISTENING:
            return "You are here to listen today. Press “Take part” if you want to speak."
        case Code.NO_ROUND:
            return "There is no round at the moment, or you are not in it."
        case Code.NOBODY_NEXT:
            return "Nobody is waiting for a turn."
        case Code.REPORT_INSTEAD:
            return "A flag goes to the facilitators. About one of them, please use “Report…”: others read that."
        case Code.NOT_ON_ONES_OWN:
            return "This is for the messages of others."
        case Code.NO_ON_CALL:
            return "Nobody is on call for this service."
        case Code.NOBODY_HOLDS:
            return "No facilitator is in the room at the moment, so nobody would read this."
        case Code.WAITING:
            return "You are not in the room yet. A facilitator will let you in."
        case Code.DECLINED:
            return "It cannot be today. You are welcome at the next meeting."
        case Code.INVITED_TO_LISTEN:
            return "You were invited to listen. A facilitator can let you take part."
        case Code.NO_SUCH_STEP:
            return "Your group has chosen not to use this step. You can still ask somebody to leave the meeting."
        case Code.HOLDS_THE_ROOM:
            return "Nobody else holds the room. Pause it first; then you can take a break."
        case Code.SLOW_MODE:
            return "The room is in slow mode, so that everybody can follow. Your message was not sent yet."
        case Code.SAID_BEFORE:
            return "You have said this a moment ago, and it was heard. You can keep it, or say it another way."
        case Code.TOO_MANY_WAIT:
            return (
                "Several messages are waiting for a facilitator already. Yours was not sent; you can keep it for now."
            )
        case Code.NO_SUCH_DRAFT:
            return "That message does not wait any more. Somebody has decided, or its writer took it back."
        case Code.PAUSED_NOW:
            return "The room is paused. Please open it again first; the message goes on waiting."
        case Code.UNHELD_MEANWHILE:
            return "Nobody else would hold the group meanwhile. Another facilitator has to be here first."
        case Code.NOT_ASKED:
            return "That is not open any more."
        case Code.ASIDE:
            return "They have stepped aside. The facilitator who is with them can do that there."
        case Code.RULE_TOO_LONG:
            return "A rule has at most 300 characters. Please say it in fewer words."
        case Code.ENOUGH_PROPOSED:
            return "You have proposed three rules today. That is enough for one meeting; you can say it as a message."
        case Code.ASKED_AGAIN:
            return (
                "What the group agrees to has changed. Please say first whether you agree; you can keep what you wrote."
            )
        case _:
            assert_never(code)


class ChatError(Exception):
    """Something is broken. Never carries what anybody said."""


class BadFrame(ChatError):
    """A frame that is not a command of this protocol and so no browser of ours sent; `code` says in what way."""

    def __init__(self, code: Code) -> None:
        super().__init__(code.value)
        self.code = code
