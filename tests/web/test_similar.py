"""Similar cases: what shares the telling words of a title, solved ones first."""

import pytest
from django.db import connection

from heliodesk.cases import alike, frequency
from heliodesk.cases.models import Case
from tests import make
from tests.web.conftest import Browser

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def nothing_known() -> None:
    """The frequencies of words are those of this test's messages."""
    frequency.forget()


def titled(title: str, **fields: object) -> Case:
    """A case with this title and words of its own."""
    fields.setdefault("text", title)
    return make.case(make.account(), title=title, **fields)  # type: ignore[arg-type]  # fields of it by name


def test_solved_cases_come_first_with_how_they_were_solved(browser: Browser) -> None:
    done = {"state": "closed", "resolved_at": make.NOW, "closed_at": make.NOW}
    solved = titled("Journal connector stops", resolution="Raise the <retry> limit.", **done)
    open_ = titled("Connector of the journal is slow")
    titled("Wallpaper is green")
    titled("Journal of something else entirely")
    case = titled("The journal connector stops after renewal")
    page = browser().get(f"/cases/{case.ref}/similar/").content.decode()
    assert page.index(solved.ref) < page.index(open_.ref)
    assert "Raise the &lt;retry&gt; limit." in page
    assert "Wallpaper" not in page
    assert "something else" not in page
    assert case.ref not in page


def test_what_is_cancelled_merged_or_hidden_is_not_shown(browser: Browser) -> None:
    titled("Journal connector stops", state="cancelled")
    titled("Journal connector stops", offshore=True)
    case = titled("Journal connector stops")
    assert browser().get(f"/cases/{case.ref}/similar/").content.strip() == b""
    assert browser(offshore=True).get(f"/cases/{case.ref}/similar/").content.strip() != b""


def test_a_title_that_says_nothing_is_helped_by_the_text(browser: Browser) -> None:
    like = titled("Help", text="Our quokka importer rejects every wombat.")
    case = titled("Please help", text="The quokka importer does not take a wombat.")
    assert like.ref in browser().get(f"/cases/{case.ref}/similar/").content.decode()
    nothing = titled("Help", text="")
    assert browser().get(f"/cases/{nothing.ref}/similar/").content.strip() == b""


@pytest.mark.parametrize("title", ["'", "a'b \\ | & !x", "''' quokka' \\'", "%s %(x)s"])
def test_any_title_is_taken(browser: Browser, title: str) -> None:
    case = titled(title)
    assert browser().get(f"/cases/{case.ref}/similar/").status_code == 200


def test_common_words_are_left_out() -> None:
    for n in range(400):
        titled("Report", text=f"report number{n}")
    with connection.cursor() as cursor:
        cursor.execute("analyze cases_message")
    assert alike.telling_words("Report quokka", "") == ["quokka"]


def test_the_case_page_asks_for_them_when_they_come_into_view(browser: Browser) -> None:
    case = titled("Journal")
    page = browser().get(f"/cases/{case.ref}/").content.decode()
    assert f'hx-get="/cases/{case.ref}/similar/" hx-trigger="intersect once"' in page
    assert browser().get("/cases/10000007/similar/").status_code == 404
