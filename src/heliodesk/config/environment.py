"""Reading settings from environment variables: one typed getter a kind.

Every variable is named ``HELIODESK_…`` (``DATABASE_URL`` and ``DATABASE_DIRECT_URL`` apart) and
described in ``docs/settings.md``. A value that cannot be read stops the start with a sentence.
"""

import json
import os
import pwd
from collections.abc import Mapping
from pathlib import Path
from typing import Any


class BadSetting(Exception):
    """A setting cannot be used; the text says which and what to do."""


def text(name: str, default: str = "") -> str:
    """A variable as it stands, or the default when unset or empty."""
    return os.environ.get(name, "").strip() or default


def words(name: str, default: str = "") -> list[str]:
    """A comma-separated list, without empty entries."""
    return [word.strip() for word in text(name, default).split(",") if word.strip()]


def number(name: str, default: int) -> int:
    """A whole number.

    Raises:
        BadSetting: the value is not a whole number.
    """
    value = text(name)
    if not value:
        return default
    try:
        return int(value)
    except ValueError:
        raise BadSetting(f"{name} is {value!r}; give a whole number such as {default}.") from None


def switch(name: str, *, default: bool) -> bool:
    """A yes or no.

    Raises:
        BadSetting: the value is none of 1, 0, true, false, yes, no, on, off.
    """
    value = text(name).lower()
    if not value:
        return default
    if value in {"1", "true", "yes", "on"}:
        return True
    if value in {"0", "false", "no", "off"}:
        return False
    raise BadSetting(f"{name} is {value!r}; give true or false.")


def choice(name: str, words: Mapping[str, str]) -> str:
    """What one of a few words means; without one, what the first of them does.

    Raises:
        BadSetting: the value is none of them.
    """
    value = text(name).lower() or next(iter(words))
    if value not in words:
        raise BadSetting(f"{name} is {value!r}; give one of {', '.join(words)}.")
    return words[value]


def table(name: str) -> dict[str, Any]:
    """Named values written as a JSON object.

    Raises:
        BadSetting: the value is no JSON object.
    """
    try:
        found = json.loads(text(name, "{}"))
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise BadSetting(f'{name} cannot be read; give a JSON object such as {{"NAME": "value"}}.')
    return found


def data_folder() -> Path:
    """The folder that holds the database, the blobs and the secret of this desk."""
    named = text("HELIODESK_DATA")
    if named:
        return Path(named).expanduser().absolute()
    checkout = Path(__file__).resolve().parents[3]
    if (checkout / "pyproject.toml").exists() and (checkout / "bin" / "setup").exists():
        return checkout / "var"
    return _home() / ".local" / "share" / "heliodesk"


def _home() -> Path:
    """The user's home as the system knows it, where the variable is missing or empty."""
    return Path(text("HOME") or pwd.getpwuid(os.geteuid()).pw_dir)
