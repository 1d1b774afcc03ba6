"""Bounds of the mail parser: what a hostile message may cost before it is cut short."""

RAW_BYTES = 64 * 1024 * 1024
"""A longer message is cut here; the listener refuses far smaller ones (25 MB)."""
HEADER_BLOCK_BYTES = 512 * 1024
HEADER_LINES = 4_000
HEADER_VALUE_CHARS = 64 * 1024
ENCODED_WORDS = 2_000
"""In one header value; what follows is left as it is written."""
ADDRESSES = 500
REFERENCES = 100
DEPTH = 24
"""Multiparts inside multiparts; deeper ones are kept as one opaque part."""
PARTS = 500
TEXT_CHARS = 2_000_000
"""Of the body shown, text and HTML each; the raw message is always kept."""
HTML_TAGS = 60_000
"""What follows the last of them is stripped of its tags without regard to lines."""
REPLY_LINES = 6_000
"""Longer texts are not searched for quoted mail."""
TNEF_BYTES = 32 * 1024 * 1024
TNEF_OBJECTS = 2_000
GUESS_BYTES = 16 * 1024
"""What the charset guesser is shown at most."""
