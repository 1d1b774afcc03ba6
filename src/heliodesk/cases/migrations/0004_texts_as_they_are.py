"""Texts and what a search finds in them are stored as they are."""

from django.db import migrations

FORWARD = """
-- Word lists hardly shrink, and a list shows the beginning of a text: compressing both for every
-- message, and reading a whole text for its first words, costs more than the room it saves.
alter table cases_message alter column search set storage external;
alter table cases_message alter column text set storage external;
"""
BACKWARD = """
alter table cases_message alter column search set storage extended;
alter table cases_message alter column text set storage extended;
"""


class Migration(migrations.Migration):
    dependencies = [("cases", "0003_lists")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
