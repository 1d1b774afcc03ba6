"""A word for the next page: what was just done. Kept in a signed cookie, told once."""

from django.contrib import messages
from django.http import HttpRequest


def tell(request: HttpRequest, text: str) -> None:
    """Say this on the next page the person sees."""
    messages.success(request, text)


def told(request: HttpRequest) -> list[str]:
    """What is to be said now; asking forgets it."""
    if "messages" not in request.COOKIES:
        return []
    return [str(message) for message in messages.get_messages(request)]
