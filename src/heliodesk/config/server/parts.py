"""The parts of the desk, in the order in which they are stopped, and how each is run."""

import importlib.util
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import import_module

from heliodesk.config import environment


@dataclass(frozen=True)
class Part:
    """A process of the desk.

    ``runner`` names the function that runs it; ``module`` what else must be there. ``patience``
    is how many seconds it may take to end by itself before the next part is told to end too.
    """

    name: str
    runner: str
    module: str
    patience: float

    @property
    def command(self) -> list[str]:
        """The same part as a command of its own."""
        return [sys.executable, "-m", "heliodesk", self.name]

    def run(self) -> None:
        """Run it in this process until told to end; settings are loaded and the database is up."""
        module, _, name = self.runner.partition(":")
        getattr(import_module(module), name)()


def serve_pages() -> None:
    """The pages, where the environment says."""
    from heliodesk.config.server import pages

    pages.serve_pages(host=_host(), port=environment.number("HELIODESK_WEB_PORT", 8000))


def serve_events() -> None:
    """The event stream, where the environment says."""
    from heliodesk.config.server import pages

    pages.serve_events(host=_host(), port=environment.number("HELIODESK_LIVE_PORT", 8001))


def _host() -> str:
    return environment.text("HELIODESK_HOST", "127.0.0.1")


HERE = "heliodesk.config.server.parts"
LISTENER = "heliodesk.channels.smtp.server"
FETCHER = "heliodesk.channels.imap"
WORKER = "heliodesk.config.worker"
PAGER = "heliodesk.config.pager"
#: Those that bring work in stop first, the one that does it last.
PARTS = (
    Part("web", f"{HERE}:serve_pages", "heliodesk.config.wsgi", 1.0),
    Part("live", f"{HERE}:serve_events", "heliodesk.config.asgi", 0.5),
    Part("mail-listener", f"{LISTENER}:run", LISTENER, 1.0),
    Part("imap", f"{FETCHER}:run", FETCHER, 1.0),
    Part("worker", f"{WORKER}:run", WORKER, 2.0),
    Part("pager", f"{PAGER}:run", PAGER, 1.0),
)


def missing(parts: Sequence[Part]) -> list[str]:
    """The modules of parts that this installation lacks."""
    return [part.module for part in parts if not _found(part.module)]


def _found(module: str) -> bool:
    try:
        return importlib.util.find_spec(module) is not None
    except ModuleNotFoundError:
        return False
