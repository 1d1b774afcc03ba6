"""The demo world: loaded once, whole, quickly, and by the desk's own doing."""

import pytest
from django.conf import settings
from django.core import mail
from tests import make

from heliodesk.cases.models import Attachment, Case, Message
from heliodesk.channels.models import Outbound
from heliodesk.config import demo
from heliodesk.config.demo import scripts
from heliodesk.customers.models import Account
from heliodesk.identity.models import User
from heliodesk.intake.models import HeldItem
from heliodesk.journal.models import Event


@pytest.mark.django_db
def test_the_demo_is_whole_and_loaded_once() -> None:
    told = demo.load(make.NOW)

    assert Account.objects.count() == 15
    assert Case.objects.count() >= 40 and HeldItem.objects.count() >= 9
    assert set(Case.objects.values_list("state", flat=True)) == {
        "new", "assigned", "pending_customer", "pending_vendor", "resolved", "closed",
    }  # fmt: skip
    assert HeldItem.objects.filter(state="held").count() >= 7
    assert not Outbound.objects.filter(text__contains="Mimecast").exists()
    assert Case.objects.filter(offshore=True).count() == 3
    assert {"P1", "P2", "P3", "P4"} == set(Case.objects.values_list("priority", flat=True))
    assert len(set(HeldItem.objects.values_list("reason", flat=True))) >= 3
    assert Message.objects.filter(direction="note").count() >= 4
    assert Attachment.objects.filter(name="queue.png", content_type="image/png").exists()
    assert not Event.objects.filter(at__gt=make.NOW).exists()
    assert settings.MAIL_OUTBOUND == "capture" and mail.outbox == []
    assert not Outbound.objects.exclude(state="captured").exists()
    for login in told.logins:
        user = User.objects.get(email=login.email)
        assert user.check_password(login.password) and user.role == login.role

    before = Event.objects.count()
    assert demo.load(make.NOW) == told
    assert Event.objects.count() == before


def test_every_address_of_the_demo_leads_nowhere() -> None:
    for script in scripts.conversations():
        assert script["from"].endswith((".example", "@gmail.com")), script["from"]
    for row in scripts.world()["accounts"]:
        assert all(domain.endswith(".example") for domain in row["domains"])


@pytest.mark.parametrize("wrong", ["", "2", "2w", "m5"])
def test_a_span_is_days_hours_minutes(wrong: str) -> None:
    assert scripts.span("1d2h3m").total_seconds() == 93_780
    with pytest.raises(ValueError, match="not a span"):
        scripts.span(wrong)
