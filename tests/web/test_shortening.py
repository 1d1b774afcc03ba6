"""Templates do the same in shorter code."""

import re
from types import SimpleNamespace
from typing import Any

import jinja2
import pytest

from heliodesk.web.folding import Environment

PAGES = {
    "base": "<html>{{ title }}{% block main %}{% endblock %}</html>",
    "page": """{% extends "base" %}{% macro row(one, more=case.title) -%}
<li>{{ one.name }}{{ one.items }}{{ more }}
{{ caller() if caller is defined else "" }}</li>{%- endmacro %}
{% block main %}{% for one in rows if one.name %}{{ loop.index }}{{ row(one) }}{% endfor %}
{% call row(rows[0], "&") %}<b>{{ case.owner.name }}</b>{% endcall %}{% set a = case.by["x"].y %}
{% if case.title %}{{ a }}{{ case.by.x.y }}{% else %}{{ never.there }}{% endif %}{% endblock %}""",
}


def _case() -> Any:
    by = {"x": SimpleNamespace(y=7)}
    return SimpleNamespace(title="<Title>", owner={"name": "Ünal"}, by=by)


def _rows() -> list[SimpleNamespace]:
    names = ("a<b", "", "…")
    return [SimpleNamespace(name=name, items=len(name)) for name in names]


def _told(kind: type[jinja2.Environment]) -> str:
    options: dict[str, Any] = {"undefined": jinja2.StrictUndefined, "autoescape": True}
    env = kind(loader=jinja2.DictLoader(PAGES), **options)
    return env.get_template("page").render(title="T", case=_case(), rows=_rows())


def test_a_page_is_what_jinja_makes_of_it() -> None:
    said = _told(Environment)
    assert said == _told(jinja2.Environment)
    assert "&lt;Title&gt;" in said and "<b>Ünal</b>" in said and "77" in said


@pytest.mark.parametrize(("kind", "pieces"), [(jinja2.Environment, 4), (Environment, 1)])
def test_pieces_that_follow_each_other_go_up_as_one(
    kind: type[jinja2.Environment], pieces: int
) -> None:
    template = kind(autoescape=True).from_string("<p>{{ a }}</p>{{ b }}")
    assert len(list(template.generate(a=1, b=2))) == pieces


@pytest.mark.parametrize("said", ["{{ case.nothing }}", "{{ nothing.name }}", "{{ case.by.z.y }}"])
def test_an_unknown_name_is_refused_with_its_line(said: str) -> None:
    env = Environment(undefined=jinja2.StrictUndefined, autoescape=True)
    template = env.from_string(f"first\n{{{{ 1 }}}}\n{said}\nlast")
    with pytest.raises(jinja2.UndefinedError, match=re.compile("undefined|no attribute")) as told:
        template.render(case=_case())
    assert any(entry.lineno == 2 and "template" in str(entry.path) for entry in told.traceback)
