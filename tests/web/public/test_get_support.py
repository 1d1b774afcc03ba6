"""The public form: what it says, what it refuses without losing a character, what it makes."""

import hashlib
import re
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from heliodesk.cases.models import Case
from heliodesk.channels.models import Outbound, Upload
from heliodesk.intake.models import HeldItem
from heliodesk.intake.pipeline import file_waiting
from heliodesk.kernel import clock
from heliodesk.web.portal import brand
from heliodesk.web.portal.raising import guard
from tests import make
from tests.intake.conftest import HALVORSEN, NORTHWIND, PARTNER, World, world

__all__ = ["world"]
_PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256))


@pytest.fixture(autouse=True)
def _fresh(world: World) -> None:
    brand.forget()


def solved(page: str) -> str:
    """The sums that a browser does for a page."""
    key = guard.entry(page, clock.now()).key
    n = 0
    while int.from_bytes(hashlib.sha256(f"{key}:{n}".encode()).digest()[:4], "big") >> (
        32 - guard.BITS
    ):
        n += 1
    return str(n)


def filled(page: str = "", **changes: Any) -> dict[str, Any]:
    """A form as a customer's browser sends it."""
    page = page or guard.new_page(clock.now())
    return {
        "page": page,
        "proof": solved(page),
        "name": "Mara Lind",
        "address": "mara@northwind.example",
        "company": "Northwind Freight",
        "identifier": NORTHWIND,
        "kind": "technical",
        "severity": "P3",
        "subject": "Digest shows yesterday",
        "details": "Since Monday the digest\r\nshows the day before.",
        **changes,
    }


def send(client: Client, **changes: Any) -> Any:
    return client.post("/get-support/", filled(**changes))


def test_it_opens_for_anybody_and_says_what_applies(client: Client) -> None:
    text = client.get("/get-support/").content.decode()
    assert "Get Support" in text
    assert "+44 20 7847 8701" in text
    assert "Issue Details" in text
    assert "0 of 2,000" in text
    assert "a form cannot start it" in text


def test_the_chosen_region_comes_first_and_national_numbers_are_marked(client: Client) -> None:
    text = client.get("/get-support/?region=AU").content.decode()
    tels = text[text.index('class="tels"') :]
    assert tels.index("1300 302 953") < tels.index("+61 3 9017 5101") < tels.index("+44 20")
    assert "only inside the country" in tels
    other = client.get("/get-support/?region=UK").content.decode()
    tels = other[other.index('class="tels"') :]
    assert tels.index("+44 20") < tels.index("+61 3 9017 5101") < tels.index("1300 302 953")


def test_a_browsers_country_chooses_the_region(client: Client) -> None:
    text = client.get("/get-support/", headers={"Accept-Language": "en-NZ,en;q=0.8"}).content
    assert text.index(b"+64 9 801 0787") < text.index(b"+44 20")


@pytest.fixture
def to_identified(settings: Any) -> None:
    """Only who gave the ID of their account sees the reference."""
    settings.WEB_FORM_SHOWS_REFERENCE = "identified"


def test_a_known_customer_gets_the_reference_and_a_mail_with_the_details(
    client: Client, to_identified: None
) -> None:
    response = send(client)
    assert response.status_code == 302
    shown = client.get(response["Location"]).content.decode()
    case = Case.objects.get()
    assert f"{case.ref[:4]} {case.ref[4:]}" in shown
    assert "We have e-mailed it to mara@northwind.example, with a copy" in shown
    assert "If we do not know this address" not in shown
    letter = Outbound.objects.get()
    assert case.ref in letter.subject
    assert "Since Monday the digest\nshows the day before." in letter.text


@pytest.mark.usefixtures("to_identified")
def test_a_stranger_is_told_nothing_but_that_it_waits(client: Client) -> None:
    response = send(client, address="who@else.example")
    shown = client.get(response["Location"]).content.decode()
    assert not HeldItem.objects.exists(), "it is filed after the answer, by the worker"
    file_waiting(at=clock.now())
    assert HeldItem.objects.get().ref in Outbound.objects.get(to=["who@else.example"]).subject
    assert client.get(response["Location"]).content.decode().count("H-") == 0
    assert "somebody reads your message first" in shown
    assert "Northwind" not in shown


KNOWN, STRANGE = "mara@northwind.example", "who@elsewhere.example"


