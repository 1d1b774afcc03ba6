"""Nobody sees what is not theirs: every address says who may see it."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from heliodesk.identity.rules import May, Role, allows
from heliodesk.web.access import TOKEN, needed
from tests import make
from tests.web.conftest import Browser

#: Anything that fits an address's parameters.
_LIKELY = {"ref": "10000007", "verb": "take", "uidb36": "1", "key": "x-y"}


def addresses() -> Iterator[tuple[str, Any]]:
    """Every address of the pages with its view."""
    for address, view in _walk(get_resolver().url_patterns, "/"):
        if needed(view) != TOKEN:  # tests/api knocks at the API's door
            yield address, view


def _walk(patterns: Any, prefix: str) -> Iterator[tuple[str, Any]]:
    for pattern in patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from _walk(pattern.url_patterns, route)
        elif isinstance(pattern, URLPattern):
            yield _filled(route), pattern.callback


def _filled(route: str) -> str:
    if "(?P<" in route:
        return "/password/new/1-x-y/"
    while "<" in route:
        start, end = route.index("<"), route.index(">")
        kind, _, name = route[start + 1 : end].rpartition(":")
        route = (
            route[:start] + ("1" if kind == "int" else _LIKELY.get(name, "x")) + route[end + 1 :]
        )
    return route


def test_every_view_says_who_may_see_it() -> None:
    silent = [address for address, view in addresses() if getattr(view, "access", None) is None]
    assert silent == []


def test_without_sign_in_only_public_pages_answer(client: Client, db: None) -> None:
    for address, view in addresses():
        response = client.get(address)
        if getattr(view, "access", None) == "public":
            assert not response.headers.get("Location", "").startswith("/sign-in/?next"), address
        else:
            assert response.status_code == 302, address
            door = "/support/sign-in/" if needed(view) == "portal" else "/sign-in/"
            assert response["Location"].startswith(door), address


@pytest.mark.parametrize("role", list(Role))
def test_what_a_role_may_not_do_it_cannot_reach(browser: Browser, role: Role) -> None:
    client = browser(role=role)
    for address, view in addresses():
        permission = needed(view)
        if not isinstance(permission, May) or allows(role, permission):
            continue
        for answer in (client.get(address), client.post(address)):
            assert answer.status_code in {403, 404, 405}, (address, role)


def test_an_offshore_case_does_not_exist_for_others(browser: Browser) -> None:
    account = make.account(name="Faraway Ltd", offshore=True)
    case = make.case(
        account, make.contact(account), title="Secret island", text="palmtree", offshore=True
    )
    make.message(case, text="x", html="<p>x</p>")
    others = browser(role="lead")
    message = case.messages.last()
    assert message
    for address in (
        f"/cases/{case.ref}/",
        f"/cases/{case.ref}/resolve/",
        f"/messages/{message.pk}/html/",
        f"/messages/{message.pk}/raw/",
    ):
        assert others.get(address).status_code == 404, address
    for verb in ("reply", "note", "draft", "take", "resolve", "cancel", "merge"):
        answer = others.post(f"/cases/{case.ref}/{verb}/", {"text": "x", "mode": "reply"})
        assert answer.status_code == 404, verb
    for address in ("/", "/open/", "/unassigned/", "/search/?q=palmtree", "/search/?q=Secret"):
        page = others.get(address).content.decode()
        assert "Secret island" not in page, address
    assert b"Secret island" in browser(offshore=True).get("/").content


def test_a_person_who_left_is_out_at_once(browser: Browser) -> None:
    client = browser()
    assert client.get("/").status_code == 200
    person = client.person  # type: ignore[attr-defined]  # ours
    person.is_active = False
    person.save()
    assert client.get("/").status_code == 302


def test_a_change_of_password_signs_other_browsers_out(browser: Browser) -> None:
    user = make.user(password="the-first-secret")
    one, other = browser(user=user), browser(user=user)
    assert other.get("/").status_code == 200
    user.set_password("the-second-secret")
    user.save()
    assert one.get("/").status_code == 302
    assert other.get("/").status_code == 302


def test_a_form_from_elsewhere_is_refused(browser: Browser) -> None:
    case = make.case(text="hello")
    client = browser(csrf=True)
    for address, view in addresses():
        if getattr(view, "access", None) == "public" or "/rail/" in address:
            continue
        answer = client.post(address.replace("10000007", case.ref), {"text": "x"})
        assert answer.status_code in {403, 405}, address
    answer = client.post(f"/cases/{case.ref}/note/", {"text": "x"})
    assert "This form has grown old" in answer.content.decode()
    assert case.messages.count() == 1


def test_answers_carry_a_strict_policy_and_an_id(browser: Browser) -> None:
    answer = browser().get("/", headers={"X-Request-ID": "abc-12345"})
    policy = answer["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy
    assert answer["X-Request-ID"] == "abc-12345"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert browser().get("/", headers={"X-Request-ID": 'a"b<script>'})["X-Request-ID"].isalnum()
