"""A contact may read how the time of their cases is counted."""

from django.db import migrations

from heliodesk.kernel.wall import readable


class Migration(migrations.Migration):
    dependencies = [("sla", "0001_initial"), ("cases", "0005_portal")]
    operations = [
        migrations.RunSQL(
            *readable("sla_clock", "exists (select from cases_case c where c.id = case_id)")
        )
    ]
