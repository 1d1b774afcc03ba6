"""A letter as a page: the reference, the details and the way stand out; nothing is lost."""

import re
from html import unescape

import pytest

from heliodesk.notifications import page, rendering, samples

LANGUAGES = ("en", "de", "es", "fr")


def plain(html: str) -> str:
    """The words of a page, without its marks and its white space."""
    shown = re.sub(r"<style>.*?</style>|<title>.*?</title>", "", html, flags=re.S)
    return re.sub(r"\s", "", unescape(re.sub(r"<[^>]+>", " ", shown)))


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_acknowledgement_shows_its_reference_details_and_way(language: str) -> None:
    words = rendering.shipped("acknowledgement", language)
    mail = rendering.render(words, samples.sample("acknowledgement"), samples.BOX, language)
    assert "4812&nbsp;0990</b>" in mail.html
    assert mail.html.count('<th scope="row"') == 3
    assert '<div class="said"' in mail.html
    assert 'href="https://support.example.com/support/cases/48120990/"' in mail.html


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", sorted(rendering.KINDS))
def test_a_page_says_every_word_of_its_text(kind: str, language: str) -> None:
    values = samples.sample(kind)
    mail = rendering.render(rendering.shipped(kind, language), values, samples.BOX, language)
    shown = plain(mail.html)
    for line in mail.text.split("\n-- \n")[0].split("\n"):
        for part in re.split(r": |https?://\S+", line):
            assert re.sub(r"\s", "", part).rstrip(":") in shown


def test_what_a_customer_wrote_stays_what_it_is() -> None:
    known = {
        "title": "Down",
        "spoken": "4812 0990",
        "details": "A: <b>1</b>\n\nYour reference: 4812 0990\n\nSee: https://evil.example/?a=1&b",
    }
    text = f"Hello,\n\nSubject: Down\n\n{known['details']}\n\nBye"
    html = page.body(text, known)
    box = html[html.index('<div class="said"') : html.index("</div>")]
    assert "&lt;b&gt;1&lt;/b&gt;" in box
    assert 'class="box"' not in box
    assert 'class="way"' not in box
    assert 'href="https://evil.example/?a=1&amp;b"' in box
    assert html.endswith("<p>Bye</p>")


def test_an_answer_with_lines_like_a_list_is_no_list() -> None:
    known = {"title": "Down", "spoken": "4812 0990", "details": "Host: a\nPort: 25"}
    assert page.body("Host: a\nPort: 25", known) == "<p>Host: a<br>\nPort: 25</p>"


@pytest.mark.parametrize("title", ["", "Subject: Subject: x", "a: b", "<script>"])
def test_any_title_fits(title: str) -> None:
    values = samples.sample("acknowledgement") | {"title": title}
    mail = rendering.render(rendering.shipped("acknowledgement"), values, samples.BOX)
    assert "<script>" not in mail.html
    assert plain(mail.html).count(re.sub(r"\s", "", title)) >= 1
