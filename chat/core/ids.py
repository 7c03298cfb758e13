"""What everybody and everything is called by: random ids that cannot be mixed up.

Ids are made at the edges (`records`, `live`), never here: the core knows no chance.
"""

from typing import NewType

AccountId = NewType("AccountId", str)
"""A login. Never leaves the records: no page or frame shows it to another person."""
GroupId = NewType("GroupId", str)
MemberId = NewType("MemberId", str)
"""Who somebody is in one group; another group's id of the same account cannot be linked to it."""
RoomId = NewType("RoomId", str)
"""A meeting's random id, and so its room's."""
SeatId = NewType("SeatId", str)
"""One live connection of one member."""
ProcessId = NewType("ProcessId", str)
"""One running server process; a new one each start."""
Ref = NewType("Ref", str)
"""A command as its browser names it; unique per member and meeting, so a retry is answered and not repeated."""

VisitId = NewType("VisitId", str)
"""A signed-in browser, as the records call it; never the secret in its cookie."""

Epoch = NewType("Epoch", int)
"""Random and public; a new one whenever a room's numbering cannot be trusted to go on."""
Number = NewType("Number", int)
"""Counts the messages told to everyone in a room, from 1."""
DraftId = NewType("DraftId", int)
"""A message that waits for a facilitator; random, from 1 to 2^48 - 1, so that it fits a JavaScript number."""
Millis = NewType("Millis", int)
"""Whole milliseconds since 1970, by the room's own clock (Redis' `TIME`)."""
