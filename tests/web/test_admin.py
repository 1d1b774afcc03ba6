"""The administrators' pages: words, mailboxes, people and teams."""

import re
import threading
from typing import Any

import pytest
from django.urls import reverse

from heliodesk.channels.models import Mailbox
from heliodesk.channels.trying import Step
from heliodesk.entitlements.actions import activate_shipped
from heliodesk.identity.models import Session, Team, User
from heliodesk.journal.models import Event
from heliodesk.notifications.models import Template
from heliodesk.web.admin import trial
from heliodesk.web.admin.places import GROUPS, PLACES
from heliodesk.web.admin.urls import urlpatterns
from tests import make
from tests.web.conftest import Browser

pytestmark = pytest.mark.django_db


def text(page: Any) -> str:
    return str(page.content.decode())


def test_they_are_for_administrators_only(browser: Browser) -> None:
    lead = browser(role="lead")
    for entry in urlpatterns[1:]:
        if not str(entry.pattern).startswith("settings/"):
            continue  # about oneself
        route = re.sub(r"<slug:\w+>", "reply", re.sub(r"<int:\w+>", "1", str(entry.pattern)))
        assert lead.get(f"/{route}").status_code in {403, 405}, route


def test_the_settings_home_finds_pages_and_lists_what_somebody_may_open(browser: Browser) -> None:
    admin, agent = browser(role="admin"), browser(role="agent")
    assert 'href="/settings/mailboxes/"' in text(admin.get("/settings/"))
    found = text(admin.get("/settings/?q=IMAP brand", headers={"HX-Request": "true"}))
    assert 'href="/settings/mailboxes/"' in found and "/settings/people/" not in found
    assert "<html" not in found
    assert "No setting by that name" in text(admin.get("/settings/?q=dragon"))
    activate_shipped(at=make.NOW)
    own = text(agent.get("/settings/"))
    assert "/settings/mailboxes/" not in own and 'href="/me/password/"' in own
    assert {place.group for place in PLACES} == set(GROUPS)
    ways = [place for place in PLACES if f'href="{reverse(place.url)}"' in own]
    assert [place.url for place in ways if agent.get(reverse(place.url)).status_code == 403] == []


def test_words_are_rewritten_tried_and_taken_back(browser: Browser) -> None:
    admin = browser(role="admin")
    assert "Shipped words" in text(admin.get("/settings/words/reply/"))
    form = {"subject": "About {{ spoken }}", "text": "Hi {{ name }},\r\n\r\n{{ text }}"}
    tried = admin.post("/settings/words/reply/try/", form)
    assert "Hi Ada Byron" in text(tried) and "sandbox" in tried["Content-Security-Policy"]
    place = {"region": "UK", "language": "de"}
    assert admin.post("/settings/words/reply/", {**form, **place}).status_code == 302
    row = Template.objects.get()
    assert (row.kind, row.region, row.language) == ("reply", "UK", "de")
    assert row.text == "Hi {{ name }},\n\n{{ text }}"
    assert "UK, de" in text(admin.get("/settings/words/"))
    assert "Own words" in text(admin.get("/settings/words/reply/?region=UK&language=de"))
    admin.post("/settings/words/reply/reset/", place)
    assert not Template.objects.exists()
    verbs = list(Event.objects.order_by("id").values_list("verb", flat=True))
    assert verbs == ["written", "reset"]


def test_words_are_tried_on_a_case_and_looked_up_again(browser: Browser) -> None:
    admin = browser(role="admin")
    case = make.case(contact=make.contact(make.account(), name="Priya Raman"), title="Slow mail")
    form = {"subject": "{{ title }}", "text": "Hi {{ name }},\n\n{{ text }}"}
    path = "/settings/words/reply/"
    tried = text(admin.post(f"{path}try/", {**form, "case": case.ref}))
    assert "Hi Priya Raman" in tried and "Ada Byron" not in tried
    far = make.case(account=make.account(offshore=True), offshore=True)
    for ref in ("48120000", far.ref):
        refused = admin.post(f"{path}try/", {**form, "case": ref})
        assert refused.status_code == 409 and ref in text(refused)
    admin.post(path, form)
    admin.post(path, {**form, "text": "Dear {{ name }}, {{ text }}"})
    admin.post(f"{path}reset/", {})
    first = Event.objects.filter(subject_kind="template").order_by("id").first()
    assert first is not None and f"earlier={first.pk}" in text(admin.get(path))
    looked = text(admin.get(f"{path}?earlier={first.pk}"))
    assert "Hi {{ name }}" in looked and "These are earlier words" in looked
    assert f"earlier={first.pk}" not in text(admin.get(f"{path}?language=de"))


