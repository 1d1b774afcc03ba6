"""Customers may know the addresses of the desk, not how their mail is fetched."""

from django.db import migrations

from heliodesk.kernel.wall import readable

_COLUMNS = "id, code, address, name, region, offshore, active, brand, brand_color, footer"


class Migration(migrations.Migration):
    dependencies = [("channels", "0004_failed"), ("identity", "0004_portal_role")]
    operations = [migrations.RunSQL(*readable("channels_mailbox", columns=_COLUMNS))]
