"""The list of words that the search has not sorted in yet stays short (see ``cases.jobs``)."""

from django.contrib.postgres.indexes import GinIndex
from django.db import migrations

_NAME = "message_search"


class Migration(migrations.Migration):
    dependencies = [("cases", "0015_types_for_customers")]
    operations = [
        migrations.SeparateDatabaseAndState(
            # Only the setting: made anew, the index of a large desk would take minutes.
            database_operations=[
                migrations.RunSQL(
                    f"alter index {_NAME} set (gin_pending_list_limit = 1024)",
                    f"alter index {_NAME} reset (gin_pending_list_limit)",
                )
            ],
            state_operations=[
                migrations.RemoveIndex("message", _NAME),
                migrations.AddIndex(
                    "message",
                    GinIndex(fields=["bucket", "search"], name=_NAME, gin_pending_list_limit=1024),
                ),
            ],
        )
    ]
