"""Which PostgreSQL the desk uses, as a connection string and as Django wants it."""

from pathlib import Path
from typing import Any

from psycopg.conninfo import conninfo_to_dict

from heliodesk.config import environment, postgres


def dsn(data: Path, *, direct: bool = False) -> str:
    """The connection string: ``DATABASE_URL``, else the embedded server of this data folder.

    With ``direct`` the one that bypasses a connection pooler, for LISTEN and migrations.
    """
    url = environment.text("DATABASE_URL")
    if direct:
        url = environment.text("DATABASE_DIRECT_URL", url)
    return url or postgres.dsn(data)


def django(conninfo: str) -> dict[str, Any]:
    """Django's database entry for a connection string.

    Raises:
        BadSetting: the string cannot be read as one.
    """
    try:
        parts = {key: str(value) for key, value in conninfo_to_dict(conninfo).items()}
    except Exception as error:
        raise environment.BadSetting(
            f"DATABASE_URL cannot be read ({' '.join(str(error).split())}); it looks like "
            "postgresql://user:password@host:5432/heliodesk."
        ) from error
    entry = {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.pop("dbname", "heliodesk"),
        "USER": parts.pop("user", ""),
        "PASSWORD": parts.pop("password", ""),
        "HOST": parts.pop("host", ""),
        "PORT": parts.pop("port", ""),
        "CONN_MAX_AGE": None,
        "CONN_HEALTH_CHECKS": True,
        "DISABLE_SERVER_SIDE_CURSORS": bool(environment.text("DATABASE_DIRECT_URL")),
        "OPTIONS": {"connect_timeout": 5, "application_name": "heliodesk", **_planned(parts)},
    }
    return entry


def _planned(parts: dict[str, str]) -> dict[str, str]:
    """With the server told to keep the plan of a prepared statement.

    Its own choice plans those with a limit or a list among their values anew each time, which costs
    more than running them. A pooler, which takes no options, prepares nothing either.
    """
    if environment.text("DATABASE_DIRECT_URL"):
        return parts
    given = parts.get("options", "")
    return {**parts, "options": f"-c plan_cache_mode=force_generic_plan {given}".rstrip()}
