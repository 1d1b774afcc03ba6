"""What happened on a day is found without reading everything that ever happened."""

from django.contrib.postgres.indexes import BrinIndex
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("journal", "0003_forgetting")]
    operations = [
        migrations.AddIndex("event", BrinIndex(fields=["at"], name="event_at", autosummarize=True)),
    ]
