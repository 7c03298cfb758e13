"""The protocol as a JSON Schema, for whoever writes another client."""

from inspect import cleandoc

import msgspec

from chat.core.wire import Answer, Command, Event


def schema() -> str:
    """Both unions, `command` (from a browser) and `frame` (to a browser), as JSON text that ends with a line break."""
    (command, frame), components = msgspec.json.schema_components(
        (Command, Event | Answer), ref_template="#/$defs/{name}"
    )
    for part in components.values():
        if "description" in part:
            part["description"] = cleandoc(part["description"])  # as Python 3.13 itself keeps it
    document = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Hearth's socket",
        "$defs": {**components, "command": command, "frame": frame},
    }
    return msgspec.json.format(msgspec.json.encode(document, order="sorted"), indent=2).decode() + "\n"
