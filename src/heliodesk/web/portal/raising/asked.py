"""The fields that an administrator has customers asked for: shown, read and checked on the form."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext_noop as _

from heliodesk.cases import fields
from heliodesk.cases.fields import Field
from heliodesk.cases.rules import Refused, Value
from heliodesk.web.translation import translated

#: What stands before a field's code in the form.
PREFIX = "f_"
_WRONG = {
    Value.TEXT: _("This text is too long. Your text is kept; shorten it or attach it as a file."),
    Value.NUMBER: _("This is a number, such as 12 or 3.5."),
    Value.DATE: _("Write the date as 2026-11-23."),
    Value.CHOICE: _("Choose one of the list."),
    Value.YES_NO: _("Choose yes or no."),
    Value.URL: _("This begins with https:// or http://."),
}


def everything() -> list[Field]:
    """All fields that customers are asked for, whatever their case is about."""
    return [field for field in fields.fields() if field.asked]


def read(posted: Mapping[str, Any]) -> dict[str, str]:
    """What was typed into such fields, by their codes."""
    return {
        name.removeprefix(PREFIX): str(text).replace("\r\n", "\n")
        for name, text in posted.items()
        if name.startswith(PREFIX) and str(text).strip()
    }


def check(typed: Mapping[str, str], kind: str) -> tuple[dict[str, str], dict[str, str]]:
    """What the case will hold, and what is wrong, by the name in the form.

    What belongs to another kind of case, or to no field any more, is left out.
    """
    held: dict[str, str] = {}
    troubles: dict[str, str] = {}
    for field in everything():
        if not field.of_kind(kind) or field.code not in typed:
            continue
        try:
            known = fields.read(field, typed[field.code])
        except Refused:
            troubles[PREFIX + field.code] = translated(_WRONG[Value(field.value)])
        else:
            held |= {field.code: known.text} if known else {}
    return held, troubles


def lines(held: Mapping[str, str], known: Iterable[Field]) -> list[str]:
    """What was filled in, as people read it in the case and in the mail that confirms it."""
    return [f"{field.label}: {held[field.code]}" for field in known if field.code in held]
