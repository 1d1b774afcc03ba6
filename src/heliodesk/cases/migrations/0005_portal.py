"""What a contact may read of cases: never a note, never a message that waits for confirmation."""

from django.db import migrations

from heliodesk.kernel.wall import definer, readable

FUNCTION = """
create function portal_takes_part(id bigint) returns boolean
    language sql stable as $$
    select exists (select from cases_participant p
                    where p.case_id = $1 and p.contact_id = portal_contact())
$$;
"""
_CASE = """
account_id = any((select portal_accounts(true))::bigint[])
or (account_id = any((select portal_accounts(false))::bigint[])
    and (contact_id = (select portal_contact()) or portal_takes_part(id)))
"""
_OF_CASE = "exists (select from cases_case c where c.id = case_id)"
_SAID = f"direction <> 'note' and not pending and {_OF_CASE}"
_OF_MESSAGE = "exists (select from cases_message m where m.id = cases_attachment.message_id)"
_LINKED = f"{_OF_CASE} and exists (select from cases_case c where c.id = other_id)"
_DECIDED = (
    "exists (select from cases_case c where c.decision_id = entitlements_entitlementdecision.id)"
)


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0004_texts_as_they_are"),
        ("entitlements", "0004_portal"),
        ("journal", "0002_append_only"),
    ]
    operations = [
        migrations.RunSQL(
            FUNCTION + definer("portal_takes_part(bigint)"),
            "drop function portal_takes_part(bigint)",
        ),
        migrations.RunSQL(*readable("cases_case", _CASE)),
        migrations.RunSQL(*readable("cases_message", _SAID)),
        migrations.RunSQL(*readable("cases_attachment", _OF_MESSAGE)),
        migrations.RunSQL(*readable("cases_participant", _OF_CASE)),
        migrations.RunSQL(*readable("cases_caselink", _LINKED)),
        migrations.RunSQL(*readable("entitlements_entitlementdecision", _DECIDED)),
        migrations.RunSQL(
            *readable(
                "journal_event",
                """
case subject_kind
    when 'case' then verb in (
        'opened', 'take', 'assign', 'release', 'await_customer', 'await_vendor', 'resume',
        'resolve', 'close', 'reopen', 'cancel')
        and exists (select from cases_case c where c.id = subject_id)
    when 'account' then verb in (
        'role_granted', 'role_ended', 'partner_related', 'partner_ended', 'identifier_added',
        'identifier_ended', 'domain_verified', 'domain_dropped', 'contact_invited',
        'contact_removed', 'sign_in_set', 'sign_in_dropped')
        and subject_id = any((select portal_accounts(false))::bigint[])
    else false
end""",
            )
        ),
    ]
