"""A copy is a copy within its mailbox; the same mail to another mailbox is another arrival."""

from django.db import migrations, models
from django.db.models import F, Q
from django.db.models.functions import Coalesce


class Migration(migrations.Migration):
    dependencies = [("channels", "0007_leaner_indexes")]

    operations = [
        migrations.RemoveConstraint("inbound", "inbound_taken_once"),
        migrations.AddConstraint(
            "inbound",
            models.UniqueConstraint(
                F("message_id"),
                F("body_hash"),
                Coalesce(F("mailbox"), 0),
                name="inbound_taken_once",
                condition=Q(state__in=["filed", "held"]),
            ),
        ),
    ]
