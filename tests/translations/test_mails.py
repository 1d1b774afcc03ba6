"""Mails to customers, in their language: the words, the sentences, the times."""

import re
from datetime import UTC, datetime

import pytest
from django.conf import settings
from jinja2 import Environment, meta

from heliodesk.channels.models import Outbound
from heliodesk.customers.models import Contact
from heliodesk.entitlements import packs
from heliodesk.entitlements.tongues import local_time
from heliodesk.notifications.rendering import KINDS, shipped
from tests.intake.conftest import NORTHWIND, World, world
from tests.intake.post import mail, send
from tests.intake.test_forms import form
from tests.intake.test_forms import send as send_form

__all__ = ["world"]
OTHERS = [code for code, _ in settings.LANGUAGES if code != "en"]


def _names(text: str) -> set[str]:
    return meta.find_undeclared_variables(Environment().parse(text))


@pytest.mark.parametrize("language", OTHERS)
@pytest.mark.parametrize("kind", KINDS)
def test_every_mail_has_words_in_every_language(kind: str, language: str) -> None:
    ours, theirs = shipped(kind), shipped(kind, language)
    assert theirs != ours
    assert _names(theirs.subject) == _names(ours.subject)
    assert _names(theirs.text) == _names(ours.text)


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("de", ["Ihr Fall", "Wir haben Ihre Anfrage als Fall", "Unser Ziel", "Uhr, London"]),
        ("fr", ["Votre cas", "Nous avons votre demande comme cas", "Notre objectif"]),
        ("es", ["Su caso", "Tenemos su petición como caso", "Nuestro objetivo"]),
        ("de-CH", ["Ihr Fall"]),
        ("ja", ["Your case", "We have your request as case"]),
    ],
)
def test_a_contact_is_acknowledged_in_their_language(
    world: World, language: str, words: list[str]
) -> None:
    Contact.objects.filter(pk=world.mara.pk).update(language=language)
    send(mail(sender="mara@northwind.example", subject=f"({NORTHWIND}) Help"),
         mailbox=world.onshore)  # fmt: skip
    letter = Outbound.objects.get()
    for word in words:
        assert word in letter.subject + letter.text, word
    assert "{" not in letter.text


def test_a_stranger_is_answered_in_the_language_of_the_form(world: World) -> None:
    send_form(form("who@else.example", language="de"), mailbox=world.onshore)
    letter = Outbound.objects.get()
    assert "Wir konnten Ihre Nachricht keinem Konto zuordnen" in letter.text
    assert '<html lang="de">' in letter.html


def test_missing_fields_are_named_in_the_language(world: World) -> None:
    sent = form(
        identifier=NORTHWIND, kind="email_tracking", trace={"from": "a@b.example"}, language="de"
    )
    send_form(sent, mailbox=world.onshore)
    assert "An, Datum, Uhrzeit, Betreff" in Outbound.objects.get().text


def test_times_are_written_as_in_the_language(world: World) -> None:
    region = packs.active().policy.place("UK").region
    at = datetime(2026, 3, 3, 11, 15, tzinfo=UTC)
    assert local_time("de", at, region) == "Dienstag, 3. März 2026, 11:15 Uhr, London (GMT)"
    assert local_time("fr", at, region) == "mardi 3 mars 2026, 11:15, London (GMT)"
    assert re.match("martes 3 de marzo de 2026, 11:15", local_time("es", at, region))
    assert local_time("", at, region) == "11:15 on Tuesday 3 March 2026, London (GMT)"
