"""How the statements of the hot paths are planned, and how many there are."""
