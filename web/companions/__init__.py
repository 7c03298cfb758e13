"""The companions of the demo: scripted people who sit in the room as members do, over real connections."""