def answered(client: Client, address: str, **changes: Any) -> str:
    """The page that a sender sees, without what they wrote of themselves and the reference."""
    page = client.get(send(client, address=address, **changes)["Location"]).content.decode()
    found = (Case.objects.order_by("-id"), HeldItem.objects.order_by("-id"))
    refs = [one[0].ref for one in found if one]
    for ref in refs:
        page = page.replace(f"{ref[:4]} {ref[4:]}", "REF").replace(ref, "REF")
    page = re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"|/get-support/sent/[^/]+/', "", page)
    return page.replace(address, "ADDRESS")


@pytest.mark.usefixtures("to_identified")
@pytest.mark.parametrize("severity", ["P3", "P1"])
def test_the_answer_is_the_same_for_known_and_unknown_addresses(
    client: Client, severity: str
) -> None:
    """An account of another region, an ID that is not theirs or none: the page is the same to the
    last byte, and filing waits for the worker, so that its time tells nothing either."""
    abroad = make.account(name="Faraway", identifier="10-7777-0000001", region="AU")
    make.contact(abroad, address="fay@faraway.example")
    somebodys = {"identifier": "10-7777-0000001", "severity": severity}
    pages = [
        answered(client, KNOWN, identifier="", severity=severity),
        answered(client, KNOWN, **somebodys),
        answered(client, STRANGE, **somebodys),
        answered(client, STRANGE, severity=severity),
        answered(client, "fay@faraway.example", severity=severity),
    ]
    assert "e-mail the reference to ADDRESS" in pages[0]
    assert [page == pages[0] for page in pages] == [True] * 5
    assert not Case.objects.exists() and not HeldItem.objects.exists()
    file_waiting(at=clock.now())
    case = Case.objects.get(contact__addresses__address=KNOWN)
    assert case.ref in Outbound.objects.filter(to=[KNOWN]).earliest("id").subject


@pytest.mark.usefixtures("to_identified")
def test_a_former_contact_with_the_right_id_is_a_stranger(client: Client) -> None:
    pages = [answered(client, address) for address in (STRANGE, "gone@northwind.example")]
    assert pages[0] == pages[1]
    assert "e-mail the reference" in pages[1]


@pytest.mark.usefixtures("to_identified")
def test_a_partner_gives_the_id_of_a_customer_it_acts_for(client: Client) -> None:
    pages = [
        answered(client, "pat@hands.example", identifier=identifier)
        for identifier in (PARTNER, NORTHWIND, HALVORSEN)
    ]
    assert ["REF" in page for page in pages] == [True, True, False], "the last was withdrawn"


def test_the_reference_is_shown_to_everybody(client: Client) -> None:
    pages = [answered(client, one, identifier="", severity="P1") for one in (KNOWN, STRANGE)]
    assert pages[0].count("REF") == 2
    assert pages[0] == pages[1]


def test_the_reference_can_be_left_to_the_mail(client: Client, settings: Any) -> None:
    settings.WEB_FORM_SHOWS_REFERENCE = "never"
    pages = [answered(client, KNOWN, severity="P1"), answered(client, STRANGE, severity="P1")]
    assert "REF" not in pages[0]
    assert pages[0] == pages[1]
    assert not Case.objects.exists(), "it is filed after the answer, by the worker"
    file_waiting(at=clock.now())
    assert Case.objects.get().ref in Outbound.objects.get(to=[KNOWN]).subject


def test_twice_the_same_page_is_one_case(client: Client) -> None:
    page = guard.new_page(clock.now())
    first, second = send(client, page=page), send(client, page=page)
    assert first["Location"].rsplit("/", 2)[0] == second["Location"].rsplit("/", 2)[0]
    assert Case.objects.count() == 1


def test_a_page_sent_again_with_other_words_asks_first(client: Client) -> None:
    page = guard.new_page(clock.now())
    send(client, page=page)
    again = send(client, page=page, details="Something else entirely.")
    text = again.content.decode()
    assert again.status_code == 422
    assert "This page was sent already" in text
    assert "Something else entirely." in text
    fresh = re.search(r'name="page" value="([^"]+)"', text)
    assert fresh
    assert send(client, page=fresh[1], details="Something else entirely.").status_code == 302
    assert Case.objects.count() == 2


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("subject", "", "Give it a subject"),
        ("details", " \r\n", "Describe in a few words"),
        ("severity", "", "Choose how badly"),
        ("severity", "P9", "Choose how badly"),
        ("kind", "", "Choose what it is about"),
        ("name", "", "Tell us your name"),
        ("address", "mara at northwind", "Give the e-mail address"),
        ("identifier", "10-2233-001234", "One digit is missing. The pattern is 00-0000-0000000."),
        ("address", "support@meridian.example", "This is our own address"),
    ],
)
def test_what_is_required_is_enforced_here(
    client: Client, field: str, value: str, says: str
) -> None:
    """R70."""
    response = send(client, **{field: value})
    assert response.status_code == 422
    assert says in response.content.decode()
    assert not Case.objects.exists()


