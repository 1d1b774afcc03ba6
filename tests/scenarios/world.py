"""The customers of the desk under test; run as a program against the desk's database.

``python -m tests.scenarios.world`` with DATABASE_URL set.
"""

import os

DESK = "support@desk.example"
OTHER_DESK = "support@other.example"
AGENT = "agent@desk.example"
CUSTOMERS = 6


def account_id(number: int) -> str:
    """The ID of a customer's account."""
    return f"10-2233-{number:07d}"


def address(number: int) -> str:
    """The address of a customer's only contact."""
    return f"ada@customer{number}.example"


def main() -> None:
    """Make two mailboxes, some customers with a contact each, and an agent and an admin."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "heliodesk.config.settings")
    import django

    django.setup()
    from tests import make

    make.mailbox(code="desk", address=DESK, region="UK")
    make.mailbox(code="other", address="other@desk.example", region="UK")
    for number in range(CUSTOMERS):
        account = make.account(
            name=f"Customer {number}",
            identifier=account_id(number),
            package="gold",
            region="UK",
            domain=f"customer{number}.example",
        )
        make.contact(account, name=f"Ada {number}", address=address(number))
    neighbour = make.account(
        name="The Other Desk", identifier="90-0000-0000001", package="gold", region="UK"
    )
    make.contact(neighbour, name="Other Desk", address=OTHER_DESK)
    make.user(email=AGENT, password=make.PASSWORD)
    make.user(email="admin@desk.example", role="admin", password=make.PASSWORD)


if __name__ == "__main__":
    main()
