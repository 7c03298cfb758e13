"""Which browsers this machine has: a whole Chromium, and beside it the part that shows pages with no window around."""

import os
from shutil import which

CHROMIUM = os.environ.get("CHROMIUM") or which("chromium") or which("chromium-browser")
LIGHT = which("chromium-headless-shell") if CHROMIUM and "CHROMIUM" not in os.environ else None
"""The same engine at half of the cost, for all but what a screen does, and what a browser keeps."""