def test_a_text_of_the_limit_fits_and_one_more_is_refused_whole(client: Client) -> None:
    """R71, C19: code points are counted, a line break as one, and none is lost."""
    fits = "\U0001f600" * 1998 + "\r\n" + "x"
    assert send(client, details=fits).status_code == 302
    over = fits + "y" * 41
    response = send(client, details=over)
    text = response.content.decode()
    assert response.status_code == 422
    assert "41 characters too many. Your text is kept" in text
    assert over.replace("\r\n", "\n") in text


def test_a_limit_of_the_policy_holds(client: Client) -> None:
    from heliodesk.web.portal import applies

    policy = applies.in_force()
    assert policy
    assert policy.settings.web_issue_details_max == 2000


def test_trace_fields_come_along_and_missing_ones_are_asked_for(client: Client) -> None:
    send(
        client,
        kind="email_tracking",
        trace_from="a@b.example",
        trace_to="c@d.example",
        trace_date="2026-11-20",
        zone="Europe/Berlin",
    )
    case = Case.objects.get()
    assert case.kind == "email_tracking"
    trace = case.messages.get().marks["trace"]
    assert (trace["from"], trace["date"], trace["zone"]) == (
        "a@b.example", "2026-11-20", "Europe/Berlin",
    )  # fmt: skip
    assert "time, subject" in Outbound.objects.get().text


def test_a_p1_is_told_to_call_with_its_reference(client: Client) -> None:
    shown = client.get(send(client, severity="P1")["Location"]).content.decode()
    case = Case.objects.get()
    assert case.priority == "P2"
    assert f"Call now and quote {case.ref[:4]} {case.ref[4:]}" in shown
    assert "+44 20 7847 8701" in shown


def test_the_way_to_be_reached_when_mail_is_down_is_kept(client: Client) -> None:
    """C30."""
    send(client, alternative="+44 20 7946 0000")
    message = Case.objects.get().messages.get()
    assert message.marks["alternative"] == "+44 20 7946 0000"
    assert "+44 20 7946 0000" in message.text


def test_files_come_with_the_form_where_no_script_runs(client: Client) -> None:
    file = SimpleUploadedFile("shot.png", _PNG, "image/png")
    send(client, files=file)
    attached = Case.objects.get().messages.get().attachments.get()
    assert (attached.name, attached.content_type, attached.size) == (
        "shot.png", "image/png", len(_PNG),
    )  # fmt: skip
    assert not Upload.objects.exists()


def test_files_are_kept_when_the_form_must_be_shown_again(client: Client) -> None:
    page = guard.new_page(clock.now())
    file = SimpleUploadedFile("shot.png", _PNG, "image/png")
    again = send(client, page=page, subject="", files=file).content.decode()
    token = re.search(r'name="kept" value="(\w+)"', again)
    assert token
    assert "shot.png" in again
    send(client, page=page, kept=token[1])
    assert Case.objects.get().messages.get().attachments.get().name == "shot.png"


def put(client: Client, page: str, proof: str, data: bytes = _PNG) -> Any:
    file = SimpleUploadedFile("shot.png", data, "image/png")
    return client.post("/get-support/files/", {"page": page, "proof": proof, "file": file})


def test_files_sent_ahead_belong_to_their_page_alone(client: Client) -> None:
    page, other = guard.new_page(clock.now()), guard.new_page(clock.now())
    token = put(client, page, solved(page)).json()["token"]
    send(client, page=other, kept=token)
    assert not Case.objects.get().messages.get().attachments.exists()
    send(client, page=page, kept=token)
    assert Case.objects.latest("id").messages.get().attachments.count() == 1


def test_a_file_needs_the_pages_sums_and_room(client: Client, settings: Any) -> None:
    page = guard.new_page(clock.now())
    assert put(client, page, "0x").status_code == 422
    settings.WEB_FILE_MAX_BYTES = 100
    answer = put(client, page, solved(page))
    assert answer.status_code == 413
    assert "larger than" in answer.json()["trouble"]
    assert not Upload.objects.exists()


