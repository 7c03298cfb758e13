"""What people agree to: the agreement of their group and the limits of this place, one version of both together."""

from sqlalchemy.ext.asyncio import AsyncConnection

from chat.core.ids import GroupId
from chat.core.wire.frame import Role
from chat.records import members
from web.customs import customs_of
from web.limits import Limits, Section, Today, in_group, sections
from web.site import Site


async def limits_of(c: AsyncConnection, site: Site, group: GroupId) -> Limits:
    """What holds in this group by what is set now."""
    return in_group(site.limits, await customs_of(c, group))


async def shown(c: AsyncConnection, site: Site, group: GroupId) -> tuple[Section, ...]:
    """The limits as somebody reads them."""
    supervised = any(one.role is Role.SUPERVISOR for one in await members.of(c, group))
    now = Today(contact=site.contact, emergency=site.helplines.emergency, supervised=supervised)
    return sections(await limits_of(c, site, group), now)
