"""Running numbers of held items."""

from django.db import migrations

FORWARD = """
create sequence intake_held_number start 5200000;
"""
BACKWARD = """
drop sequence intake_held_number;
"""


class Migration(migrations.Migration):
    dependencies = [("intake", "0001_initial")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
