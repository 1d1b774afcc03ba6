"""Raw mail is stored as it is."""

from django.db import migrations

FORWARD = """
-- Mail is mostly base64 or short: compressing it again costs more than it saves.
alter table channels_inbound alter column raw set storage external;
"""
BACKWARD = """
alter table channels_inbound alter column raw set storage extended;
"""


class Migration(migrations.Migration):
    dependencies = [("channels", "0001_initial")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
