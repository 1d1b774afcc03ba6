"""The reference of the API: the page that people read, and the document that programs do."""

import re

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.template import engines

from heliodesk.api import openapi
from heliodesk.api.endpoints import BASE, ENDPOINTS
from heliodesk.api.problems import TITLES, Problem, answer

_GROUPS = {
    "me": "You",
    "cases": "Cases",
    "files": "Files",
    "accounts": "Accounts",
    "contacts": "Contacts",
    "reports": "Reports",
}


def document(_request: HttpRequest) -> HttpResponse:
    """The OpenAPI document; it holds nothing that is not in the source."""
    return HttpResponse(openapi.document(), content_type="application/json")


def read(request: HttpRequest) -> HttpResponse:
    """The same, for people."""
    described = openapi.described_api()
    groups = {
        title: [
            {
                "endpoint": one,
                "path": BASE + one.path,
                "told": described["paths"][BASE + one.path][one.method.lower()],
            }
            for one in ENDPOINTS
            if one.path.split("/")[1] == code
        ]
        for code, title in _GROUPS.items()
    }
    page = engines["jinja2"].get_template("api/reference.html")
    return HttpResponse(
        page.render(
            {
                "groups": groups,
                "schemas": described["components"]["schemas"],
                "named": _named,
                "problems": TITLES,
                "base": settings.BASE_URL,
                "per_minute": settings.API_PER_MINUTE,
            },
            request,
        )
    )


def _named(schema: dict[str, object]) -> str:
    """The type of a field in a word or two."""
    if isinstance(ref := schema.get("$ref"), str):
        return ref.rpartition("/")[2]
    if isinstance(some := schema.get("anyOf"), list):
        return f"{_named(some[0])} or null"
    kind = schema.get("type")
    if kind == "array" and isinstance(items := schema.get("items"), dict):
        return f"list of {_named(items)}"
    if isinstance(kind, list):
        return " or ".join(str(each) for each in kind)
    return str(schema.get("format") or kind)


def nothing(_request: HttpRequest, rest: str = "") -> HttpResponse:
    """There is no such address."""
    shown = re.sub(r"[^\w/.-]", "", rest)[:80]
    return answer(Problem(404, f"There is no {BASE}/{shown}. {BASE}/ lists every address."))


# As pages are marked by ``web.access``, a room that the API stands beside and does not import.
document.access = read.access = nothing.access = "public"  # type: ignore[attr-defined]  # ours
nothing.csrf_exempt = True  # type: ignore[attr-defined]  # ours
