"""Dates that are right, wrong, missing and yet to come."""

from datetime import UTC, datetime

import pytest

from heliodesk.intake.mail import dates, read
from tests.intake.mail.letters import letter


@pytest.mark.parametrize(
    ("field", "moment"),
    [
        ("Mon, 23 Nov 2026 09:00:00 +0100", datetime(2026, 11, 23, 8, tzinfo=UTC)),
        ("23 Nov 2026 09:00 GMT", datetime(2026, 11, 23, 9, tzinfo=UTC)),
        ("Mon, 23 Nov 26 09:00:00 -0800 (PST)", datetime(2026, 11, 23, 17, tzinfo=UTC)),
        ("yesterday", None),
        ("", None),
        ("Mon, 99 Nov 2026 09:00:00 +0100", None),
        ("Mon, 23 Nov 99999 09:00:00 +0100", None),
    ],
)
def test_parse(field: str, moment: datetime | None) -> None:
    assert dates.parse(field) == moment


def test_a_date_to_come_is_replaced_by_the_arrival() -> None:
    at = datetime(2026, 11, 23, 9, tzinfo=UTC)
    mail = read(letter(Date="Thu, 1 Jan 2099 00:00:00 +0000"), at=at)
    assert mail.date == at
    assert "date-future" in mail.defects


def test_the_trace_tells_of_a_date_to_come() -> None:
    trace = "from a by b; Mon, 23 Nov 2026 08:00:00 +0000"
    mail = read(letter(Date="Thu, 1 Jan 2099 00:00:00 +0000", Received=trace))
    assert "date-future" in mail.defects
