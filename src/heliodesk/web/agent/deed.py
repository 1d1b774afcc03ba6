"""A verb as the pages of a case offer it, and what its form says."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from django.utils.translation import gettext as translated

from heliodesk.cases.access import Hidden, get_case
from heliodesk.cases.models import Case
from heliodesk.cases.rules import Actor, Refused
from heliodesk.identity.person import Person
from heliodesk.identity.rules import May
from heliodesk.journal.record import By
from heliodesk.web.access import PersonRequest

#: What a form says; of a name that is sent several times, the values with commas between.
Form = Mapping[str, str]


class Deed(NamedTuple):
    """One verb as pages offer it: what it does, and the words for when it is done."""

    do: Callable[[Case, Form, Person, By, datetime], object]
    done: str
    #: What is asked first: title, explanation, button; none is done at once.
    asks: tuple[str, str, str] | None = None
    #: The page of its own fields inside the form, and what that page needs to know.
    fields: str = ""
    knows: Callable[[PersonRequest, Case], dict[str, Any]] | None = None
    #: Better words for when it is done, from what doing it gave.
    says: Callable[[Any], str] | None = None


def other_case(form: Form, person: Person) -> Case:
    """The case that a form names by its reference."""
    ref = form.get("other", "")
    try:
        return get_case(person, ref)
    except Hidden:
        raise Refused(
            translated("There is no case %(ref)s that you can see. Check its reference.")
            % {"ref": ref or "?"}
        ) from None


def number(form: Form, name: str, trouble: str) -> int:
    """The number that a form gives under a name.

    Raises:
        Refused: it gives none; says ``trouble``.
    """
    given = form.get(name, "").strip()
    if not (given.isascii() and given.isdigit() and len(given) < 19):
        raise Refused(trouble)
    return int(given)


def numbers(form: Form, name: str) -> list[int]:
    """The numbers that a form gives under a name; what is none is left out."""
    words = form.get(name, "").split(",")
    return [int(word) for word in words if word.isascii() and word.isdigit() and len(word) < 19]


def actor_of(person: Person) -> Actor:
    """How the table of steps sees this person."""
    return Actor.LEAD if person.may(May.REVIVE_CANCELLED) else Actor.AGENT
