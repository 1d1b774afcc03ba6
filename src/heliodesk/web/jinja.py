"""The templates' environment: what every page may use (named by ``TEMPLATES`` in the settings)."""

import hashlib
from functools import cache, lru_cache
from pathlib import Path
from types import FunctionType
from typing import Any

import jinja2
from django.conf import settings
from django.contrib.staticfiles import finders
from django.template import engines
from django.urls import reverse
from django.utils.translation import ngettext
from markupsafe import Markup, escape

from heliodesk.kernel.references import spoken
from heliodesk.web import badges, dates, keys, marks, quotes, rail, snippets, texts, words
from heliodesk.web.portal import times
from heliodesk.web.portal import words as portal_words
from heliodesk.web.told import told
from heliodesk.web.translation import language, translated

_ICONS = Path(__file__).parent / "static" / "icons.svg"


class Context(jinja2.runtime.Context):
    """What a template knows; it calls plain functions without asking what else they want."""

    def call(self, what: Any, /, *args: Any, **kwargs: Any) -> Any:
        """Call what a template names; the hundreds of calls of a page are what it costs most."""
        if type(what) not in _PLAIN or hasattr(what, "jinja_pass_arg"):
            return super().call(what, *args, **kwargs)
        if kwargs:
            kwargs.pop("_block_vars", None)
            kwargs.pop("_loop_vars", None)
        return what(*args, **kwargs)


_PLAIN = frozenset({FunctionType, type(cache(str))})


class Template(jinja2.Template):
    """A template that lets pass at once what is escaped already, as half of a page's parts are."""

    @classmethod
    def _from_namespace(
        cls, environment: jinja2.Environment, namespace: Any, globals: Any
    ) -> "Template":
        namespace["escape"] = _escaped
        return super()._from_namespace(environment, namespace, globals)  # type: ignore[return-value]


def _escaped(value: Any) -> Markup:
    return value if type(value) is Markup else escape(value)


def environment(**options: Any) -> jinja2.Environment:
    """A Jinja environment that refuses unknown names and knows the desk's small words."""
    options["undefined"] = jinja2.StrictUndefined
    env = jinja2.Environment(  # noqa: S701 (autoescape is in the options)
        extensions=["jinja2.ext.i18n", "jinja2.ext.do"],
        trim_blocks=True,
        lstrip_blocks=True,
        **options,
    )
    env.context_class = Context
    env.template_class = Template
    env.install_gettext_callables(translated, ngettext, newstyle=False)  # type: ignore[attr-defined]
    env.globals["_"] = translated
    env.globals["ngettext"] = plural
    env.globals.update(
        static=static,
        url=url,
        sprite=sprite(),
        dates=dates,
        words=words,
        drawn=marks,
        shortcuts=shortcuts,
        badges=badges,
        rail=rail,
        quotes=quotes,
        keys=keys,
        snippets=snippets,
        texts=texts,
        told=told,
        shown_language=language,
        times=times,
        told_words=portal_words,
    )
    env.filters.update(spoken=spoken, initials=badges.initials, hue=badges.hue, size=words.size)
    return env


def shortcuts(ways: list[rail.Entry]) -> Markup:
    """The help with all shortcuts, made once for those who may go the same ways."""
    return _shortcuts(language(), tuple((way.label, way.key) for way in ways if way.key))


@lru_cache(maxsize=64)
def _shortcuts(_language: str, ways: tuple[tuple[str, str], ...]) -> Markup:
    template = engines["jinja2"].env.get_template("parts/shortcuts.html")  # type: ignore[attr-defined]
    shown = template.render(going=ways, sections=keys.SECTIONS)
    return Markup(shown)  # noqa: S704 (a template of ours)


def plural(one: str, many: str, number: int, **values: object) -> str:
    """The message for this number, in the language of this request; ``%(num)s`` is the number."""
    text = ngettext(one, many, number)
    return Markup(text) % {"num": number, **values}  # noqa: S704 (our own sentence)


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
