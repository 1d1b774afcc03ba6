"""Strings in the reader's language, looked up once a language."""

import threading
from functools import lru_cache

from django.utils.translation import activate, get_language, gettext, override
from markupsafe import Markup, escape

_request = threading.local()
_DEFAULT = "en"
#: Put into a sentence as they are.
_SAFE = frozenset({int, float, Markup})


def begin(wanted: str = "") -> None:
    """Remember the language of the request that this thread serves now.

    Args:
        wanted: a language of ours to use instead of the one that the browser asked for.
    """
    if wanted:
        activate(wanted)
    _request.language = get_language() or _DEFAULT


def language() -> str:
    """The language of this request; asked for very often, so kept beside Django's own."""
    return getattr(_request, "language", _DEFAULT)


def translated(message: str, /, **values: object) -> str:
    """The message in the language of this request; values are put in, escaped for a page."""
    text = _kept(language(), message)
    if not values:
        return text
    safe = {name: one if type(one) in _SAFE else escape(one) for name, one in values.items()}
    return Markup(text % safe)  # noqa: S704 (our own sentence, and what was just escaped)


@lru_cache(maxsize=8192)
def _kept(code: str, message: str) -> str:
    with override(code):
        return gettext(message)
