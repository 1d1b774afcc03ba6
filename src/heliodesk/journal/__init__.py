"""What happened: append-only events, and the followers that act on them."""
