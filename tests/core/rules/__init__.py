"""What the moderation rules are held to: sentences with what ought to happen to each, written before any rule."""
