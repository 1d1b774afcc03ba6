"""The database role of the portal, and what it may know of people."""

from django.db import migrations

from heliodesk.kernel.wall import FOUNDATION, NO_FOUNDATION, readable


class Migration(migrations.Migration):
    dependencies = [("identity", "0003_contacts")]
    operations = [
        migrations.RunSQL(FOUNDATION, NO_FOUNDATION),
        migrations.RunSQL(
            *readable(
                "identity_user", "role <> 'contact'", columns="id, name, role, zone, is_active"
            )
        ),
    ]
