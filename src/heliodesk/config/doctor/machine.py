"""The data folder and the disk under it."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings

from heliodesk.config.doctor.finding import Finding, doubtful, wrong

LITTLE_BYTES = 5 * 2**30
TOO_LITTLE_BYTES = 1 * 2**30


def look() -> Iterator[Finding]:
    """Can the desk write, is there room, and is the folder private?"""
    data = Path(settings.DATA)
    if not os.access(data, os.W_OK | os.X_OK):
        yield wrong(
            f"The desk cannot write to its data folder {data}.",
            "Give the folder to the user that runs the desk, or choose another with "
            "HELIODESK_DATA.",
        )
        return
    free = shutil.disk_usage(data).free
    if free < LITTLE_BYTES:
        tell = wrong if free < TOO_LITTLE_BYTES else doubtful
        yield tell(
            f"{free / 2**30:.1f} GB are free under {data}. Without room the desk refuses mail.",
            "Free some room, or move the data folder.",
        )
    if data.stat().st_mode & 0o007:
        yield doubtful(f"Other users may look into {data}.", f"Run: chmod o-rwx {data}")
