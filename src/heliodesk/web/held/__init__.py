"""Pages of what is held: why, whose it might be, and what becomes of it."""
