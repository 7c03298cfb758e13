"""What a connection works with in this process, put together once."""

from msgspec import Struct

from chat.live.arriving import Arrivals
from chat.live.bus import Bus
from chat.live.departing import Departures
from chat.live.desk import Desk
from chat.live.elsewhere import Elsewhere
from chat.live.faces import Faces
from chat.live.hub import Hub
from chat.live.retelling import Retelling
from chat.live.sides import Sides


class Rooms(Struct, frozen=True):
    """The rooms of this process, and all that happens in them."""

    hub: Hub
    desk: Desk
    arrivals: Arrivals
    departures: Departures
    bus: Bus
    retelling: Retelling
    sides: Sides
    faces: Faces
    elsewhere: Elsewhere
