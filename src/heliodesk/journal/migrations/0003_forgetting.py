"""The two narrow ways by which events may be forgotten: by age, and by the words in them.

Both functions run as the owner of the tables. A desk whose own database user owns nothing (see
docs/operations.md) gives that user EXECUTE on these, and neither UPDATE nor DELETE on the table.
"""

from django.db import migrations

from heliodesk.kernel.wall import definer

TRIGGER = """
create or replace function journal_event_refuse_change() returns trigger language plpgsql as $$
begin
    if current_setting('heliodesk.forgetting', true) = 'journal' then
        return case when tg_op = 'DELETE' then old else new end;
    end if;
    raise exception 'events are written once and never changed'
        using errcode = 'integrity_constraint_violation';
end $$;
"""
FUNCTIONS = """
create function journal_forget(older_than timestamptz, at_most int) returns bigint
language plpgsql as $$
declare gone bigint;
begin
    if older_than > now() - interval '180 days' then
        raise exception 'events of the last 180 days are kept' using errcode = 'check_violation';
    end if;
    perform set_config('heliodesk.forgetting', 'journal', true);
    with old as (
        select id from (select id, at from journal_event order by id limit at_most) first
        where at < older_than)
    delete from journal_event e using old where e.id = old.id;
    get diagnostics gone = row_count;
    perform set_config('heliodesk.forgetting', '', true);
    return gone;
end $$;
create function journal_blank(ids bigint[], words text[], instead text) returns bigint
language plpgsql as $$
declare changed bigint; pattern text; spoken text;
begin
    if exists (select from unnest(words) w where length(trim(w)) < 3) then
        raise exception 'a word to forget has three letters at least'
            using errcode = 'check_violation';
    end if;
    select string_agg(regexp_replace(trim(both '"' from to_jsonb(w)::text),
                                     '([.*+?^${}()|[\\]\\\\])', '\\\\\\1', 'g'), '|'
                      order by length(w) desc)
      into pattern from unnest(words) w;
    if pattern is null then return 0; end if;
    spoken := '(?<![[:alnum:]])(?:' || pattern || ')(?![[:alnum:]])';
    -- in JSON a letter may stand before a word as the end of an escape, such as a new line
    pattern := '(?<![^\\\\][[:alnum:]])(?:' || pattern || ')(?![[:alnum:]])';
    perform set_config('heliodesk.forgetting', 'journal', true);
    update journal_event e
       set by_name = regexp_replace(e.by_name, spoken, instead, 'gi'),
           data = regexp_replace(e.data::text, pattern, instead, 'gi')::jsonb
     where e.id = any(ids) and (e.by_name ~* spoken or e.data::text ~* pattern);
    get diagnostics changed = row_count;
    perform set_config('heliodesk.forgetting', '', true);
    return changed;
end $$;
revoke all on function journal_forget(timestamptz, int) from public;
revoke all on function journal_blank(bigint[], text[], text) from public;
"""
OWNED = definer("journal_forget(timestamptz, int)") + definer(
    "journal_blank(bigint[], text[], text)"
)
BACKWARD = """
drop function journal_forget(timestamptz, int);
drop function journal_blank(bigint[], text[], text);
"""


class Migration(migrations.Migration):
    dependencies = [("journal", "0002_append_only")]
    operations = [
        migrations.RunSQL(TRIGGER, migrations.RunSQL.noop),
        migrations.RunSQL(FUNCTIONS, BACKWARD),
        migrations.RunSQL(OWNED, migrations.RunSQL.noop),
    ]