def test_a_file_can_be_taken_out_again(client: Client) -> None:
    page = guard.new_page(clock.now())
    token = put(client, page, solved(page)).json()["token"]
    client.post("/get-support/files/drop/", {"page": page, "token": token})
    assert not Upload.objects.exists()


def test_the_trap_and_haste_catch_machines(client: Client) -> None:
    assert send(client, website="https://spam.example").status_code == 422
    assert send(client, proof="").status_code == 422
    assert not Case.objects.exists()


def test_without_scripts_a_person_who_takes_time_is_let_in(client: Client) -> None:
    page = guard.new_page(clock.now() - timedelta(seconds=20))
    assert send(client, page=page, proof="").status_code == 302


def test_a_page_that_is_not_ours_or_old_is_shown_again_with_the_text(client: Client) -> None:
    for page in ("x", guard.new_page(clock.now() - timedelta(days=2))):
        response = client.post("/get-support/", filled() | {"page": page})
        assert response.status_code == 422
        assert "Since Monday" in response.content.decode()


def test_a_flood_ends_with_the_text_kept_and_a_way_on(client: Client, settings: Any) -> None:
    settings.WEB_FORMS_PER_HOUR = 2
    assert [send(client).status_code for _ in range(3)] == [302, 302, 429]
    other = Client(REMOTE_ADDR="198.51.100.9")
    assert send(other, address="who@else.example").status_code == 302


def test_only_a_trusted_proxy_says_who_asks(client: Client, settings: Any) -> None:
    from heliodesk.web import peer

    settings.TRUSTED_PROXIES = ["127.0.0.1"]
    peer._networks.cache_clear()
    peer._trusted.cache_clear()
    send(client)
    client.post("/get-support/", filled(), headers={"X-Forwarded-For": "1.1.1.1, 203.0.113.5"})
    from heliodesk.channels.models import Inbound

    assert list(Inbound.objects.order_by("id").values_list("peer", flat=True)) == [
        "127.0.0.1", "203.0.113.5",
    ]  # fmt: skip
    peer._networks.cache_clear()
    peer._trusted.cache_clear()


def test_each_region_has_its_brand(client: Client, world: World) -> None:
    world.offshore.brand, world.offshore.brand_color = "Jersey Mail", "#0f766e"
    world.offshore.name = "Jersey Mail Support"
    world.offshore.save()
    brand.forget()
    page = client.get("/get-support/?region=OFF").content.decode()
    assert "Jersey Mail Support" in page
    assert "/look/style-0f766e." in page
    assert "Jersey Mail" not in client.get("/get-support/?region=UK").content.decode()


def test_the_first_page_is_small(client: Client) -> None:
    """Under 60 kB transferred: the page, its stylesheet, its script, the icon."""
    accept = {"Accept-Encoding": "gzip"}
    page = client.get("/get-support/", headers=accept)
    assert page["Content-Encoding"] == "gzip"
    text = client.get("/get-support/").content.decode()
    parts = re.findall(r'(?:href|src)="(/look/[^"]+|/static/[^"]+)"', text)
    assert len(parts) == 3
    sizes = [len(page.content)]
    for part in parts:
        got = client.get(part, headers=accept)
        assert got.status_code == 200, part
        body = got.getvalue() if got.streaming else got.content
        sizes.append(len(body))
    assert sum(sizes) < 40_000, sizes


def test_the_sent_page_needs_its_own_address(client: Client) -> None:
    assert client.get("/get-support/sent/abc/").status_code == 404


def test_no_field_loses_a_character(client: Client) -> None:
    long = {
        "company": "c" * 201, "alternative": "a" * 201, "trace_subject": "t" * 501,
        "trace_from": "f" * 501,
    }  # fmt: skip
    answer = send(client, kind="email_tracking", **long)
    assert answer.status_code == 422
    text = answer.content.decode()
    assert text.count("1 character too many. Your text is kept; shorten it.") == 8
    for typed in long.values():
        assert typed in text


def test_a_day_that_does_not_exist_is_said(client: Client) -> None:
    wrong = {"trace_date": "2026-02-31", "trace_time": "25:10"}
    answer = send(client, kind="email_tracking", **wrong)
    assert answer.status_code == 422
    assert "Write the date as 2026-11-23." in answer.content.decode()
    assert "Write the time as 14:05." in answer.content.decode()
