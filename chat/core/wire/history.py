"""What is said may be kept for a while, if everybody of the group has agreed; everybody here is told when it is."""

from chat.core.wire.frame import Frame


class HistorySet(Frame, frozen=True):
    """What is said from now on is kept for so many hours, sealed; 0: not any more, and what was kept is gone."""

    hours: int
