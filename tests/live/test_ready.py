"""A process has read all it judges words by before anybody can sit down in it."""

import time

from chat.core.decision import House
from chat.core.moderation.lexicon import Lexicon
from chat.live.house import Live, Plan
from tests.core.circle import LEXICON
from tests.installation import Installation


def slowly() -> Lexicon:
    time.sleep(0.3)
    return LEXICON


async def test_the_first_message_waits_for_no_list(circle: Installation) -> None:
    plan = Plan(circle.redis_url, circle.secret, House(), lexicon=slowly)
    async with Live.open(plan, circle.keeping, circle.keeping.admit) as live:
        assert live.rooms.desk.reader.ready
