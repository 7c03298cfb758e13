"""Moves words and acts between browsers; holds nothing that must survive."""
