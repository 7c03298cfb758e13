"""Decides what may happen in a room; pure: no clock, no chance, no network, no database."""
