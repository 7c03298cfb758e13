"""One room's people."""

from tests.faults.visitor import Visitor


class Circle:
    """The first of them facilitates."""

    def __init__(self, number: int, visitors: list[Visitor]) -> None:
        self.number = number
        self.visitors = visitors

    @property
    def facilitator(self) -> Visitor:
        """Who holds the room."""
        return self.visitors[0]

    @property
    def members(self) -> list[Visitor]:
        """Who takes part and was not removed."""
        return [visitor for visitor in self.visitors[1:] if visitor.over is None and visitor.page.stays]
