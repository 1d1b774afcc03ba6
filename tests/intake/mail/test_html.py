"""Text of HTML bodies, hostile ones included."""

import pytest

from heliodesk.intake.mail import html


@pytest.mark.parametrize(
    ("page", "text"),
    [
        ("<p>one</p><p>two</p>", "one\n\ntwo"),
        ("one<br>two", "one\ntwo"),
        ("<div>one</div><div>two</div>", "one\ntwo"),
        ("a  \n b&nbsp;c &amp; d", "a b c & d"),
        ("<ul><li>one<li>two</ul>", "- one\n- two"),
        ("<table><tr><td>a</td><td>b</td></tr></table>", "a b"),
        ("<pre>a\n  b</pre>", "a\n  b"),
        ("<blockquote>q</blockquote>r", "> q\n\nr"),
        ("<style>p{}</style><script>x()</script>shown", "shown"),
        ("<head><title>t</title></head><body>shown", "shown"),
        ("<!-- no --><!DOCTYPE html>shown", "shown"),
        ('<a href="x>y">link</a>', "link"),
        ('<div style="display:none">hidden<div>too</div></div>shown', "shown"),
        ('<div style="display:none">never closed', "never closed"),
        ("1 < 2 and no tag", "1 < 2 and no tag"),
        ("x <y", "x <y"),
        ("<script>never closed", ""),
        ("<title>never closed", "never closed"),
        ("", ""),
    ],
)
def test_to_text(page: str, text: str) -> None:
    assert html.to_text(page) == text


@pytest.mark.parametrize(
    "page",
    ["<div>" * 200_000, "<" * 500_000, "<!--" * 100_000, '<a href="' * 50_000, "<head>" * 100_000],
)
def test_hostile_pages_are_bounded(page: str) -> None:
    assert len(html.to_text(page)) <= len(page)


def test_text_becomes_html_that_runs_nothing() -> None:
    assert "<script>" not in html.from_text("<script>alert(1)</script>")
