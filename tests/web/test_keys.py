"""Keys and the palette: one table, every verb has a key, and only what is offered is shown."""

import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from heliodesk.automation import macros
from heliodesk.cases.actions import presence
from heliodesk.cases.models import Case
from heliodesk.journal.record import SYSTEM
from heliodesk.web import keys
from heliodesk.web.agent.many import OFFERED
from heliodesk.web.agent.verbs import DEEDS
from tests import make
from tests.web.conftest import Browser

#: Done with something on the page beside them, not with the case as a whole.
BESIDE = {
    "confirm_sender", "uninvite", "unlink", "tick", "checklist_off", "orphan", "remove_time",
    "resolve_children",
}  # fmt: skip


@pytest.fixture
def case() -> Case:
    return make.case(make.account(), text="It stops.")


def offered(client: Client, case: Case | None = None) -> dict[str, list[dict[str, Any]]]:
    answer = client.get("/palette/", {"case": case.ref if case else ""})
    return {group["title"]: group["items"] for group in json.loads(answer.content)["groups"]}


def test_every_verb_has_a_key_of_its_own() -> None:
    assert {verb for verb in DEEDS if not keys.of(verb)} <= BESIDE
    for section in (keys.LIST, keys.CHOSEN, (*keys.WRITING.keys, *keys.VERBS.keys), keys.HELD):
        own = section.keys if isinstance(section, keys.Section) else section
        pressed = Counter(one.keys for one in (*keys.EVERYWHERE.keys, *own))
        assert [one for one, count in pressed.items() if count > 1] == []
    hidden = {one.keys for one in keys.CHOSEN.keys} & {one.keys for one in keys.LIST.keys}
    assert hidden == {("a",), ("t",)}
    assert "g" not in {key for section in keys.SECTIONS for one in section.keys for key in one.keys}


@pytest.mark.django_db
def test_the_palette_offers_the_verbs_of_the_case_as_the_page_does(
    browser: Browser, case: Case
) -> None:
    client = browser()
    here = {item["label"]: item for item in offered(client, case)["This case"]}
    assert here["Take it"]["how"] == "post"
    assert here["Take it"]["keys"] == ["a"]
    assert here["Merge into another case"]["how"] == "ask"
    assert "Close" not in here
    page = client.get(f"/cases/{case.ref}/").content.decode()
    for item in here.values():
        if item["how"] in {"post", "ask"}:
            assert f'{item["href"]}"' in page
            assert f'data-key="{item["keys"][0]}"' in page


@pytest.mark.django_db
def test_the_palette_shows_ways_settings_and_macros_that_one_may_use(
    browser: Browser, case: Case
) -> None:
    client = browser(role="admin")
    mine = client.person.pk  # type: ignore[attr-defined]  # ours, on the client
    macros.write(
        None, name="Thank them", text="Thanks.", deeds=[], queues=[], owner_id=mine,
        by=SYSTEM, at=make.NOW,
    )  # fmt: skip
    everything = offered(client, case)
    assert [item["label"] for item in everything["Macros"]] == ["Thank them"]
    ways = {item["label"]: item for item in everything["Go to"]}
    assert {"keys": ["g", "q"], "href": "/"}.items() <= ways["Needs us"].items()
    assert "Mailboxes" in {item["label"] for item in everything["Settings"]}
    theirs = offered(browser(), case)
    assert "Macros" not in theirs
    assert "Mailboxes" not in {item["label"] for item in theirs["Settings"]}


def test_the_guide_says_what_the_table_says() -> None:
    guide = (Path(__file__).parents[2] / "docs/guide/keyboard.md").read_text()
    tables = dict(re.findall(r"^\| ([^|]+) \| \|\n((?:\|.*\n)+)", guide, re.M))
    for section in keys.SECTIONS:
        lines = re.findall(r"^\| (`.+?) \| (.+?) \|$", tables[section.label.lower()], re.M)
        told = [(tuple(re.findall("`(.+?)`", key)), words.lower()) for key, words in lines]
        assert told == [(tuple(keys.pressed(one.keys)), one.label.lower()) for one in section.keys]


@pytest.mark.django_db
def test_the_palette_offers_what_can_be_done_to_the_selected(browser: Browser) -> None:
    client = browser()
    assert not any("selected" in title for title in offered(client))
    answer = json.loads(client.get("/palette/", {"chosen": "3"}).content)["groups"]
    assert answer[0]["title"] == "The 3 selected cases"
    assert {item["href"] for item in answer[0]["items"]} == {
        *(code for code, _label, _icon in OFFERED), "incident",
    }  # fmt: skip
    make.case(make.account())
    page = client.get("/open/").content.decode()
    for item in answer[0]["items"]:
        assert f'data-many="{item["href"]}" data-many-key="{item["keys"][0]}"' in page


@pytest.mark.django_db
def test_a_case_that_one_may_not_see_offers_nothing(browser: Browser, case: Case) -> None:
    Case.objects.filter(pk=case.pk).update(offshore=True)
    assert "This case" not in offered(browser(), case)
    assert "This case" not in offered(browser())


@pytest.mark.django_db
def test_the_palette_finds_accounts_cases_and_references(browser: Browser, case: Case) -> None:
    client = browser()
    answer = json.loads(client.get("/palette/find/", {"q": case.ref}).content)["groups"]
    found = {group["title"]: group["items"] for group in answer}
    assert found["Cases"][0]["href"] == f"/cases/{case.ref}/"
    by_name = json.loads(client.get("/palette/find/", {"q": case.account.name}).content)["groups"]
    assert f"/accounts/{case.account_id}/" in {i["href"] for g in by_name for i in g["items"]}
    assert json.loads(client.get("/palette/find/", {"q": "x"}).content) == {"groups": []}


@pytest.mark.django_db
def test_the_search_box_finds_what_was_looked_at_lately_first(browser: Browser, case: Case) -> None:
    client = browser()
    other = make.case(case.account, title="Quite another")
    me = client.person.pk  # type: ignore[attr-defined]  # ours, on the client
    for one in (other, case):
        presence.here(one, user_id=me, writes=False, at=make.NOW)

    def found(query: str) -> list[tuple[str, list[str]]]:
        answer = client.get("/palette/find/", {"q": query, "recent": "1"})
        groups = json.loads(answer.content)["groups"]
        return [(group["title"], [item["href"] for item in group["items"]]) for group in groups]

    title, lately = found("")[0]
    assert title == "Cases looked at lately"
    assert set(lately) == {f"/cases/{case.ref}/", f"/cases/{other.ref}/"}
    assert found("quite") == [("Cases looked at lately", [f"/cases/{other.ref}/"])]
    by_account = dict(found(case.account.name))
    assert by_account["Accounts"] == [f"/accounts/{case.account_id}/"]
    assert len(by_account["Cases looked at lately"]) == 2
    assert "Cases" not in by_account


@pytest.mark.django_db
def test_the_help_shows_what_the_table_says(browser: Browser) -> None:
    page = browser().get("/keys/").content.decode()
    for section in keys.SECTIONS:
        for one in section.keys:
            assert one.label in page
