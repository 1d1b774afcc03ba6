"""How somebody signs in, and where they are signed in."""

from collections.abc import Sequence
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.http import HttpRequest

from heliodesk.identity.models import User


def user_of(id: int) -> User:
    """The user with this id."""
    return User.objects.get(pk=id)


def kinds(user: User) -> list[str]:
    """The kind of each passkey, app and set of recovery codes they have."""
    return list(Authenticator.objects.filter(user=user).values_list("type", flat=True))


def forget_factors(user: User) -> list[str]:
    """Forget every passkey, app and set of recovery codes of theirs; says which there were."""
    found = kinds(user)
    Authenticator.objects.filter(user=user).delete()
    return found


def sessions(user: User) -> Sequence[Any]:
    """The browsers in which they are signed in; those that ended are forgotten."""
    return UserSession.objects.purge_and_list(user)  # type: ignore[no-any-return]  # allauth is untyped


def end_session(user_id: int, id: int) -> None:
    """Sign one of their browsers out."""
    for session in UserSession.objects.filter(pk=id, user=user_id):
        session.end()


def end_others(user_id: int, key: str | None) -> None:
    """Sign out every browser of theirs but the one with this session."""
    for session in UserSession.objects.filter(user=user_id).exclude(session_key=key):
        session.end()


def begun(request: HttpRequest) -> None:
    """List the session of this request among theirs."""
    UserSession.objects.create_from_request(request)
