"""The quoted mess under a mail, read as a thread."""

import time

from heliodesk.web.quotes import Quote, thread

MARKED = """On Mon, 3 Mar 2026 at 10:00, Support
<support@larkspur.example> wrote:

> Please try again.
>
> Sam
>
> On Sun, 2 Mar 2026, Mara Lind <mara@northwind.example> wrote:
>> It stops.
>>
>> Mara"""
BLOCKS = """-----Original Message-----
From: Support <support@larkspur.example>
Sent: Monday, 3 March 2026 10:00
To: Mara Lind
Subject: Re: late

Please try again.

________________________________
Von: Mara Lind
Gesendet: Sonntag, 2. März 2026 09:00
An: Support
Betreff: late

It stops."""


def test_marks_and_who_wrote() -> None:
    assert thread(MARKED) == (
        Quote(
            0,
            "On Mon, 3 Mar 2026 at 10:00, Support <support@larkspur.example> wrote",
            "Please try again.\n\nSam",
        ),
        Quote(
            1, "On Sun, 2 Mar 2026, Mara Lind <mara@northwind.example> wrote", "It stops.\n\nMara"
        ),
    )


def test_blocks_of_headers() -> None:
    assert thread(BLOCKS) == (
        Quote(
            0,
            "Support <support@larkspur.example>, Monday, 3 March 2026 10:00",
            "Please try again.",
        ),
        Quote(1, "Mara Lind, Sonntag, 2. März 2026 09:00", "It stops."),
    )


def test_answers_between_the_lines_keep_their_order() -> None:
    found = thread("> Does it hum?\nYes.\n> Since when?\nMonday.")
    assert [(one.depth, one.text) for one in found] == [
        (1, "Does it hum?"),
        (0, "Yes."),
        (1, "Since when?"),
        (0, "Monday."),
    ]


def test_what_is_no_quote_stays_as_it_stands() -> None:
    text = "From: the cellar\nhe wrote:\nTo be or not"
    assert [one.text for one in thread(text)] == [text]
    assert thread("") == ()


def test_no_word_is_lost() -> None:
    for text in (MARKED, BLOCKS, "> a\n>> b\nc > d", ">" * 400 + "deep"):
        said = " ".join(f"{one.head} {one.text}" for one in thread(text))
        for word in ("again.", "stops.", "Mara", "Support", "c > d", "deep"):
            assert (word in text) <= (word in said)


def test_a_mess_made_to_hurt_is_read_fast() -> None:
    began = time.perf_counter()
    for line in ("on " + "wrote" * 40, "> " * 60 + "x", "From: a", "-" * 300):
        thread((line + "\n") * 3000)
    assert time.perf_counter() - began < 2.0
