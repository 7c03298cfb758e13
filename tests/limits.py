"""What servers of tests tell people before they join: a group that has agreed to it is asked nothing at a restart."""

from config.settings import Settings
from web.app import limits_of

LIMITS = limits_of(Settings.read({"HEARTH_DATA": "/nowhere", "HOST": "127.0.0.1"}))
OPEN = limits_of(Settings.read({"HEARTH_DATA": "/nowhere", "HOST": "0.0.0.0"}))  # noqa: S104
"""Where people come from other machines, without https."""
