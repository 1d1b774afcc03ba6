"""The API described for programs (OpenAPI 3.1), made from the table of endpoints."""

import json
import re
from functools import cache
from typing import Any

from django.conf import settings

from heliodesk.api.door import Download, Endpoint, Param
from heliodesk.api.endpoints import BASE, ENDPOINTS
from heliodesk.api.problems import PROBLEM, TITLES
from heliodesk.api.shapes import described
from heliodesk.identity.tokens import Scope

_IN_PATH = {
    "ref": ({"type": "string"}, "A case's reference, with or without spaces."),
    "id": ({"type": "integer"}, "The record's id."),
}
_ABOUT = """Read and write cases with a token: `Authorization: Bearer hdt_…`. A token acts for its
owner and may never do more. Times are UTC. Errors are `application/problem+json`. Send an
`Idempotency-Key` with a write, and it is done once however often you send it within a day."""
_SCOPES = {
    Scope.READ: "Reads cases, accounts and contacts.",
    Scope.WRITE: "Writes cases.",
    Scope.REPORTS: "Reads figures.",
}


@cache
def document() -> str:
    """The whole description, as JSON."""
    return json.dumps(described_api(), ensure_ascii=False)


def described_api() -> dict[str, Any]:
    """The whole description."""
    kept: dict[str, Any] = {}
    paths: dict[str, dict[str, Any]] = {}
    for endpoint in ENDPOINTS:
        paths.setdefault(BASE + endpoint.path, {})[endpoint.method.lower()] = _one(endpoint, kept)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Heliodesk", "version": "1", "description": _ABOUT},
        "servers": [{"url": settings.BASE_URL}],
        "security": [{"token": []}],
        "paths": paths,
        "components": {
            "schemas": {**dict(sorted(kept.items())), "Problem": _PROBLEM},
            "securitySchemes": {
                "token": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": " ".join(f"{s}: {about}" for s, about in _SCOPES.items()),
                }
            },
            "responses": {
                name: {
                    "description": title,
                    "content": {PROBLEM: {"schema": {"$ref": "#/components/schemas/Problem"}}},
                }
                for name, title in TITLES.values()
            },
        },
    }


_PROBLEM = {
    "type": "object",
    "description": "What went wrong (RFC 9457).",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string", "format": "uri"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "What to do, in words for people."},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {"field": {"type": "string"}, "message": {"type": "string"}},
            },
        },
    },
}


def _one(endpoint: Endpoint, kept: dict[str, Any]) -> dict[str, Any]:
    write = endpoint.method != "GET"
    told: dict[str, Any] = {
        "operationId": endpoint.name,
        "summary": endpoint.about,
        "description": f"{endpoint.more} Scope: {endpoint.scope}.".strip(),
        "tags": [endpoint.path.split("/")[1]],
        "security": [{"token": [endpoint.scope.value]}],
        "parameters": [
            *(_in_path(name) for name in re.findall(r"{(\w+)}", endpoint.path)),
            *(_in_query(param) for param in endpoint.params),
            *([_KEY] if write else []),
        ],
        "responses": _responses(endpoint, kept, write=write),
    }
    if endpoint.takes:
        schema = described(endpoint.takes, kept)
        told["requestBody"] = {
            "required": True,
            "content": {"application/json": {"schema": schema}},
        }
    if endpoint.takes_bytes:
        told["requestBody"] = {"required": True, "content": _BYTES}
    return told


#: The bytes of a file.
_BYTES = {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}


_KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "description": "Any text of your own: the same write with the same key is done once.",
    "schema": {"type": "string", "maxLength": 100},
}


def _responses(endpoint: Endpoint, kept: dict[str, Any], *, write: bool) -> dict[str, Any]:
    gives: dict[str, Any] = (
        _BYTES
        if endpoint.gives is Download
        else {"application/json": {"schema": described(endpoint.gives, kept)}}
    )
    good = "201" if endpoint.makes else "200"
    wrong = [401, 403, 422, 429, *([404] if "{" in endpoint.path else [])]
    wrong += [400, 409, 413, 415] if write else []
    return {
        good: {"description": "Done." if write else "Found.", "content": gives},
        **{
            str(status): {"$ref": f"#/components/responses/{TITLES[status][0]}"}
            for status in sorted(wrong)
        },
    }


def _in_path(name: str) -> dict[str, Any]:
    schema, about = _IN_PATH[name]
    return {"name": name, "in": "path", "required": True, "description": about, "schema": schema}


def _in_query(param: Param) -> dict[str, Any]:
    schema = described(param.kind, {})
    if param.one_of:
        schema["enum"] = list(param.one_of)
    if param.kind is int:
        schema |= {"minimum": 1, "maximum": param.most}
    if param.default is not None:
        schema["default"] = param.default
    return {"name": param.name, "in": "query", "description": param.about, "schema": schema}
