"""Indexes for the lists that agents live in."""

from django.db import migrations, models
from django.db.models import Q

_OPEN = Q(state__in=["assigned", "new", "pending_customer", "pending_vendor"])


class Migration(migrations.Migration):
    dependencies = [("cases", "0002_numbers")]
    operations = [
        migrations.AddIndex(
            model_name="case",
            index=models.Index(
                fields=["urgency", "due_at", "id"],
                name="case_needs_us",
                condition=Q(state__in=["assigned", "new"]),
            ),
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(
                fields=["-last_activity_at", "-id"],
                name="case_done_by_activity",
                condition=~_OPEN,
            ),
        ),
    ]
