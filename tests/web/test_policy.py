"""The pages of the policy: simulator, packs, calendars, contracts; what each refuses and says."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from heliodesk.calendars.models import BusinessCalendar
from heliodesk.customers.models import Account
from heliodesk.entitlements import actions, packs
from heliodesk.entitlements.models import PolicyPack, SupportContract
from heliodesk.entitlements.pack.shipped import shipped_source
from heliodesk.identity.rules import Role
from heliodesk.journal.record import SYSTEM
from heliodesk.kernel import clock
from tests import make
from tests.web.conftest import Browser

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def policy() -> PolicyPack:
    actions.activate_shipped(at=clock.now())
    return PolicyPack.objects.get()


@pytest.fixture
def admin(browser: Browser) -> Any:
    return browser(role=Role.ADMIN, name="Ines")


@pytest.fixture
def account() -> Account:
    return make.account(name="Kestrel Labs", region="UK")


def text(response: Any) -> str:
    return " ".join(response.content.decode().split())


@pytest.mark.parametrize(
    "address",
    [
        "/policy/", "/policy/targets/", "/policy/numbers/", "/policy/packs/",
        "/policy/calendars/", "/policy/calendars/UK/", "/policy/calendars/UK/?year=2031",
        "/policy/calendars/UK/?year=abcd",
    ],
)  # fmt: skip
def test_every_agent_may_read_the_policy_and_change_nothing(browser: Browser, address: str) -> None:
    page = browser(role=Role.AGENT).get(address)
    assert page.status_code == 200
    assert 'method="post"' not in text(page).split('id="main"')[1]


@pytest.mark.parametrize(
    "address",
    [
        "/policy/packs/import/", "/policy/packs/1/activate/", "/policy/packs/1/draft/",
        "/policy/calendars/UK/hours/", "/policy/calendars/UK/day/",
        "/policy/calendars/UK/holidays/",
    ],
)  # fmt: skip
def test_only_administrators_change_the_policy(browser: Browser, address: str) -> None:
    assert browser(role=Role.LEAD).post(address).status_code == 403
    assert browser(role=Role.ADMIN).get(address).status_code == 405


def test_the_simulator_says_what_would_happen_and_why(admin: Any) -> None:
    asked = {
        "package": "silver", "channel": "phone", "contact_role": "authorised", "severity": "P3",
        "region": "UK", "when": "2026-11-28T03:00",
    }  # fmt: skip
    page = text(admin.get("/policy/", asked))
    assert "Accepted, answered in writing" in page
    assert "opens again at 09:00 on Monday 30 November 2026, London (GMT)" in page
    assert "R36" in page
    assert 'class="own"' in page


@pytest.mark.parametrize(
    "asked",
    [{"package": "diamond"}, {"region": "MARS"}, {"when": "soon"}, {"channel": "fax"}],
)
def test_the_simulator_answers_nonsense_in_words(admin: Any, asked: dict[str, str]) -> None:
    page = admin.get("/policy/", asked)
    assert page.status_code == 200
    assert "This cannot be asked" in text(page)


def test_a_pack_is_imported_compared_and_brought_into_force(admin: Any) -> None:
    source = shipped_source("mimecast-2018").replace("P3: 240, P4: 480", "P3: 60, P4: 480")
    file = SimpleUploadedFile("own.yaml", source.encode())
    page = admin.post("/policy/packs/import/", {"file": file}, follow=True)
    assert "mimecast-2018 v2 waits as a draft" in text(page)
    draft = PolicyPack.objects.get(state="draft")
    page = text(admin.get(f"/policy/packs/{draft.pk}/compare/"))
    assert "situations come out differently" in page
    assert "package platinum" in page
    assert "package silver" not in page
    admin.post(f"/policy/packs/{draft.pk}/activate/")
    assert packs.active().version == 2


def test_a_faulty_file_is_refused_line_by_line(admin: Any) -> None:
    source = shipped_source("mimecast-2018").replace("Europe/London, hours", "Europe/Lon, hours")
    file = SimpleUploadedFile("own.yaml", source.encode())
    page = text(admin.post("/policy/packs/import/", {"file": file}))
    assert "This pack cannot be used" in page
    assert "own.yaml:" in page
    assert "not a time zone" in page
    assert PolicyPack.objects.count() == 1


@pytest.mark.parametrize("data", [b"\xff\xfe\x00", b"", b"just words", b"- 1\n- 2\n"])
def test_what_is_no_pack_is_refused_in_words(admin: Any, data: bytes) -> None:
    page = admin.post("/policy/packs/import/", {"file": SimpleUploadedFile("x.yaml", data)})
    assert page.status_code == 200
    assert 'role="alert"' in text(page)


def test_a_draft_that_cannot_be_used_keeps_what_was_typed(admin: Any, policy: PolicyPack) -> None:
    page = admin.post(f"/policy/packs/{policy.pk}/draft/", follow=True)
    draft = PolicyPack.objects.get(state="draft")
    assert "identifier:" in text(page)
    typed = draft.source.replace("code: gold, label: Gold", "code: gold, lable: Gold")
    page = text(admin.post(f"/policy/packs/{draft.pk}/write/", {"source": typed}))
    assert "Not saved" in page
    assert "lable: Gold" in page
    draft.refresh_from_db()
    assert "lable" not in draft.source


def test_losing_packages_needs_a_tick(admin: Any, account: Account) -> None:
    make.contract(account, package="platinum")
    draft = actions.import_pack(
        shipped_source("tidewater-2026"), file="x", by=SYSTEM, at=clock.now()
    )
    address = f"/policy/packs/{draft.pk}/activate/"
    assert "1 of platinum" in text(admin.post(address))
    admin.post(address, {"accept_losses": "1"})
    assert packs.active().code == "tidewater-2026"


def test_unknown_cells_stand_on_the_review_list(admin: Any, policy: PolicyPack) -> None:
    page = text(admin.get(f"/policy/packs/{policy.pk}/"))
    assert page.count(" is unknown") == 10
    assert "Follow The Sun Continuous Support for P1 Issues of Silver" in page


def test_holidays_are_confirmed_by_their_ticks(admin: Any) -> None:
    uk = BusinessCalendar.objects.get(code="UK")
    rows = list(uk.holidays.filter(day__year=2027))
    kept = [row.pk for row in rows[1:]]
    admin.post(
        "/policy/calendars/UK/holidays/",
        {"offered": [row.pk for row in rows], "closed": kept, "year": "2027"},
    )
    states = dict(uk.holidays.filter(day__year=2027).values_list("pk", "state"))
    assert states.pop(rows[0].pk) == "rejected"
    assert set(states.values()) == {"confirmed"}
    page = text(admin.get("/policy/calendars/UK/?year=2027"))
    assert "Ines" in page


def test_a_day_is_closed_and_opened_again(admin: Any) -> None:
    day = {"day": "2026-12-24", "name": "Stocktaking", "hours": "", "year": "2026"}
    page = text(admin.post("/policy/calendars/UK/day/", day, follow=True))
    assert "Stocktaking" in page
    assert "day--closing" in page
    page = text(admin.post("/policy/calendars/UK/drop/", day, follow=True))
    assert "Stocktaking" not in page


@pytest.mark.parametrize(
    ("verb", "given", "why"),
    [
        ("hours", {"zone": "Europe/London", "hours": ""}, "no open time"),
        ("hours", {"zone": "Moon/Base", "hours": "mon: 09:00-17:00"}, "not a time zone"),
        ("hours", {"zone": "Europe/London", "hours": "mon: 9 to 5"}, "not a window"),
        ("day", {"day": "yesterday", "name": "x"}, "Choose a day"),
        ("day", {"day": "2026-12-24", "name": ""}, "name"),
    ],
)
def test_what_a_calendar_cannot_be_is_said(
    admin: Any, verb: str, given: dict[str, str], why: str
) -> None:
    page = admin.post(f"/policy/calendars/UK/{verb}/", given)
    assert page.status_code == 200
    assert why in text(page)


def test_an_account_without_contract_has_the_base_rights(admin: Any, account: Account) -> None:
    page = text(admin.get(f"/accounts/{account.pk}/contracts/"))
    assert "No contract: the account has the base rights." in page
    assert "not in the package" in page


def test_a_contract_is_opened_upgraded_and_renewed(admin: Any, account: Account) -> None:
    address = f"/accounts/{account.pk}/contracts/"
    today = clock.now().date()
    admin.post(
        address + "open/",
        {"package": "silver", "starts_on": "2026-01-01", "ends_on": f"{today.year + 1}-12-31"},
    )
    row = SupportContract.objects.get()
    page = text(admin.get(address))
    assert "General telephone" in page
    assert page.count("theirs") == 1
    admin.post(f"{address}{row.pk}/upgrade/", {"package": "gold"})
    gold = SupportContract.objects.get(package="gold")
    assert gold.starts_on == today
    admin.post(f"{address}{gold.pk}/renew/", {"package": "bronze"})
    assert SupportContract.objects.get(package="bronze").starts_on == date(today.year + 1, 12, 31)


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ({"package": "gold", "starts_on": "2026-03-01"}, "cannot overlap"),
        ({"package": "gold", "starts_on": "soon"}, "not a day"),
        ({"package": "gold", "starts_on": "2030-01-01", "seats": "many"}, "not a whole number"),
        ({"package": "diamond", "starts_on": "2030-01-01"}, "Choose"),
        ({"package": "gold", "starts_on": "2030-02-01", "ends_on": "2030-01-01"}, "not after"),
    ],
)
def test_a_wrong_contract_is_refused_and_what_was_typed_stays(
    admin: Any, account: Account, given: dict[str, str], why: str
) -> None:
    make.contract(account, package="silver", ends_on=date(2029, 1, 1))
    page = admin.post(f"/accounts/{account.pk}/contracts/open/", given)
    assert page.status_code == 200
    assert why in text(page)
    assert given["starts_on"] in text(page)
    assert SupportContract.objects.count() == 1


def test_agents_see_contracts_and_change_none(browser: Browser, account: Account) -> None:
    agent = browser(role=Role.AGENT)
    address = f"/accounts/{account.pk}/contracts/"
    assert agent.get(address).status_code == 200
    assert agent.post(address + "open/", {"package": "gold"}).status_code == 403


def test_offshore_accounts_are_not_shown_outside(browser: Browser) -> None:
    hidden = make.account(offshore=True)
    assert browser(role=Role.ADMIN).get(f"/accounts/{hidden.pk}/contracts/").status_code == 404


def test_the_simulator_begins_with_the_facts_of_a_case(admin: Any, account: Account) -> None:
    from heliodesk.cases.models import Case
    from heliodesk.intake.actions.by_hand import Asked, open_by_hand

    make.contract(account, package="gold")
    mara = make.contact(account, kind="designated", address="mara@kestrel.example")
    given = Asked(account.pk, mara.pk, "phone", "P2", "Slow", "Very slow", kind="how_to")
    opened = open_by_hand(given, by=SYSTEM, at=clock.now())
    page = text(admin.get("/policy/", {"case": opened.ref}))
    assert f'<a href="/cases/{opened.ref}/">' in page
    for chosen in ("gold", "phone", "designated", "P2", "how_to"):
        assert f'<option value="{chosen}" selected>' in page
    assert "You are through to an engineer" in page
    assert ">Connect</span>" in page
    changed = text(admin.get("/policy/", {"case": opened.ref, "package": "bronze"}))
    assert "Take down in writing" in changed
    case_page = text(admin.get(f"/cases/{opened.ref}/"))
    assert f'href="/policy/?case={opened.ref}"' in case_page
    Case.objects.filter(pk=opened.id).update(offshore=True)
    assert admin.get("/policy/", {"case": opened.ref}).status_code == 404


def test_settings_and_rarer_facts_can_be_tried(admin: Any) -> None:
    asked = {
        "package": "silver", "channel": "phone", "severity": "P3", "region": "UK",
        "when": "2026-11-28T03:00", "settings": "phone.outside: refuse\n",
    }  # fmt: skip
    page = text(admin.get("/policy/", asked))
    assert "Refused" in page
    assert ">Refuse</span>" in page
    wrong = text(admin.get("/policy/", {**asked, "settings": "tea: yes"}))
    assert "setting &#39;tea&#39; is not known" in wrong.lower()
    wrong = text(admin.get("/policy/", {**asked, "grace": "many"}))
    assert "Grace is a whole number" in wrong
    incident = {"package": "gold", "severity": "P1", "incident": "yes"}
    assert "linked to major incident" in text(admin.get("/policy/", incident))
    closed = text(admin.get("/policy/", {"channel": "email", "existing_case": "closed 9"}))
    assert "Closed 9 days ago" in closed
    assert "Reopened" in closed


def test_unknown_cells_are_decided_into_a_draft(admin: Any, policy: PolicyPack) -> None:
    page = text(admin.get("/policy/review/"))
    assert page.count('name="decide"') == 10
    assert "To review" in text(admin.get("/policy/"))
    answer = admin.post(
        f"/policy/packs/{policy.pk}/cells/",
        {
            "decide": ["beta_eligibility|gold", "annual_video_training|silver"],
            "value:beta_eligibility|gold": "false",
            "value:annual_video_training|silver": "annual",
            "value:cyber_resilience|gold": "none",
        },
    )
    draft = PolicyPack.objects.get(state="draft")
    assert answer["Location"] == f"/policy/packs/{draft.pk}/"
    assert text(admin.get(f"/policy/review/?pack={draft.pk}")).count('name="decide"') == 8
    compared = text(admin.get(f"/policy/packs/{draft.pk}/compare/"))
    assert "0 of" in compared
    nothing = admin.post(f"/policy/packs/{policy.pk}/cells/", {})
    assert "Nothing was changed" in text(nothing)
    strange = admin.post(
        f"/policy/packs/{policy.pk}/cells/", {"decide": "tea|gold", "value:tea|gold": "true"}
    )
    assert "there is no cell tea of gold" in text(strange)


def test_the_review_names_holidays_contracts_and_missing_contacts(
    admin: Any, account: Account
) -> None:
    today = clock.now().date()
    make.contract(account, package="gold", ends_on=today + timedelta(days=10))
    other = make.account(name="Safe and sound", region="UK")
    make.contract(other, package="gold")
    make.contact(other, kind="designated")
    page = text(admin.get("/policy/review/"))
    assert "/policy/calendars/UK/" in page
    assert f'<a href="/accounts/{account.pk}/contracts/">Kestrel Labs</a>' in page
    assert f'<a href="/accounts/{account.pk}/">Kestrel Labs</a>' in page
    assert "Safe and sound" not in page
    assert "this is a sample" in page.lower()


def test_settings_are_changed_in_a_form(admin: Any, policy: PolicyPack) -> None:
    page = text(admin.get("/policy/targets/?edit=1"))
    assert '<select class="select" name="phone.outside"' in page
    form = {"phone.outside": "refuse", "case.reopen_days": "21", "p1.base_designated": "true"}
    admin.post(f"/policy/packs/{policy.pk}/settings/", form)
    draft = PolicyPack.objects.get(state="draft")
    pack = packs.read_pack(draft.source, "x")
    assert pack.settings["phone.outside"].default == "refuse"
    assert pack.settings["case.reopen_days"].default == 21
    assert len(draft.source.splitlines()) == len(policy.source.splitlines())
    compared = text(admin.get(f"/policy/packs/{draft.pk}/compare/"))
    assert "ACCEPT WRITTEN" in compared
    assert "D08" not in compared
    shown = text(admin.get(f"/policy/packs/{draft.pk}/"))
    assert "of 42 hold" in shown
    assert "42 of 42" not in shown
    wrong = admin.post(f"/policy/packs/{policy.pk}/settings/", {"case.reopen_days": "soon"})
    assert "case.reopen_days is a whole number" in text(wrong)


def test_any_two_versions_are_compared_and_a_pack_is_downloaded(
    admin: Any, policy: PolicyPack
) -> None:
    actions.import_pack(shipped_source("tidewater-2026"), file="t.yaml", by=SYSTEM, at=clock.now())
    other = PolicyPack.objects.get(code="tidewater-2026")
    page = text(admin.get(f"/policy/packs/{policy.pk}/compare/?with={other.pk}"))
    assert "tidewater-2026 v1" in page
    assert admin.get(f"/policy/packs/{policy.pk}/compare/?with=999999").status_code == 404
    file = admin.get(f"/policy/packs/{other.pk}/source/")
    assert file.content.decode() == other.source
    assert "tidewater-2026-v1.yaml" in file["Content-Disposition"]


def test_a_contract_names_who_sold_it(admin: Any, account: Account) -> None:
    partner = make.account(name="Helping Hands", is_partner=True, region="UK")
    page = text(admin.get(f"/accounts/{account.pk}/contracts/"))
    assert f'<option value="{partner.pk}">Helping Hands</option>' in page
    form = {"package": "gold", "starts_on": "2026-01-01", "sold_by": str(partner.pk)}
    admin.post(f"/accounts/{account.pk}/contracts/open/", form)
    assert SupportContract.objects.get().sold_by == partner
    wrong = admin.post(f"/accounts/{account.pk}/contracts/open/", {**form, "sold_by": "7777777"})
    assert "Choose a partner" in text(wrong)


def test_holidays_are_added_by_hand_and_imported_for_another_place(admin: Any) -> None:
    calendar = BusinessCalendar.objects.get(code="AU")
    address = "/policy/calendars/AU/"
    admin.post(f"{address}holiday/", {"day": "2026-12-24", "name": "Founder's day", "year": "2026"})
    page = text(admin.get(f"{address}?year=2026"))
    assert "Founder&#39;s day" in page
    again = admin.post(f"{address}holiday/", {"day": "2026-12-24", "name": "Twice"})
    assert "is a holiday of this calendar already" in text(again)
    assert calendar.holidays.filter(name="Friday before the AFL Grand Final").exists()
    admin.post(f"{address}place/", {"country": "au", "subdivision": "nsw"})
    calendar.refresh_from_db()
    assert (calendar.country, calendar.subdivision) == ("AU", "NSW")
    assert not calendar.holidays.filter(name="Friday before the AFL Grand Final").exists()
    assert calendar.holidays.filter(day="2026-12-24").exists()
    wrong = admin.post(f"{address}place/", {"country": "AU", "subdivision": "ATLANTIS"})
    assert "no subdivision" in text(wrong)
    assert "No public holidays are known" in text(admin.post(f"{address}place/", {"country": "XQ"}))


def test_a_case_says_in_one_line_why(admin: Any, account: Account) -> None:
    from heliodesk.intake.actions.by_hand import Asked, open_by_hand

    make.contract(account, package="gold")
    mara = make.contact(account, kind="designated", address="mara@kestrel.example")
    given = Asked(account.pk, mara.pk, "phone", "P2", "Slow", "Very slow")
    opened = open_by_hand(given, by=SYSTEM, at=clock.now())
    page = text(admin.get(f"/cases/{opened.ref}/"))
    assert "Gold · 24/7 phone · designated contact · counts day and night" in page
    assert "by mimecast-2018 v1" in page


def test_the_due_time_of_the_simulator_is_explained(admin: Any) -> None:
    asked = {
        "package": "silver", "channel": "phone", "severity": "P3", "region": "UK",
        "when": "2026-12-24T16:00",
    }  # fmt: skip
    page = text(admin.get("/policy/", asked))
    assert '16:00 – 17:00</span> <b class="num">1 h</b>' in page
    assert "Christmas Day, Boxing Day (observed)" in page
    assert '09:00 – 16:00</span> <b class="num">7 h</b>' in page
    assert "calendar UK, version 1, Europe/London" in page
    p1 = text(admin.get("/policy/", {**asked, "severity": "P1"}))
    assert "every hour counts" in p1


def test_an_agent_changes_the_kind_of_a_case_in_a_dialog(admin: Any, account: Account) -> None:
    case = make.case(account)
    asked = text(admin.get(f"/cases/{case.ref}/classify/"))
    assert '<option value="how_to">' in asked
    admin.post(f"/cases/{case.ref}/classify/", {"kind": "how_to"})
    case.refresh_from_db()
    assert case.kind == "how_to"
    page = text(admin.get(f"/cases/{case.ref}/"))
    assert "Now of the kind <b>How-to question</b>, was Technical question." in page
    assert admin.post(f"/cases/{case.ref}/classify/", {"kind": "tea"}).status_code == 409


def test_a_contract_that_runs_out_is_pointed_out(admin: Any, account: Account) -> None:
    today = clock.now().date()
    row = make.contract(account, package="gold", ends_on=today + timedelta(days=9))
    address = f"/accounts/{account.pk}/contracts/"
    assert "The contract runs out" in text(admin.get(address))
    admin.post(f"{address}{row.pk}/renew/", {})
    assert "The contract runs out" not in text(admin.get(address))
