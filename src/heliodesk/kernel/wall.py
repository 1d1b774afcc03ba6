"""The portal's wall in SQL: what the database role of the portal may read, table by table.

A room's migration names its tables with ``readable``; a table that none names is closed to the
portal. Row-level security counts for the portal's role only: the desk owns its tables.
"""

#: The role that a connection takes for the length of a portal request. It may log in nowhere,
#: owns nothing and writes nothing.
ROLE = "heliodesk_portal"

#: Makes the role where the database user may, and keeps the list of what it may read, so that
#: the grants can be given again when the role is made later or a dump came without them.
FOUNDATION = f"""
create table identity_portalgrant (
    table_name text primary key,
    columns text not null
);
create function portal_role() returns boolean language plpgsql as $$
begin
    if not exists (select from pg_roles where rolname = '{ROLE}') then
        begin
            create role {ROLE} nologin;
        exception
            when insufficient_privilege then return false;
            when duplicate_object or unique_violation then null;
        end;
    end if;
    if not pg_has_role(current_user, '{ROLE}', case
        when current_setting('server_version_num')::int >= 160000 then 'set' else 'member' end) then
        begin
            execute format('grant {ROLE} to %I', current_user);
        exception when insufficient_privilege then return false;
        end;
    end if;
    return true;
end $$;
create function portal_open() returns boolean language plpgsql as $$
declare one record;
begin
    if not portal_role() then return false; end if;
    execute format('grant usage on schema %I to {ROLE}', current_schema());
    for one in select table_name, columns from identity_portalgrant loop
        if to_regclass(one.table_name) is not null then
            execute format('grant select %s on %s to {ROLE}', one.columns, one.table_name);
        end if;
    end loop;
    return true;
end $$;
select portal_open();
"""
NO_FOUNDATION = f"""
do $$ begin
    if exists (select from pg_roles where rolname = '{ROLE}') then
        execute format('revoke usage on schema %I from {ROLE}', current_schema());
    end if;
end $$;
drop function portal_open();
drop function portal_role();
drop table identity_portalgrant;
"""


def definer(signature: str) -> str:
    """SQL that lets a function read as the desk, and find only the desk's own tables."""
    return f"""
do $$ begin
    execute format('alter function {signature} security definer set search_path = %I, pg_temp',
                   current_schema());
end $$;
"""


def readable(table: str, where: str = "", *, columns: str = "") -> tuple[str, str]:
    """SQL that lets the portal read the rows of a table for which ``where`` holds, and its undoing.

    Without ``where`` every row is readable; ``columns`` leaves out what is for the desk alone.
    """
    listed = f"({columns})" if columns else ""
    forward = f"""
insert into identity_portalgrant values ('{table}', '{listed}')
    on conflict (table_name) do update set columns = excluded.columns;
select portal_open();
"""
    backward = f"""
delete from identity_portalgrant where table_name = '{table}';
do $$ begin
    if exists (select from pg_roles where rolname = '{ROLE}') then
        revoke all on {table} from {ROLE};
    end if;
end $$;
"""
    if where:
        forward += f"""
alter table {table} enable row level security;
create policy portal_reads on {table} for select using ({where});
"""
        backward += f"""
drop policy portal_reads on {table};
alter table {table} disable row level security;
"""
    return forward, backward
