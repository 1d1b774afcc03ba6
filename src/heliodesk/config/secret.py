"""The keys that sign sessions and tokens: from the environment, or made once in the data folder."""

import contextlib
import os
import secrets
from pathlib import Path

from heliodesk.config import environment


def keys(data: Path) -> list[str]:
    """All signing keys; the first signs, the others still verify (rotation).

    Raises:
        BadSetting: the data folder cannot keep a generated key.
    """
    given = environment.words("HELIODESK_SECRET_KEYS")
    return given or [_generated(data / "secret")]


def _generated(path: Path) -> str:
    """The key in this file; made, readable by its owner only, when there is none."""
    with contextlib.suppress(FileNotFoundError):
        return path.read_text().strip()
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        new = path.with_name(f".secret.{os.getpid()}")
        descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_urlsafe(48) + "\n")
        with contextlib.suppress(FileExistsError):
            os.link(new, path)
        new.unlink()
        return path.read_text().strip()
    except OSError as error:
        raise environment.BadSetting(
            f"The data folder {path.parent} cannot keep a secret key ({error.strerror}); "
            "choose another with HELIODESK_DATA or set HELIODESK_SECRET_KEYS."
        ) from error
