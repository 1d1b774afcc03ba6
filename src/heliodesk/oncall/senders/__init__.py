"""Ways out for pages: one small function a channel. None touches the database's locks.

A sender hands a ``Letter`` to its provider and returns the provider's number for it. It gives up
after ``SECONDS``, so that its lease never runs out while it waits.
"""
