"""Something to be photographed with a telephone, drawn by this server and in the page itself."""

import segno
from markupsafe import Markup


def picture(text: str, what: str) -> Markup:
    """A QR code as SVG, dark on light in both colour schemes; `what`: what a screen reader says it is."""
    drawn = segno.make(text, error="m").svg_inline(
        scale=5, border=4, dark="#000", light="#fff", title=what, svgclass="qr", lineclass=None, omitsize=True
    )
    return Markup(drawn)  # noqa: S704  segno's own, and it escapes the title
