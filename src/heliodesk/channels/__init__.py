"""The outside world, raw: mailboxes, what came in, what goes out, and the blobs."""
