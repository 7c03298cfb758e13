"""A name in a group says nothing about its bearer: not who they are outside, and not who they are in another group.

Whatever is wrong with a name, the same sentence says so. A sentence for each case would tell who else is in the group,
or that somebody is in another one.
"""

import re
import unicodedata

from chat.core.ids import AccountId, GroupId
from chat.core.moderation import normal
from chat.core.moderation.draft import Draft
from chat.core.moderation.lexicon import Lexicon
from chat.core.moderation.policy import Level, Policy
from chat.core.moderation.reading import read
from chat.core.moderation.rules import contact
from chat.core.moderation.rules import names as full_names
from chat.records import members, names
from web.site import Site

ANOTHER = (
    "Please choose another name: one that nobody here could mix up with another person, that you use nowhere else, "
    "and that does not say who you are. A first name or two friendly words are fine; no last name, number or address."
)
REACHES = re.compile(r"@|(?:\d[\s.()/+-]*){6}")
"""A handle, or figures enough for a part of a telephone number."""
STRICT = Policy(contact=Level.STRICT)


async def may_be_called(site: Site, name: str, account: AccountId, group: GroupId) -> bool:
    """Whether a name gives nothing away; whether it is free in the group is seen when somebody joins."""
    async with site.store.reading() as c:
        if names.fold(name) in await members.elsewhere(c, account, group):
            return False
    return not tells_who(name, await site.live.lexicon())


def tells_who(name: str, lexicon: Lexicon) -> bool:
    """Whether a name is somebody's first and last name, or something by which they can be reached."""
    fit = names.tidy(name)
    if fit is None or names.is_kind(fit):
        return False
    if REACHES.search(unicodedata.normalize("NFKC", fit)):
        return True
    folded = normal.fold(fit)
    rules = (contact,) if " the " in folded else (contact, full_names)  # as in Rosie the Cat
    written = (fit, folded.title())  # in small letters, or in Greek ones, a full name is one, too
    return any(rule.speaks(Draft(one), read(one, lexicon), STRICT) is not None for one in written for rule in rules)
