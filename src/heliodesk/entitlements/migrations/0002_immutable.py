"""Decisions are never edited."""

from django.db import migrations

FORWARD = """
create function entitlements_entitlementdecision_refuse_change() returns trigger language plpgsql as $$
begin
    raise exception 'decisions are written once and never changed'
        using errcode = 'integrity_constraint_violation';
end $$;
create trigger entitlements_entitlementdecision_append_only before update or delete on entitlements_entitlementdecision
    for each row execute function entitlements_entitlementdecision_refuse_change();
"""
BACKWARD = """
drop trigger entitlements_entitlementdecision_append_only on entitlements_entitlementdecision;
drop function entitlements_entitlementdecision_refuse_change();
"""


class Migration(migrations.Migration):
    dependencies = [("entitlements", "0001_initial")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
