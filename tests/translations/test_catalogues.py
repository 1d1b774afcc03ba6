"""Customers read English, German, French and Spanish: nothing missing, nothing fuzzy."""

from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader
from pathlib import Path
from types import ModuleType

import pytest
from django.conf import settings
from django.test import Client
from django.utils.translation import gettext, override

from heliodesk.entitlements.actions import activate_shipped
from heliodesk.web.portal import brand
from tests import make
from tests.make import NOW

_ROOT = Path(__file__).resolve().parents[2]
OTHERS = [code for code, _ in settings.LANGUAGES if code != "en"]


@pytest.fixture(scope="module")
def messages() -> ModuleType:
    """The command that keeps the catalogues."""
    loader = SourceFileLoader("bin_messages", str(_ROOT / "bin" / "messages"))
    spec = spec_from_loader("bin_messages", loader)
    assert spec
    module = module_from_spec(spec)
    loader.exec_module(module)
    return module


def test_every_message_is_there_in_every_language(messages: ModuleType) -> None:
    assert messages.troubles() == []


def test_every_language_of_the_settings_has_a_catalogue(messages: ModuleType) -> None:
    assert sorted(OTHERS) == sorted(messages.LANGUAGES)


def test_nothing_is_fuzzy(messages: ModuleType) -> None:
    for language in OTHERS:
        path = messages.LOCALE / language / "LC_MESSAGES" / "django.po"
        assert "fuzzy" not in path.read_text("utf-8")


@pytest.mark.parametrize("language", OTHERS)
def test_gettext_reads_the_compiled_catalogue(language: str) -> None:
    with override(language):
        assert gettext("Waiting for you") != "Waiting for you"


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("de", ["Hilfe holen", "Einen Fall melden", "nur im Inland", 'lang="de"', "0 von 2.000"]),
        ("fr", ["Obtenir de l’aide", "Ouvrir un cas", "seulement dans le pays"]),
        ("es", ["Obtener soporte", "Abrir un caso", "solo dentro del país"]),
    ],
)
def test_the_public_page_speaks_it(
    client: Client, db: None, language: str, words: list[str]
) -> None:
    activate_shipped(at=NOW)
    make.mailbox(region="UK")
    brand.forget()
    page = client.get("/get-support/", headers={"Accept-Language": language}).content.decode()
    for word in words:
        assert word in page, word
    assert "Raise a case" not in page


def test_the_choice_of_language_is_remembered(client: Client, db: None) -> None:
    activate_shipped(at=NOW)
    make.mailbox(region="UK")
    brand.forget()
    answer = client.post("/language/", {"language": "fr", "back": "/get-support/?region=UK"})
    assert answer["Location"] == "/get-support/?region=UK"
    assert "Ouvrir un cas" in client.get("/get-support/").content.decode()


@pytest.mark.parametrize(
    "back", ["https://evil.example/", "//evil.example/", "/\\\\evil.example/", "javascript:1", "½"]
)
def test_the_choice_of_language_leads_nowhere_else(client: Client, db: None, back: str) -> None:
    answer = client.post("/language/", {"language": "de", "back": back})
    assert answer["Location"] == "/get-support/"


def test_the_desks_own_pages_stay_in_one_language(client: Client, db: None) -> None:
    client.force_login(make.user())
    page = client.get("/", headers={"Accept-Language": "de"}).content.decode()
    assert '<html lang="en">' in page
