"""The parts of the desk, in the order in which they are stopped."""

import importlib.util
import sys
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Part:
    """A process of the desk: ``heliodesk <name>``.

    ``module`` is what it runs; ``patience`` how many seconds it may take to end by itself before
    the next part is told to end too.
    """

    name: str
    module: str
    patience: float

    @property
    def command(self) -> list[str]:
        return [sys.executable, "-m", "heliodesk", self.name]


#: Those that bring work in stop first, the one that does it last.
PARTS = (
    Part("web", "heliodesk.config.wsgi", 1.0),
    Part("live", "heliodesk.config.asgi", 0.5),
    Part("mail-listener", "heliodesk.channels.smtp.server", 1.0),
    Part("worker", "heliodesk.config.worker", 2.0),
)


def missing(parts: Sequence[Part]) -> list[str]:
    """The modules of parts that this installation lacks."""
    return [part.module for part in parts if not _found(part.module)]


def _found(module: str) -> bool:
    try:
        return importlib.util.find_spec(module) is not None
    except ModuleNotFoundError:
        return False
