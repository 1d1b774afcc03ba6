"""Customers may know when the desk is open."""

from django.db import migrations

from heliodesk.kernel.wall import readable


class Migration(migrations.Migration):
    dependencies = [("calendars", "0002_stamp"), ("identity", "0004_portal_role")]
    operations = [
        migrations.RunSQL(*readable(table))
        for table in (
            "calendars_businesscalendar",
            "calendars_holidayrow",
            "calendars_oneoffday",
        )
    ]
