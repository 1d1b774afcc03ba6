"""What a contact may read of calls: those of an account about a case of its own that they may see,
and of these no number, no note, and nothing of what was asked or decided."""

from django.db import migrations

from heliodesk.kernel.wall import readable

_COLUMNS = "id, case_id, account_id, contact_id, agent_id, started_at, ended_at, talked_seconds"
_OF_CASE = """
ended_at is not null and exists (select from cases_case c
    where c.id = case_id and c.account_id = telephony_call.account_id)
"""


class Migration(migrations.Migration):
    dependencies = [
        ("telephony", "0002_contact_by_number"),
        ("cases", "0005_portal"),
        ("customers", "0005_wall"),
    ]
    operations = [migrations.RunSQL(*readable("telephony_call", _OF_CASE, columns=_COLUMNS))]
