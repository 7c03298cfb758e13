"""A report came: facilitators hear that it did, and read what it says on their page."""

from chat.core.wire.frame import Frame


class Reported(Frame, frozen=True):
    """To facilitators: somebody has handed in a report that they may read. Not whose it is, and nothing of what."""
