"""The cast: Ann and Bob take part, Fran facilitates, and Gus could. Fran, Ann and Bob are already seated."""

import pytest
from hypothesis import settings

from chat.core.wire import Role
from tests.core.circle import Circle, Somebody

# No clock may fail a test on a busy machine, and nothing is kept between runs.
settings.register_profile("core", database=None, deadline=None)
settings.load_profile("core")


@pytest.fixture
def circle() -> Circle:
    """A room that has just been opened."""
    return Circle()


@pytest.fixture
def fran(circle: Circle) -> Somebody:
    """A facilitator, seated in the process called north."""
    somebody = Somebody(circle, "Fran", Role.FACILITATOR)
    somebody.arrives("north")
    return somebody


@pytest.fixture
def gus(circle: Circle) -> Somebody:
    """Another facilitator, not here yet."""
    return Somebody(circle, "Gus", Role.FACILITATOR)


@pytest.fixture
def ann(circle: Circle) -> Somebody:
    """A member, seated in the process called north."""
    somebody = Somebody(circle, "Ann", Role.MEMBER)
    somebody.arrives("north")
    return somebody


@pytest.fixture
def bob(circle: Circle) -> Somebody:
    """A member, seated in the process called south."""
    somebody = Somebody(circle, "Bob", Role.MEMBER)
    somebody.arrives("south")
    return somebody
