"""Colleagues by name: suggested while somebody writes ``@``, and found in what was written."""

from django.db import connection
from django.http import JsonResponse

from heliodesk.cases import conversation
from heliodesk.cases.access import get_case
from heliodesk.identity.rules import May
from heliodesk.kernel import reading
from heliodesk.web.access import PersonRequest, needs

_MOST = 8
_LONGEST = 60
_EVERYBODY = """
select id, name from identity_user where is_active and role <> 'contact'
order by lower(name), id limit 500
"""


def everybody() -> list[tuple[int, str]]:
    """Everybody who may work, by name."""
    return [(id, name) for id, name in reading.rows(connection, _EVERYBODY)]


def named_in(text: str) -> dict[int, str]:
    """The colleagues whom a text names as ``@Name``, by id."""
    if "@" not in text:
        return {}
    found: dict[int, str] = {}
    for id, name in sorted(everybody(), key=lambda one: -len(one[1])):
        if f"@{name}" in text:
            found[id] = name
            text = text.replace(f"@{name}", "")
    return found


@needs(May.WORK_CASES)
def suggest(request: PersonRequest) -> JsonResponse:
    """Colleagues whose name has these letters at the beginning of a word."""
    asked = request.GET.get("q", "").casefold().strip()[:_LONGEST]
    found = [
        {"text": name, "sub": ""}
        for _id, name in everybody()
        if name.casefold().startswith(asked)
        or any(word.startswith(asked) for word in name.casefold().split())
    ]
    return JsonResponse({"found": found[:_MOST]})


@needs(May.WORK_CASES)
def addresses(request: PersonRequest, ref: str) -> JsonResponse:
    """Addresses to write to on a case: those who take part, then contacts of the account."""
    case = get_case(request.person, ref)
    asked = request.GET.get("q", "").replace("\0", "").strip()[:_LONGEST]
    found = conversation.suggested(case, asked, most=_MOST)
    return JsonResponse({"found": [{"text": one.address, "sub": one.name} for one in found]})
