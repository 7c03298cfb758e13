"""Keeps what must outlive a meeting; never a word anybody said."""
