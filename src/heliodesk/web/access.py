"""Who may see a page: every view says so, and what says nothing needs a signed-in person."""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase

from heliodesk.identity.person import Person
from heliodesk.identity.rules import May

View = Callable[..., HttpResponseBase]
_V = TypeVar("_V", bound=View)


class PersonRequest(HttpRequest):
    """A request of a signed-in person, as the middleware hands it to a view."""

    person: Person
    #: The id of this request, in the log and in the ``X-Request-ID`` header.
    id: str


def public(view: _V) -> _V:
    """Mark a view that needs no sign-in."""
    view.access = "public"  # type: ignore[attr-defined]
    return view


def for_everybody(view: _V) -> _V:
    """Mark a view for every signed-in person, whatever their role."""
    view.access = "signed in"  # type: ignore[attr-defined]
    return view


def needs(permission: May) -> Callable[[View], View]:
    """Let a view be seen only with this permission; others are told that it is not theirs (403)."""

    def guard(view: View) -> View:
        @wraps(view)
        def guarded(request: PersonRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not request.person.may(permission):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        guarded.access = permission  # type: ignore[attr-defined]
        return guarded

    return guard


def is_public(view: Any) -> bool:
    """Whether a view was marked as needing no sign-in."""
    return getattr(view, "access", None) == "public"
