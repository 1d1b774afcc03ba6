"""What never changes in a page is worked out when its template is compiled."""

import jinja2
import pytest
from django.test import Client
from markupsafe import Markup

from heliodesk.web import folding, jinja, translation

PURE = {"shout": str.upper, "marks.dot": lambda: Markup("<i>·</i>")}


def environment(**pages: str) -> jinja2.Environment:
    base = folding.Environment(autoescape=True, loader=jinja2.DictLoader(pages))
    base.globals.update(shout=lambda _: pytest.fail("called for a page"))
    return folding.in_language(base, PURE)


def test_a_call_with_constants_is_not_made_again_for_each_page() -> None:
    env = environment(page="<b>{{ shout('a & b') }}</b>{{ marks.dot() }}{{ name }}")
    assert env.get_template("page").render(name="<me>") == "<b>A &amp; B</b><i>·</i>&lt;me&gt;"


def test_a_call_that_depends_on_the_page_is_left_alone() -> None:
    env = environment(page="{{ shout(name) }}")
    env.globals["shout"] = str.upper
    assert env.get_template("page").render(name="late") == "LATE"


def test_what_is_included_and_inherited_is_folded_too() -> None:
    env = environment(
        base="{% block body %}{% endblock %}",
        part="{{ shout('part') }}",
        page="{% extends 'base' %}{% block body %}{% include 'part' %}{% endblock %}",
    )
    assert env.get_template("page").render() == "PART"


def test_each_language_has_templates_of_its_own(client: Client, db: None) -> None:
    german = client.get("/get-support/", headers={"accept-language": "de"}).content.decode()
    english = client.get("/get-support/", headers={"accept-language": "en"}).content.decode()
    assert '<html lang="de">' in german
    assert '<html lang="en">' in english
    assert "Skip to content" in english
    assert "Skip to content" not in german
    translation.begin("en")
    assert jinja.of_this_language() is jinja.of_this_language()
