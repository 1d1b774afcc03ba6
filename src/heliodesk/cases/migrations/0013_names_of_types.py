"""Customers read what type their case is by its name."""

from django.db import migrations

from heliodesk.kernel.wall import readable


class Migration(migrations.Migration):
    dependencies = [("cases", "0012_names_of_files")]
    operations = [migrations.RunSQL(*readable("cases_casetype"))]
