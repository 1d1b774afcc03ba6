"""Events are append-only."""

from django.db import migrations

FORWARD = """
create function journal_event_refuse_change() returns trigger language plpgsql as $$
begin
    raise exception 'events are written once and never changed'
        using errcode = 'integrity_constraint_violation';
end $$;
create trigger journal_event_append_only before update or delete on journal_event
    for each row execute function journal_event_refuse_change();
"""
BACKWARD = """
drop trigger journal_event_append_only on journal_event;
drop function journal_event_refuse_change();
"""


class Migration(migrations.Migration):
    dependencies = [("journal", "0001_initial")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
