"""Pages for people: agents, and later customers."""
