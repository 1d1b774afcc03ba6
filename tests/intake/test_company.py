"""The company name of a mail, against the account's."""

import pytest

from heliodesk.intake.company import company_flag


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("Northwind Freight", "we at NORTH-WIND FREIGHT Ltd"),
        ("Northwind Freight", "northwind-freight"),
        ("A-B Foods", "regards\nA.B. Foods"),
        ("The Box Ltd", "Box is down"),
        ("(3M) Company", "from 3M"),
        ("Ärzte GmbH", "die ÄRZTE"),
        ("Ltd", "anything"),
    ],
)
def test_a_name_is_found_however_it_is_written(name: str, text: str) -> None:
    assert company_flag(text, name) is None


def test_a_name_that_is_not_there() -> None:
    assert company_flag("nobody said who they are", "Northwind Freight") == "company_missing"
