"""What a person decides about held items. These functions are the only writers here."""

from heliodesk.intake.actions.deciding import (
    append_held,
    purge_held,
    reject_held,
    release_held,
    spam_held,
)
from heliodesk.intake.actions.forms import Taken, take_form, what_became_of
from heliodesk.intake.actions.reading import HeldContent, read_held
from heliodesk.intake.actions.replay import replay_held

__all__ = [
    "HeldContent",
    "Taken",
    "append_held",
    "purge_held",
    "read_held",
    "reject_held",
    "release_held",
    "replay_held",
    "spam_held",
    "take_form",
    "what_became_of",
]
