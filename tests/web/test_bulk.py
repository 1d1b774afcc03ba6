"""Many cases at once, from the page: chosen, asked, done, told, undone."""

import re
from datetime import timedelta

import pytest

from heliodesk.cases import tags
from heliodesk.cases.models import BulkRun, Case, Tag
from heliodesk.kernel import clock
from heliodesk.web.agent import bulk, lists
from tests import make
from tests.web.conftest import Browser

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def nothing_known(monkeypatch: pytest.MonkeyPatch) -> None:
    tags.forget()
    lists.forget()
    monkeypatch.setattr(bulk, "_AT_ONCE", 30)


def test_selected_cases_are_taken_and_given_back(browser: Browser) -> None:
    client = browser()
    new, ended = make.case(), make.case(state="cancelled")
    form = {"verb": "take", "case": [new.pk, ended.pk], "back": "/open/"}
    answer = client.post("/bulk/", form)
    run = BulkRun.objects.get()
    assert answer["Location"] == f"/bulk/{run.pk}/?back=/open/"
    page = client.get(answer["Location"]).content.decode()
    assert "1 taken, 1 refused." in page
    assert "A case that is cancelled cannot be taken." in page
    assert Case.objects.get(pk=new.pk).owner_id == client.person.pk  # type: ignore[attr-defined]  # ours, on the client
    answer = client.post(f"/bulk/{run.pk}/undo/")
    assert "1 as before." in client.get(answer["Location"]).content.decode()
    assert Case.objects.get(pk=new.pk).owner_id is None
    listed = client.get("/bulk/runs/").content.decode()
    assert "Undo: Take" in listed
    assert "undone" in listed


def test_a_verb_asks_first_and_keeps_what_was_chosen(browser: Browser) -> None:
    client = browser()
    cases, tag = [make.case(), make.case()], Tag.objects.create(name="billing")
    ids = [case.pk for case in cases]
    for address in ("/bulk/ask/", "/bulk/"):
        page = client.post(address, {"verb": "tag", "case": ids}).content.decode()
        assert "Tag: 2 cases" in page
        assert re.findall(r'name="case" value="(\d+)"', page) == [str(id) for id in ids]
    client.post("/bulk/", {"verb": "tag", "asked": "1", "case": ids, "tags": [tag.pk]})
    assert [Case.objects.get(pk=id).tags for id in ids] == [[tag.pk]] * 2
    refused = client.post("/bulk/", {"verb": "tag", "asked": "1", "case": ids, "tag_names": "no"})
    assert refused.status_code == 409
    assert "no tag “no”" in refused.content.decode()


@pytest.mark.parametrize("verb", list(bulk.ASKS))
def test_every_form_can_be_asked_for(browser: Browser, verb: str) -> None:
    case = make.case()
    make.user(queues=("emea",))
    client = browser()
    page = client.post("/bulk/ask/", {"verb": verb, "case": [case.pk]})
    assert page.status_code == 200
    only = client.post(
        "/bulk/ask/", {"verb": verb, "case": [case.pk]}, headers={"HX-Request": "true"}
    )
    assert "<html" not in only.content.decode()


def test_everything_in_a_list(browser: Browser) -> None:
    account = make.account()
    wanted = [make.case(account) for _ in range(60)]
    owned = make.case(account, owner=make.user())
    client = browser()
    form = {"verb": "take", "every": "1", "list": "unassigned", "case": [owned.pk]}
    client.post("/bulk/", form)
    assert BulkRun.objects.get().total == 60
    me = client.person.pk  # type: ignore[attr-defined]  # ours, on the client
    assert Case.objects.filter(owner_id=me).count() == len(wanted)
    assert Case.objects.get(pk=owned.pk).owner_id != me


def test_a_long_run_shows_how_far_it_is(browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bulk, "_AT_ONCE", 0)
    client = browser()
    cases = [make.case() for _ in range(3)]
    htmx = {"HX-Request": "true"}
    strip = client.post("/bulk/", {"verb": "take", "case": [c.pk for c in cases]}, headers=htmx)
    assert '<progress max="3" value="0"' in strip.content.decode()
    assert strip["HX-Trigger"] == "bulk"
    run = BulkRun.objects.get()
    bulk.bulk.work(make.NOW, seconds=30)
    strip = client.get(f"/bulk/{run.pk}/", headers=htmx)
    assert "3 taken." in strip.content.decode()
    assert browser().get(f"/bulk/{run.pk}/").status_code == 404


@pytest.mark.parametrize("form", [{}, {"verb": "take"}, {"verb": "merge", "case": [1]}])
def test_nothing_chosen_is_said(browser: Browser, form: dict[str, object]) -> None:
    assert browser().post("/bulk/", form).status_code == 409


def test_agents_do_not_bring_spam_back(browser: Browser) -> None:
    client, case = browser(), make.case()
    client.post("/bulk/", {"verb": "spam", "asked": "1", "case": [case.pk]})
    run = BulkRun.objects.get()
    assert "/undo/" not in client.get(f"/bulk/{run.pk}/").content.decode()
    assert client.post(f"/bulk/{run.pk}/undo/").status_code == 409
    assert Case.objects.get(pk=case.pk).state == "cancelled"


def test_resolving_many_can_be_thought_over(browser: Browser) -> None:
    client = browser()
    case = make.case(state="assigned", owner=make.user())
    form = {"verb": "resolve", "asked": "1", "case": [case.pk], "text": "Restarted it."}
    strip = client.post("/bulk/", form, headers={"HX-Request": "true"}).content.decode()
    assert "1 case is about to be resolved. Nothing has happened yet" in strip
    assert "s to think again" in strip
    assert 'data-key="z"' in strip
    assert Case.objects.get(pk=case.pk).state == "assigned"
    answer = client.post(f"/bulk/{BulkRun.objects.get().pk}/undo/")
    assert "Taken back before it began." in client.get(answer["Location"]).content.decode()
    bulk.bulk.work(clock.now() + timedelta(minutes=1))
    assert Case.objects.get(pk=case.pk).state == "assigned"
    client.post("/bulk/", form)
    run = BulkRun.objects.latest("id")
    bulk.bulk.work(clock.now() + timedelta(minutes=1))
    assert Case.objects.get(pk=case.pk).state == "resolved"
    assert "1 resolved." in client.get(f"/bulk/{run.pk}/").content.decode()
    client.post(f"/bulk/{run.pk}/undo/")
    assert Case.objects.get(pk=case.pk).state == "assigned"
    history = client.get(f"/cases/{case.ref}/").content.decode()
    assert "Undone: the case is as it was before." in history
