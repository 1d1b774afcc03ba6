"""Everything that happens to a call. These functions are the only writers of the room's tables."""
