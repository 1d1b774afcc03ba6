"""The PostgreSQL client programs: the embedded engine's, or the system's for a server of yours."""

import os
import shutil

from heliodesk.config import environment
from heliodesk.config.postgres import DatabaseTrouble
from heliodesk.config.postgres.engine import engine_for
from heliodesk.config.postgres.place import place_of, prepare


def program(name: str) -> str:
    """The path of psql, pg_dump or pg_restore.

    For a server of your own those of the system come first: they can speak TLS.

    Raises:
        DatabaseTrouble: there is none.
    """
    if environment.text("DATABASE_URL") and not environment.text("HELIODESK_PG_BIN"):
        found = shutil.which(name)
        if found:
            return found
    place = place_of(environment.data_folder())
    prepare(place)
    embedded = engine_for(place).bin / name
    if not os.access(embedded, os.X_OK):
        raise DatabaseTrouble(f"{name} is missing; install the PostgreSQL client programs.")
    return str(embedded)
