"""Who may see a page: every view says so, and what says nothing needs a signed-in person."""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase

from heliodesk.identity.person import Person
from heliodesk.identity.rules import May

View = Callable[..., HttpResponseBase]
PUBLIC = "public"
SIGNED_IN = "signed in"
#: A view of the API, which asks for a token itself; a session counts for nothing there.
TOKEN = "token"  # noqa: S105 (the word for how one gets in)
#: What a refusal says of a page that is for the other side.
CONTACTS_ONLY, DESK_ONLY = "contacts only", "desk only"
_V = TypeVar("_V", bound=View)


class PersonRequest(HttpRequest):
    """A request of a signed-in person, as the middleware hands it to a view."""

    person: Person
    #: The id of this request, in the log and in the ``X-Request-ID`` header.
    id: str


def public(view: _V) -> _V:
    """Mark a view that needs no sign-in."""
    view.access = PUBLIC  # type: ignore[attr-defined]  # ours
    return view


def for_everybody(view: _V) -> _V:
    """Mark a view for everybody who is signed in: people of the desk in any role, and contacts.

    Its request carries ``person`` or ``customer``, never both.
    """
    view.access = SIGNED_IN  # type: ignore[attr-defined]  # ours
    return view


def needs(permission: May) -> Callable[[View], View]:
    """Let a view be seen only with this permission; others are told that it is not theirs (403)."""

    def guard(view: View) -> View:
        @wraps(view)
        def guarded(request: PersonRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not request.person.may(permission):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        guarded.access = permission  # type: ignore[attr-defined]  # ours
        return guarded

    return guard


def needed(view: Any) -> Any:
    """What a view was marked to need; none when it was never marked."""
    return getattr(view, "access", None)


def is_public(view: Any) -> bool:
    """Whether a view was marked as needing no sign-in."""
    return bool(needed(view) == PUBLIC)


def for_whom(refusal: PermissionDenied) -> str:
    """Which side the refused page is for, when it is not a matter of the role."""
    return str(refusal.args[0]) if refusal.args else ""
