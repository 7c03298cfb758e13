"""What each command comes to, by family."""
