"""Trying a mailbox beside the request: servers that do not answer keep no page waiting."""

import threading
from dataclasses import asdict, dataclass

import structlog
from django.core.cache import cache
from django.db import connection

from heliodesk.channels.models import Mailbox
from heliodesk.channels.trying import Step, tried
from heliodesk.kernel import clock

log = structlog.get_logger()
#: A request waits this many seconds for the answer; later the page asks again.
_PATIENCE = 2.0
#: How long an answer is kept, and how many trials go on at once.
_KEPT_SECONDS = 300
_at_once = threading.BoundedSemaphore(3)


@dataclass(frozen=True)
class Trial:
    """What was tried so far."""

    under_way: bool
    steps: tuple[Step, ...] = ()


def begin(box: Mailbox, *, letter_to: str, may_inside: bool) -> Trial:
    """Try a mailbox in a thread of its own; its answer if it comes within a moment."""
    name = _name(box.pk, letter_to)
    if not _at_once.acquire(blocking=False):
        said = "Others are being tried just now. Try again in a minute."
        return Trial(under_way=False, steps=(Step("Trying", "warn", said),))
    cache.set(name, {"under_way": True, "steps": []}, _KEPT_SECONDS)
    found: list[Trial] = []

    def work() -> None:
        try:
            steps = tried(box, letter_to=letter_to, may_inside=may_inside, at=clock.now())
        except Exception as error:
            log.exception("mailbox_trial", mailbox=box.pk)
            steps = [Step("Trying", "danger", f"It could not be tried: {type(error).__name__}.")]
        finally:
            _at_once.release()
        found.append(Trial(under_way=False, steps=tuple(steps)))
        if not waiting.is_set():
            _keep(name, found[0])
            connection.close()

    waiting = threading.Event()
    waiting.set()
    thread = threading.Thread(target=work, name=f"trial {box.pk}", daemon=True)
    thread.start()
    thread.join(_PATIENCE)
    waiting.clear()
    if not found:
        return Trial(under_way=True)
    _keep(name, found[0])
    return found[0]


def look(box_id: int, letter_to: str) -> Trial | None:
    """What came of it, or that it is under way; none when nobody tried lately."""
    kept = cache.get(_name(box_id, letter_to))
    if kept is None:
        return None
    return Trial(kept["under_way"], tuple(Step(**step) for step in kept["steps"]))


def _keep(name: str, found: Trial) -> None:
    steps = [asdict(step) for step in found.steps]
    cache.set(name, {"under_way": found.under_way, "steps": steps}, _KEPT_SECONDS)


def _name(box_id: int, letter_to: str) -> str:
    return f"mailbox_trial:{box_id}:{letter_to}"
