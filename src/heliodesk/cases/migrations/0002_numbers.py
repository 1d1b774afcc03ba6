"""Running numbers of cases."""

from django.db import migrations

FORWARD = """
create sequence cases_number start 1000000;
"""
BACKWARD = """
drop sequence cases_number;
"""


class Migration(migrations.Migration):
    dependencies = [("cases", "0001_initial")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
