"""What the tests of channels share: a mailbox, and a listener that takes mail for it."""

import ssl
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from tests.channels.listening import Listen, Running, dsn_of_test, listening

from heliodesk.channels.models import Mailbox
from heliodesk.channels.smtp.limits import Limits


@pytest.fixture
def mailbox(transactional_db: None) -> Mailbox:
    return Mailbox.objects.create(
        code="support", address="support@desk.example", aliases=["help@desk.example"], name="Desk"
    )


@pytest.fixture
def listen(mailbox: Mailbox) -> Iterator[Listen]:
    """Starts listeners; ``listen(recipients=3)`` changes a limit."""
    with ExitStack() as stack:

        def start(
            *,
            dsn: str = "",
            tls: ssl.SSLContext | None = None,
            disk: Path | None = None,
            lmtp: int = 0,
            **changed: Any,
        ) -> Running:
            limits = Limits(**changed)
            return stack.enter_context(
                listening(dsn or dsn_of_test(), limits, tls=tls, disk=disk, lmtp=lmtp)
            )

        yield start
