"""Where packs come from: those that ship with the desk, by name, or a file."""

from functools import lru_cache
from importlib.resources import files
from pathlib import Path

from heliodesk.entitlements.pack.model import Pack
from heliodesk.entitlements.pack.nodes import Fault, PackError
from heliodesk.entitlements.pack.reader import read_pack

_PACKS = files("heliodesk.entitlements") / "packs"


def shipped_names() -> list[str]:
    """The names of the packs that ship with the desk."""
    names = [entry.name for entry in _PACKS.iterdir()]
    return sorted(name.removesuffix(".yaml") for name in names if name.endswith(".yaml"))


def default_name() -> str:
    """The name of the pack that is used when nothing else is said."""
    return (_PACKS / "DEFAULT").read_text().strip()


def shipped_source(name: str) -> str:
    """The YAML text of a shipped pack; KeyError if there is none of this name."""
    if name not in shipped_names():
        raise KeyError(name)
    return (_PACKS / f"{name}.yaml").read_text(encoding="utf-8")


@lru_cache(maxsize=8)
def shipped_pack(name: str) -> Pack:
    """A shipped pack by name."""
    return read_pack(shipped_source(name), f"{name}.yaml")


def default_pack() -> Pack:
    """The shipped pack that is used when nothing else is said."""
    return shipped_pack(default_name())


def pack_at(where: str) -> Pack:
    """The pack of a shipped name or a file path. Raises PackError if it cannot be read or used."""
    if where in shipped_names():
        return shipped_pack(where)
    return read_pack(source_at(where), where)


def source_at(where: str) -> str:
    """The YAML text of a shipped name or a file path. Raises PackError if it cannot be read."""
    if where in shipped_names():
        return shipped_source(where)
    try:
        return Path(where).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "the file is not UTF-8 text"
        raise PackError([Fault(where, 0, reason or str(error))]) from error
