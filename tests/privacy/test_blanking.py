"""Finding a person's words in texts, and writing something else instead."""

import pytest

from heliodesk.kernel.blanking import Blank
from heliodesk.privacy.rules import Keep, Refused, confirmed, months_of

ADA = Blank(
    ("Ada Byron",),
    ("ada@byron.example", "a.b@byron.example"),
    ("+44 20 7946 0018",),
    ("Ada", "Byron"),
    name="Nobody",
    address="gone@removed.invalid",
    number="…",
)


@pytest.mark.parametrize(
    ("text", "after"),
    [
        ("Ada Byron wrote", "Nobody wrote"),
        ("ADA BYRON wrote to Adam", "Nobody wrote to Adam"),
        ("Hello Ada, Mrs. Byron", "Hello Nobody, Mrs. Nobody"),
        ("an adaptor, a canada", "an adaptor, a canada"),
        ("<Ada@Byron.example>, bada@byron.example", "<gone@removed.invalid>, bada@byron.example"),
        ("ada@byron.example.org", "gone@removed.invalid.org"),
        ("call +44 20 7946 0018 now", "call … now"),
        ("call 020 7946 0018 or (0)20-79460018", "call … or (…"),
        ("order 1207946001899", "order 1207946001899"),
        ("", ""),
    ],
)
def test_words_are_found_as_people_write_them(text: str, after: str) -> None:
    assert ADA.text(text) == after


def test_lists_and_mappings_are_looked_through() -> None:
    assert ADA.of({"to": ["ada@byron.example"], "n": 3, "deep": [{"by": "Ada Byron"}]}) == {
        "to": ["gone@removed.invalid"],
        "n": 3,
        "deep": [{"by": "Nobody"}],
    }
    assert Blank(("", "x"), (), ("12",)).text("x 12") == "x 12"
    assert Blank(("A+B (C)",), (), (), name=r"\1").text("see A+B (C)") == r"see \1"


def test_months_are_a_number_within_bounds_or_none() -> None:
    assert months_of(Keep.CASES, " 24 ") == 24
    assert months_of(Keep.AUDIT, "") is None
    for keep, text in ((Keep.CASES, "2"), (Keep.AUDIT, "6"), (Keep.CALLS, "-1"), (Keep.CALLS, "x")):
        with pytest.raises(Refused, match="number of months"):
            months_of(keep, text)


def test_a_step_that_cannot_be_undone_wants_the_name() -> None:
    confirmed(" ada  BYRON ", "Ada Byron")
    with pytest.raises(Refused, match="Ada Byron"):
        confirmed("Ada", "Ada Byron")
