"""Pages of the mail that went out, waits to, or could not."""
