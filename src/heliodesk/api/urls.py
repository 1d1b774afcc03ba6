"""Addresses of the API."""

from django.urls import path

from heliodesk.api import reference
from heliodesk.api.door import view
from heliodesk.api.endpoints import by_path

_KINDS = {"{ref}": "<str:ref>", "{id}": "<int:id>"}


def _route(address: str) -> str:
    for name, kind in _KINDS.items():
        address = address.replace(name, kind)
    return f"api/v1{address}"


urlpatterns = [
    path("api/v1/", reference.read, name="api"),
    path("api/v1/openapi.json", reference.document, name="openapi"),
    *(path(_route(address), view(each)) for address, each in by_path().items()),
    path("api/", reference.nothing),
    path("api/<path:rest>", reference.nothing),
]
