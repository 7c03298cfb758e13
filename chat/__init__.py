"""The server: it knows nothing of HTML."""
