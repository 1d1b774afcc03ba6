"""Whose word about a sender is believed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from heliodesk.channels.verdicts import NOTHING, Verdict, verdict

OURS = ["mx.desk.example"]
GOOD = (
    "mx.desk.example; dmarc=pass (p=reject dis=none) header.from=a.example;\r\n"
    "\tspf=softfail smtp.mailfrom=a.example; dkim=fail header.d=x.example;"
    " dkim=pass header.d=a.example"
)
FORGED = "mx.evil.example; dmarc=pass header.from=bank.example"


def test_the_trusted_servers_word_counts() -> None:
    expected = Verdict(dmarc="pass", spf="softfail", dkim="pass")
    assert verdict([GOOD], OURS) == expected
    assert verdict([GOOD.replace("mx.desk", "MX.Desk")], OURS) == expected
    assert verdict([GOOD.replace("example;", "example 1;", 1)], OURS) == expected
    assert verdict([FORGED, GOOD], ["other.example", *OURS]) == expected


def test_only_the_topmost_of_ours_counts() -> None:
    fail = "mx.desk.example; dmarc=fail header.from=a.example"
    assert verdict([fail, GOOD], OURS).dmarc == "fail"
    assert verdict(["mx.desk.example; none", GOOD], OURS) == NOTHING
    assert verdict(["mx.desk.example; dmarc=pass (", GOOD], OURS) == NOTHING


def test_nobody_is_trusted_unless_named() -> None:
    assert verdict([GOOD], []) == verdict([FORGED], OURS) == verdict([], OURS) == NOTHING


@pytest.mark.parametrize(
    "header",
    [
        "",
        ";;;",
        "mx.desk.example",
        "mx.desk.example.evil.example; dmarc=pass",
        "xmx.desk.example; dmarc=pass",
        '"mx.desk.example"x; dmarc=pass',
        "(mx.desk.example) mx.evil.example; dmarc=pass",
        "mx.evil.example (; mx.desk.example); dmarc=pass",
        "mx.desk.example; dmarc=yes",
        "mx.desk.example; xdmarc=pass",
        "mx.desk.example; dmarc (=pass)",
        "mx.desk.example; " + "(" * 5_000,
        "mx.desk.example; dmarc=pass " + "x" * 9_000,
        "ü.example; dmarc=pass",
    ],
)
def test_what_is_malformed_or_forged_says_nothing(header: str) -> None:
    assert verdict([header], OURS) == NOTHING


def test_of_two_opinions_the_worse_holds() -> None:
    both = "mx.desk.example; dmarc=pass header.from=a.example; dmarc=fail header.from=b.example"
    assert verdict([both], OURS).dmarc == "fail"


@given(st.lists(st.text(alphabet='mx.desk.example;=() \r\n\tdmarcpass"1ü', max_size=80)))
def test_any_text_is_survived(headers: list[str]) -> None:
    verdict([*headers, *(f"mx.desk.example; {header}" for header in headers)], OURS)
