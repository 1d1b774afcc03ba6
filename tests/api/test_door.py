"""The door of the API: who is let in, how often, what is wrong, and each write once."""

import json
import threading
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import get_resolver

from heliodesk.api import jobs
from heliodesk.api.endpoints import ENDPOINTS
from heliodesk.api.models import Answered
from heliodesk.cases.models import Case, Message
from heliodesk.identity.rules import Role
from heliodesk.kernel import clock
from tests import make
from tests.api.conftest import Program, Programs
from tests.web.conftest import browser, portal

__all__ = ["browser", "portal"]
pytestmark = pytest.mark.django_db


def problem(answer: Any, status: int) -> dict[str, Any]:
    """The problem that this answer is."""
    assert answer.status_code == status, answer.content
    assert answer["Content-Type"] == "application/problem+json"
    told: dict[str, Any] = json.loads(answer.content)
    assert told["status"] == status
    assert told["detail"]
    assert told["type"].startswith("http")
    return told


PATHS = [one.path.replace("{ref}", "10000007").replace("{id}", "1") for one in ENDPOINTS]


@pytest.mark.parametrize("path", sorted(set(PATHS)))
def test_without_a_token_nothing_is_told(path: str) -> None:
    for headers in ({}, {"authorization": "Bearer hdt_" + "x" * 43}, {"authorization": "Basic x"}):
        for method in ("get", "post", "delete", "options"):
            answer = getattr(Client(headers=headers), method)(f"/api/v1{path}")
            problem(answer, 401)
            assert answer["WWW-Authenticate"].startswith("Bearer")


def test_a_session_counts_for_nothing(browser: Any, portal: Any, case: Case) -> None:
    for client in (browser(role=Role.ADMIN), portal(case.contact)):
        for path in ("/me", "/cases", f"/cases/{case.ref}"):
            problem(client.get(f"/api/v1{path}"), 401)


@pytest.mark.parametrize("one", ENDPOINTS, ids=lambda one: one.name)
def test_every_endpoint_asks_for_its_scope(program: Programs, one: Any) -> None:
    others = sorted({"read", "write", "reports"} - {one.scope.value})
    asks = program(scopes=others)
    path = one.path.replace("{ref}", "10000007").replace("{id}", "1")
    answer = asks.get(path) if one.method == "GET" else asks.post(path)
    assert f"“{one.scope}”" in problem(answer, 403)["detail"]


def test_a_token_may_no_more_than_its_owner(program: Programs, case: Case) -> None:
    agent = program(role=Role.AGENT)
    problem(agent.get("/reports/figures"), 403)
    assert agent.get("/cases").status_code == 200
    hidden = make.case(make.account(offshore=True), offshore=True)
    problem(agent.get(f"/cases/{hidden.ref}"), 404)
    problem(agent.post(f"/cases/{hidden.ref}/note", {"text": "x"}), 404)
    assert hidden.ref not in agent.get("/cases").content.decode()
    problem(agent.get(f"/accounts/{hidden.account_id}"), 404)
    agent.user.is_active = False
    agent.user.save()
    problem(agent.get("/cases"), 401)


def test_too_many_requests_wait(program: Programs, settings: Any) -> None:
    settings.API_PER_MINUTE = 2
    asks = program()
    left = [asks.get("/me")["RateLimit-Remaining"] for _ in range(2)]
    assert left == ["1", "0"]
    answer = asks.get("/me")
    problem(answer, 429)
    assert 1 <= int(answer["Retry-After"]) <= 60


def test_what_is_wrong_is_told_field_by_field(program: Programs, case: Case) -> None:
    asks = program()
    told = problem(asks.post("/cases", {"account": "x", "colour": 1, "severity": "P1"}), 422)
    assert {one["field"]: one["message"] for one in told["errors"]} == {
        "account": "This must be a number.",
        "colour": "There is no such field.",
        "severity": "Choose from P2, P3, P4.",
        "title": "This field is needed.",
        "text": "This field is needed.",
    }
    told = problem(asks.get("/cases", limit="9999", colour="red"), 422)
    assert {one["field"] for one in told["errors"]} == {"limit", "colour"}
    file = {"name": "x", "content": "not base64"}
    told = problem(asks.post(f"/cases/{case.ref}/note", {"text": "x", "attachments": [file]}), 422)
    assert told["errors"][0]["field"] == "attachments[0].content"
    problem(asks.post("/cases", [1, 2]), 422)
    problem(asks.post("/cases", "{"), 400)
    problem(asks.post("/cases", "[" * 100_000), 400)
    problem(asks.post("/cases", b"\xff"), 400)
    problem(asks.post("/cases", {}, content_type="text/plain"), 415)
    problem(asks.post("/cases", "x" * (6 * 2**20)), 413)
    problem(asks.get("/nothing/here"), 404)
    for path in ("/cases/%F0%9F%90%A8", "/accounts/" + "9" * 40, "/contacts/0"):
        problem(asks.get(path), 404)
    answer = asks.client.delete("/api/v1/cases")
    problem(answer, 405)
    assert answer["Allow"] == "GET, POST"


def test_what_breaks_is_told_without_saying_how(
    program: Programs, case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("secret sauce")

    monkeypatch.setattr("heliodesk.cases.brief.briefs", broken)
    told = problem(program().get(f"/cases/{case.ref}"), 500)
    assert "sauce" not in str(told)


def test_a_write_with_a_key_is_done_once(program: Programs, case: Case) -> None:
    asks = program()
    body = {"text": "Only once."}
    first = asks.post(f"/cases/{case.ref}/note", body, key="a")
    again = asks.post(f"/cases/{case.ref}/note", body, key="a")
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.content == again.content
    assert again["Idempotency-Replayed"] == "true"
    assert Message.objects.filter(text="Only once.").count() == 1
    problem(asks.post(f"/cases/{case.ref}/note", {"text": "Other."}, key="a"), 422)
    assert program().post(f"/cases/{case.ref}/note", body, key="a").status_code == 201
    assert Message.objects.filter(text="Only once.").count() == 2
    problem(asks.post(f"/cases/{case.ref}/note", body, key="x" * 101), 400)


def test_a_refused_write_keeps_no_key(program: Programs, case: Case) -> None:
    asks = program()
    problem(asks.post(f"/cases/{case.ref}/close", key="b"), 409)
    assert not Answered.objects.exists()
    assert asks.post(f"/cases/{case.ref}/take", key="b").status_code == 200


def test_old_keys_are_forgotten(program: Programs, case: Case) -> None:
    asks = program()
    asks.post(f"/cases/{case.ref}/note", {"text": "x"}, key="a")
    assert jobs.forget(clock.now()) == 0
    assert jobs.forget(clock.now() + jobs.KEPT) == 1


@pytest.mark.django_db(transaction=True)
def test_the_same_write_at_the_same_moment_is_done_once(program: Programs, case: Case) -> None:
    asks: Program = program()
    answers: list[bytes] = []

    def send() -> None:
        answers.append(asks.post(f"/cases/{case.ref}/note", {"text": "Racing."}, key="r").content)
        connection.close()

    threads = [threading.Thread(target=send) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(answers)) == 1
    assert Message.objects.filter(text="Racing.").count() == 1


def test_only_the_reference_is_public() -> None:
    public = {"api/v1/", "api/v1/openapi.json", "api/", "api/<path:rest>"}
    for pattern in get_resolver().url_patterns:
        route = str(pattern.pattern)
        if route.startswith("api/"):
            assert pattern.callback.access == ("public" if route in public else "token"), route