@pytest.mark.parametrize(
    ("form", "why"),
    [
        ({"subject": "", "text": "x"}, "needs a subject"),
        ({"subject": "x", "text": "{{ nothing }}"}, "cannot be used"),
        ({"subject": "x", "text": "{% if %}"}, "cannot be used"),
        ({"subject": "x", "text": "{{ ''.__class__.mro() }}"}, "cannot be used"),
    ],
)
def test_bad_words_are_refused_and_kept_in_the_form(
    browser: Browser, form: dict[str, str], why: str
) -> None:
    admin = browser(role="admin")
    answer = admin.post("/settings/words/reply/", form)
    assert answer.status_code == 409 and why in text(answer)
    assert not Template.objects.exists()
    assert admin.get("/settings/words/dragon/").status_code == 404
    assert admin.get("/settings/words/reply/?language=xx").status_code == 404


MAILBOX = {"name": "Support", "brand": "Larkspur", "active": "1", "imap_port": "993"}


def test_a_mailbox_is_made_and_changed(browser: Browser) -> None:
    admin = browser(role="admin")
    made = admin.post(
        "/settings/mailboxes/new/",
        {**MAILBOX, "address": "help@desk.example", "aliases": "a@desk.example, b@desk.example"},
    )
    box = Mailbox.objects.get()
    assert made["Location"] == f"/settings/mailboxes/{box.pk}/"
    assert box.aliases == ["a@desk.example", "b@desk.example"] and not box.offshore
    admin.post(made["Location"], {**MAILBOX, "brand": "Other", "offshore": "1"})
    box.refresh_from_db()
    assert box.brand == "Other" and box.aliases == [] and not box.offshore
    assert "help@desk.example" in text(admin.get("/settings/mailboxes/"))
    for wrong, why in (({"address": "x"}, "no e-mail address"), ({"imap_port": "x"}, "The port")):
        bad = admin.post(
            "/settings/mailboxes/new/", {**MAILBOX, "address": "c@desk.example", **wrong}
        )
        assert bad.status_code == 409 and why in text(bad) and 'value="Larkspur"' in text(bad)


