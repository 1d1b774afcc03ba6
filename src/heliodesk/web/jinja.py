"""The templates' environment: what every page may use (named by ``TEMPLATES`` in the settings)."""

import hashlib
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import jinja2
from django.conf import settings
from django.contrib.staticfiles import finders
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from markupsafe import Markup

from heliodesk.kernel.references import spoken
from heliodesk.web import badges, dates, rail, snippets, texts, words
from heliodesk.web.told import told

_ICONS = Path(__file__).parent / "static" / "icons.svg"


def environment(**options: Any) -> jinja2.Environment:
    """A Jinja environment that refuses unknown names and knows the desk's small words."""
    options["undefined"] = jinja2.StrictUndefined
    env = jinja2.Environment(  # noqa: S701 (autoescape is in the options)
        extensions=["jinja2.ext.i18n", "jinja2.ext.do"],
        trim_blocks=True,
        lstrip_blocks=True,
        **options,
    )
    env.install_gettext_callables(gettext, ngettext, newstyle=True)  # type: ignore[attr-defined]
    env.globals.update(
        static=static,
        url=url,
        sprite=sprite(),
        dates=dates,
        words=words,
        badges=badges,
        rail=rail,
        snippets=snippets,
        texts=texts,
        told=told,
    )
    env.filters.update(spoken=spoken, initials=badges.initials, hue=badges.hue, size=words.size)
    return env


@cache
def static(path: str) -> str:
    """The address of a static file, with its content's hash so that browsers may keep it."""
    found = finders.find(path)
    if not found:
        raise FileNotFoundError(f"No static file {path}")
    digest = hashlib.sha256(Path(str(found)).read_bytes()).hexdigest()[:10]
    return f"{settings.STATIC_URL}{path}?v={digest}"


@lru_cache(maxsize=4096)
def url(name: str, *args: Any, **kwargs: Any) -> str:
    """The address of a view."""
    return reverse(name, args=args or None, kwargs=kwargs or None)


@cache
def sprite() -> Markup:
    """All icons, once a page."""
    symbols = _ICONS.read_text("utf-8")
    head, _, rest = symbols.partition(">")
    return Markup(f"{head} hidden>{rest}".replace("\n", ""))  # noqa: S704 (our own file)
