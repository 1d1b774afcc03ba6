"""Turn words and values into a mail: one subject, one text, one page.

Words are Jinja2 in a sandbox. The first line is the subject, the rest after an empty line is the
text; the page is made from the text unless an administrator wrote one.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any

from jinja2 import StrictUndefined, Template, TemplateError
from jinja2.sandbox import SandboxedEnvironment
from markupsafe import Markup, escape

from heliodesk.channels.mailboxes import MailboxFacts
from heliodesk.kernel.text import one_line
from heliodesk.notifications import page

#: Every kind of mail the desk sends to customers, with what its words may use.
KINDS: dict[str, str] = {
    "acknowledgement": "A new case: the reference, and the details as they came.",
    "reply": "An engineer's answer.",
    "signature": "What stands under an answer of whoever has no signature of their own.",
    "forward": "A message forwarded to somebody outside; their answers stay in the desk.",
    "reopened": "A reply brought a closed case back.",
    "p1_by_phone": "A P1 claimed by a reply: call this number.",
    "reminder": "We wait for the customer: what was asked, and until when.",
    "resolved": "A case was resolved without an answer beside it: how, and how to say no.",
    "p1_missed": "A critical case that no engineer has taken yet: the next one is being called.",
    "incident": "News of a major incident, for everybody whose case belongs to it.",
    "held": "Mail that could not be matched: how to write again. Names no account fact.",
    "rejected": "Held mail that an agent answers and ends.",
}
_WORDS = files("heliodesk.notifications") / "words"
#: Characters of a mail's text; an answer of the longest kind fits, with what it forwards.
_LONGEST = 600_000


class BadWords(ValueError):
    """An administrator's words cannot be used; the text says where and why."""


@dataclass(frozen=True)
class Words:
    """The words for a kind of mail."""

    subject: str
    text: str
    html: str = ""


@dataclass(frozen=True)
class Mail:
    """A rendered mail."""

    subject: str
    text: str
    html: str


def _environment(*, autoescape: bool) -> SandboxedEnvironment:
    return SandboxedEnvironment(
        autoescape=autoescape,
        undefined=StrictUndefined,
        keep_trailing_newline=False,
        trim_blocks=False,
    )


_TEXT = _environment(autoescape=False)
_PAGE = _environment(autoescape=True)


@lru_cache(maxsize=64)
def shipped(kind: str, language: str = "en") -> Words:
    """The words that ship with the desk, in a language; English where it is none of ours."""
    own = _WORDS / language / f"{kind}.txt"
    found = own if language != "en" and own.is_file() else _WORDS / f"{kind}.txt"
    subject, _, text = found.read_text(encoding="utf-8").partition("\n\n")
    return Words(subject.strip(), text.strip())


@lru_cache(maxsize=512)
def _compiled(source: str, *, page: bool) -> Template:
    return (_PAGE if page else _TEXT).from_string(source)


@lru_cache(maxsize=1)
def _frame() -> Template:
    return _compiled((_WORDS / "frame.html").read_text(encoding="utf-8"), page=True)


def render(
    words: Words, values: Mapping[str, Any], box: MailboxFacts, language: str = "en"
) -> Mail:
    """The mail in the brand of a mailbox.

    Raises:
        BadWords: the words use something that does not exist, or cannot be read.
    """
    known = {"brand": box.brand or box.name, "footer": box.footer, **values}
    try:
        subject = one_line(_compiled(words.subject, page=False).render(known), 400)
        text = _compiled(words.text, page=False).render(known)[:_LONGEST].strip() + "\n"
        body = (
            _compiled(words.html, page=True).render(known) if words.html else page.body(text, known)
        )
        html = _frame().render(
            language=language or "en",
            brand=known["brand"],
            color=box.brand_color or "#2456c9",
            subject=subject,
            body=Markup(body),  # noqa: S704 - escaped by the page or by the template
            footer=box.footer,
        )
    except TemplateError as error:
        line = getattr(error, "lineno", None)
        where = f" (line {line})" if line else ""
        raise BadWords(f"These words cannot be used{where}: {error.message or error}") from error
    if box.footer:
        text += f"\n-- \n{box.footer.strip()}\n"
    return Mail(subject, text, html)


def lines(words: Words, values: Mapping[str, Any], box: MailboxFacts) -> str:
    """Words that stand inside a mail: their text alone.

    Raises:
        BadWords: the words use something that does not exist, or cannot be read.
    """
    try:
        text = _compiled(words.text, page=False).render(
            {"brand": box.brand or box.name, "footer": box.footer, **values}
        )
    except TemplateError as error:
        raise BadWords(f"These words cannot be used: {error.message or error}") from error
    return text.strip()


def pictured(html: str, files: Iterable[Mapping[str, Any]]) -> str:
    """The page with the pictures that its text shows in their places, as parts of the mail."""
    for file in files:
        if file.get("inline"):
            name = escape(str(file["name"]))
            shown = f'<img src="cid:{escape(str(file["content_id"]))}" alt="{name}">'
            html = html.replace(f"[image: {name}]", shown)
    return html