def test_a_connection_is_tried_and_its_trouble_told(
    browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    admin = browser(role="admin")
    monkeypatch.setattr(trial, "_PATIENCE", 20.0)
    box = make.mailbox(
        imap_host="127.0.0.1", imap_port=1, imap_user="u", imap_secret="DESK_TEST_SECRET"
    )
    path = f"/settings/mailboxes/{box.pk}/test/"
    assert "DESK_TEST_SECRET is not set" in text(admin.post(path))
    monkeypatch.setenv("DESK_TEST_SECRET", "x")
    assert "The server at 127.0.0.1:1 cannot be used" in text(admin.post(path))
    assert admin.get(path).status_code == 405


def test_secrets_of_a_mailbox_are_never_shown_again(browser: Browser) -> None:
    admin = browser(role="admin")
    secret = {"imap_password": "hunter2", "oauth_secret": "s3cret", "oauth_refresh": "r3fresh"}
    form = {**MAILBOX, "address": "help@desk.example", "smtp_host": "127.0.0.1", **secret}
    made = admin.post("/settings/mailboxes/new/", form)
    box = Mailbox.objects.get()
    assert box.imap_sealed and box.oauth_sealed and (box.smtp_host, box.smtp_port) == (
        "127.0.0.1", 587,
    )  # fmt: skip
    shown = text(admin.get(made["Location"]))
    assert "stored; type to replace it" in shown and box.imap_sealed not in shown
    for kept in secret.values():
        assert kept not in shown and kept not in str(list(Event.objects.values_list("data")))
    admin.post(made["Location"], {**MAILBOX, "smtp_host": ""})
    sealed_then = box.imap_sealed
    box.refresh_from_db()
    assert box.imap_sealed == sealed_then and box.smtp_host == ""
    admin.post(made["Location"], {**MAILBOX, "imap_forget": "1"})
    box.refresh_from_db()
    assert box.imap_sealed == ""


@pytest.mark.django_db(transaction=True)
def test_a_slow_trial_is_shown_when_it_is_there(
    browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    admin, box = browser(role="admin"), make.mailbox()
    go = threading.Event()

    def slow(*_: Any, **__: Any) -> list[Step]:
        go.wait(20)
        return [Step("Fetching", "ok", "It answers.")]

    monkeypatch.setattr(trial, "tried", slow)
    monkeypatch.setattr(trial, "_PATIENCE", 0.05)
    base = f"/settings/mailboxes/{box.pk}/"
    assert "every 1s" in text(admin.post(f"{base}test/"))
    assert "every 1s" in text(admin.get(f"{base}tried/"))
    go.set()
    for thread in threading.enumerate():
        if thread.name == f"trial {box.pk}":
            thread.join(20)
    shown = text(admin.get(f"{base}tried/"))
    assert "It answers." in shown and "every 1s" not in shown


def test_a_mailbox_without_servers_is_not_said_to_work(
    browser: Browser, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trial, "_PATIENCE", 20.0)
    settings.MAIL_OUTBOUND = "capture"
    admin, box = browser(role="admin"), make.mailbox()
    page = text(admin.post(f"/settings/mailboxes/{box.pk}/test/"))
    assert "There was nothing to connect to" in page and "The connection works" not in page


def test_somebody_is_added_and_changed(browser: Browser) -> None:
    admin = browser(role="admin")
    team = Team.objects.create(code="uk", name="UK")
    form = {"name": "Ann", "email": "ann@desk.example", "role": "agent", "teams": [team.pk]}
    bad = admin.post("/settings/people/new/", {**form, "password": "short"})
    assert bad.status_code == 409 and "too short" in text(bad) and 'value="Ann"' in text(bad)
    assert admin.post("/settings/people/new/", {**form, "role": "king"}).status_code == 409
    assert admin.post("/settings/people/new/", {**form, "password": make.PASSWORD})
    ann = User.objects.get(email="ann@desk.example")
    assert ann.check_password(make.PASSWORD) and list(ann.teams.all()) == [team]
    base = f"/settings/people/{ann.pk}/"
    Session.objects.create(session_key="k", session_data="", expire_date=make.NOW, user=ann)
    for verb, given in (
        ("describe", {"name": "Ann S", "zone": "Europe/Berlin"}),
        ("role", {"role": "lead"}),
        ("teams", {}),
        ("password", {"password": "another-long-secret"}),
        ("deactivate", {}),
        ("activate", {}),
    ):
        assert admin.post(f"{base}{verb}/", given).status_code == 302, verb
    ann.refresh_from_db()
    assert (ann.name, ann.role, ann.zone, ann.is_active) == ("Ann S", "lead", "Europe/Berlin", True)
    assert not ann.teams.exists() and not Session.objects.filter(user=ann).exists()
    assert "Ann S" in text(admin.get("/settings/people/"))
    assert admin.get(base).status_code == 200
    bad = admin.post(f"{base}describe/", {"name": "", "zone": "Mars/North"})
    assert bad.status_code == 409


def test_nobody_locks_the_administrators_out(browser: Browser) -> None:
    admin = browser(role="admin")
    base = f"/settings/people/{admin.person.pk}/"  # type: ignore[attr-defined]  # ours, on the client
    assert "You cannot deactivate yourself" in text(admin.post(f"{base}deactivate/"))
    assert "only administrator" in text(admin.post(f"{base}role/", {"role": "agent"}))


def test_teams_are_made_and_changed_and_idle_queues_are_named(browser: Browser) -> None:
    admin = browser(role="admin")
    activate_shipped(at=make.NOW)
    make.case(queue="lonely")
    assert "no team<" in text(admin.get("/settings/teams/", follow=True))
    admin.post("/settings/teams/new/", {"name": "Front", "queues": "lonely\nemea", "regions": "UK"})
    team = Team.objects.get()
    assert (team.queues, team.regions, team.offshore) == (["lonely", "emea"], ["UK"], False)
    assert "no team<" not in text(admin.get("/policy/teams/"))
    admin.post(f"/settings/teams/{team.pk}/", {"name": "Back", "queues": "", "offshore": "1"})
    team.refresh_from_db()
    assert (team.name, team.queues, team.offshore) == ("Back", [], True)
    bad = admin.post(f"/settings/teams/{team.pk}/", {"name": "", "queues": "kept"})
    assert bad.status_code == 409 and "kept" in text(bad)
