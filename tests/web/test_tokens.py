"""API tokens: shown once, kept as a hash, one's own or an administrator's to revoke."""

import re
from datetime import timedelta

import pytest

from heliodesk.identity import tokens
from heliodesk.identity.actions import Refused
from heliodesk.identity.models import ApiToken, TokenUse
from heliodesk.identity.rules import Role
from heliodesk.journal.models import Event
from tests import make
from tests.web.conftest import Browser

pytestmark = pytest.mark.django_db
FORM = {"name": "Wallboard", "scopes": ["read", "write"], "days": "30"}


def made(user_id: int, **given: object) -> tuple[ApiToken, str]:
    """A token of this person."""
    by = tokens.By("user", user_id, "x")
    wanted = {"name": "Sync", "scopes": ["read"], "days": None, **given}
    return tokens.make(user_id, by=by, at=make.NOW, **wanted)  # type: ignore[arg-type]  # fields of it by name


def test_a_token_is_made_shown_once_and_revoked(browser: Browser) -> None:
    client = browser()
    answer = client.post("/me/tokens/", FORM)
    page = answer.content.decode()
    secret = re.findall(r"hdt_[\w-]{43}", page)[0]
    assert answer["Cache-Control"] == "no-store"
    row = ApiToken.objects.get()
    assert row.start == secret[:10]
    assert (row.scopes, secret in row.digest) == (["read", "write"], False)
    again = client.get("/me/tokens/").content.decode()
    assert secret not in again
    assert "Wallboard" in again
    assert client.post(f"/me/tokens/{row.pk}/revoke/").status_code == 302
    assert "holds no longer" in client.get("/me/tokens/").content.decode()
    assert "Wallboard" not in client.get("/me/tokens/").content.decode()
    told = list(
        Event.objects.filter(subject_kind="user").order_by("id").values_list("verb", "data")
    )
    assert [verb for verb, _ in told] == ["token_made", "token_revoked"]
    assert told[0][1]["token"] == "Wallboard"
    assert secret not in str(told)


@pytest.mark.parametrize(
    "wrong",
    [{"name": " "}, {"scopes": []}, {"scopes": ["root"]}, {"days": "x"}, {"days": "99999"}],
)
def test_what_is_missing_is_said(browser: Browser, wrong: dict[str, object]) -> None:
    answer = browser().post("/me/tokens/", FORM | wrong)
    assert answer.status_code == 409
    assert not ApiToken.objects.exists()
    assert b"That was not possible" in answer.content


def test_others_tokens_are_an_administrator_s_to_revoke(browser: Browser) -> None:
    row, _ = made(make.user().pk)
    assert browser().post(f"/me/tokens/{row.pk}/revoke/").status_code == 404
    assert browser(role=Role.LEAD).get("/settings/tokens/").status_code == 403
    admin = browser(role=Role.ADMIN)
    assert b"Sync" in admin.get("/settings/tokens/").content
    assert admin.post(f"/settings/tokens/{row.pk}/revoke/").status_code == 302
    assert b"revoked" in admin.get("/settings/tokens/").content


def test_who_shows_a_token() -> None:
    user = make.user(role=Role.LEAD)
    row, secret = made(user.pk, days=1)
    found = tokens.bearer(secret, make.NOW)
    assert found is not None
    assert (found.person.id, found.scopes, found.used) == (user.pk, {"read"}, 1)
    found = tokens.bearer(secret, make.NOW)
    assert found is not None
    assert found.used == 2
    found = tokens.bearer(secret, make.NOW + timedelta(minutes=1))
    assert found is not None
    assert found.used == 1
    row.refresh_from_db()
    assert row.last_used_at == make.NOW
    assert tokens.bearer(secret, make.NOW + timedelta(days=1)) is None
    for wrong in ("", "x", secret[:-1] + "~", secret + "é", "hdt_" + "x" * 43):
        assert tokens.bearer(wrong, make.NOW) is None


def test_a_token_ends_with_its_owner_s_right_to_be_here() -> None:
    user = make.user()
    row, secret = made(user.pk)
    user.is_active = False
    user.save()
    assert tokens.bearer(secret, make.NOW) is None
    user.is_active = True
    user.save()
    assert tokens.bearer(secret, make.NOW)
    tokens.revoke(row, by=tokens.By("user", 1, "x"), at=make.NOW)
    assert tokens.bearer(secret, make.NOW) is None
    assert TokenUse.objects.count() == 1


def test_nobody_has_tokens_without_end() -> None:
    user = make.user()
    for _ in range(tokens.MOST):
        made(user.pk)
    with pytest.raises(Refused, match="Revoke one"):
        made(user.pk)
