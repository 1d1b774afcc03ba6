"""The narrow way by which a person's words are taken out of decisions."""

from django.db import migrations

from heliodesk.kernel.wall import definer

TRIGGER = """
create or replace function entitlements_entitlementdecision_refuse_change() returns trigger
language plpgsql as $$
begin
    if tg_op = 'UPDATE' and current_setting('heliodesk.forgetting', true) = 'decisions' then
        return new;
    end if;
    raise exception 'decisions are written once and never changed'
        using errcode = 'integrity_constraint_violation';
end $$;
"""
FUNCTIONS = """
create function entitlements_blank(ids bigint[], words text[], instead text) returns bigint
language plpgsql as $$
declare changed bigint; pattern text;
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
    -- in JSON a letter may stand before a word as the end of an escape, such as a new line
    pattern := '(?<![^\\\\][[:alnum:]])(?:' || pattern || ')(?![[:alnum:]])';
    perform set_config('heliodesk.forgetting', 'decisions', true);
    update entitlements_entitlementdecision d
       set request = regexp_replace(d.request::text, pattern, instead, 'gi')::jsonb,
           outcome = regexp_replace(d.outcome::text, pattern, instead, 'gi')::jsonb
     where d.id = any(ids) and (d.request::text ~* pattern or d.outcome::text ~* pattern);
    get diagnostics changed = row_count;
    perform set_config('heliodesk.forgetting', '', true);
    return changed;
end $$;
revoke all on function entitlements_blank(bigint[], text[], text) from public;
"""
BACKWARD = "drop function entitlements_blank(bigint[], text[], text);"


class Migration(migrations.Migration):
    dependencies = [("entitlements", "0005_leaner_indexes")]
    operations = [
        migrations.RunSQL(TRIGGER, migrations.RunSQL.noop),
        migrations.RunSQL(FUNCTIONS, BACKWARD),
        migrations.RunSQL(
            definer("entitlements_blank(bigint[], text[], text)"), migrations.RunSQL.noop
        ),
    ]
