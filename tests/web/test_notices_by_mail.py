"""Everybody chooses which notices come by mail, too."""

import pytest

from heliodesk.identity.models import User
from tests.web.conftest import Browser

pytestmark = pytest.mark.django_db


def test_everybody_chooses_what_is_mailed(browser: Browser) -> None:
    client = browser()
    page = client.get("/notices/mail/").content.decode()
    assert 'value="escalate" checked' in page
    assert 'href="/notices/mail/"' in client.get("/notices/").content.decode()
    client.post("/notices/mail/", {"mailed": ["mentioned", "letter_held", "x"]})
    me = User.objects.get(pk=client.person.pk)  # type: ignore[attr-defined]  # ours, on the client
    assert me.mailed == ["mentioned", "letter_held"]
    client.post("/notices/mail/", {})
    me.refresh_from_db()
    assert me.mailed == []
