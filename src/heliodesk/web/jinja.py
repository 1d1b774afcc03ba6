"""The templates' environment: what every page may use (named by ``TEMPLATES`` in the settings)."""

import hashlib
from functools import cache, lru_cache
from pathlib import Path
from types import FunctionType
from typing import Any, cast

import jinja2
from django.conf import settings
from django.contrib.staticfiles import finders
from django.template import engines
from django.urls import reverse
from django.utils.translation import ngettext
from jinja2.runtime import Macro
from markupsafe import Markup, _escape_inner, escape  # type: ignore[attr-defined] # see _escaped

from heliodesk.kernel.references import spoken
from heliodesk.web import badges, dates, folding, keys, marks, quotes, rail, snippets, texts, words
from heliodesk.web.portal import times
from heliodesk.web.portal import words as portal_words
from heliodesk.web.told import told
from heliodesk.web.translation import language, translated

_STYLES = (
    *("tokens", "base", "shell", "button", "badge", "form", "list", "views", "table", "card"),
    *("clock", "message", "overlay", "feedback", "case", "writing", "beside", "held", "calls"),
    *("customers", "policy", "report", "oncall", "incident", "search", "settings", "sign_in"),
    "utilities",
)
_ICONS = Path(__file__).parent / "static" / "icons.svg"


class Context(jinja2.runtime.Context):
    """What a template knows; it calls functions and macros without asking what they want."""

    def call(self, what: Any, /, *args: Any, **kwargs: Any) -> Any:
        """Call what a template names; the hundreds of calls of a page are what it costs most."""
        kind = type(what)
        if kind is not Macro and (kind not in _PLAIN or hasattr(what, "jinja_pass_arg")):
            return super().call(what, *args, **kwargs)
        if kwargs:
            kwargs.pop("_block_vars", None)
            kwargs.pop("_loop_vars", None)
        if kind is Macro:
            return what(self.eval_ctx, *args, **kwargs)
        return what(*args, **kwargs)


_PLAIN = frozenset({FunctionType, type(cache(str))})


class Template(jinja2.Template):
    """A template that lets pass at once what is escaped already, as half of a page's parts are."""

    @classmethod
    def _from_namespace(
        cls, environment: jinja2.Environment, namespace: Any, globals: Any
    ) -> "Template":
        namespace["escape"] = _escaped
        return cast("Template", super()._from_namespace(environment, namespace, globals))

    def _get_default_module(self, ctx: jinja2.runtime.Context | None = None) -> Any:
        """What is imported from it, made once: no page has globals of its own to compare."""
        return super()._get_default_module()


def _escaped(value: Any) -> str:
    """What a page shows of a value; what is joined to a page needs no type of its own."""
    kind = type(value)
    if kind is Markup:
        return value  # type: ignore[no-any-return] # its type was just compared
    if kind is str:
        return _escape_inner(value)
    if kind is int:
        return str(value)
    return escape(value)


def environment(**options: Any) -> jinja2.Environment:
    """A Jinja environment that refuses unknown names and knows the desk's small words."""
    options["undefined"] = jinja2.StrictUndefined
    env = folding.Environment(
        extensions=["jinja2.ext.i18n", "jinja2.ext.do"],
        trim_blocks=True,
        lstrip_blocks=True,
        **options,
    )
    env.context_class = Context
    env.template_class = Template
    env.install_gettext_callables(translated, ngettext, newstyle=False)  # type: ignore[attr-defined] # by its i18n extension
    env.globals["_"] = translated
    env.globals["ngettext"] = plural
    env.globals.update(
        static=static,
        styles=styles,
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


def of_this_language() -> jinja2.Environment:
    """The environment whose templates were compiled in the language of this request."""
    return _in(language())


@cache
def _in(_language: str) -> jinja2.Environment:
    pure: dict[str, folding.Plain] = {
        "_": translated,
        "static": static,
        "styles": styles,
        "url": url,
        "keys.of": keys.of,
        "marks.icon": marks.icon,
        "marks.logo": marks.logo,
    }
    return folding.in_language(engines["jinja2"].env, pure)  # type: ignore[attr-defined] # Jinja's


def shortcuts(ways: list[rail.Entry]) -> Markup:
    """The help with all shortcuts, made once for those who may go the same ways."""
    return _shortcuts(language(), tuple((way.label, way.key) for way in ways if way.key))


@lru_cache(maxsize=64)
def _shortcuts(_language: str, ways: tuple[tuple[str, str], ...]) -> Markup:
    template = of_this_language().get_template("parts/shortcuts.html")
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


@cache
def styles() -> Markup:
    """The links to all style sheets, in the order that they build upon each other."""
    link = Markup('<link rel="stylesheet" href="{}">')
    return Markup("\n").join(link.format(static(f"css/{part}.css")) for part in _STYLES)


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
