"""Numbers the changes of calendars."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("calendars", "0001_initial")]
    operations = [
        migrations.RunSQL(
            "create sequence calendars_stamp as bigint", "drop sequence calendars_stamp"
        )
    ]
