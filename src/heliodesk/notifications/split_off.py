"""What a customer is told when a part of their case gets a case of its own."""

from django.utils import translation
from django.utils.translation import gettext as _

from heliodesk.kernel.references import spoken


def sentence(ref: str, language: str) -> str:
    """The first sentence of the mail about the new case.

    Args:
        ref: of the case that it was part of.
        language: the customer's; English when it is not known.
    """
    with translation.override(language or "en"):
        return _(
            "Part of what you wrote on case %(ref)s is about something else. It has a case of "
            "its own now, so that each gets its own answer."
        ) % {"ref": spoken(ref)}
