"""Waiting is bounded for every connection; a shared cache for rate limits."""

from django.db import migrations

FORWARD = """
do $$
begin
    execute format('alter role %I in database %I set lock_timeout = ''10s''',
                   current_user, current_database());
    execute format('alter role %I in database %I set idle_in_transaction_session_timeout = ''60s''',
                   current_user, current_database());
end $$;
create unlogged table identity_cache (
    cache_key varchar(255) primary key,
    value text not null,
    expires timestamptz not null
);
create index identity_cache_expires on identity_cache (expires);
"""
BACKWARD = """
drop table identity_cache;
"""


class Migration(migrations.Migration):
    dependencies = [("identity", "0001_initial")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
