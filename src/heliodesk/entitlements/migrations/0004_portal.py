"""What a contact may read of policy and contracts."""

from django.db import migrations

from heliodesk.kernel.wall import readable

_ACCOUNTS = "any((select portal_accounts(false))::bigint[])"


class Migration(migrations.Migration):
    dependencies = [("entitlements", "0003_following"), ("customers", "0005_wall")]
    operations = [
        migrations.RunSQL(*readable("entitlements_policypack")),
        migrations.RunSQL(*readable("entitlements_supportcontract", f"account_id = {_ACCOUNTS}")),
    ]
