"""Where the names of files came from before the search knew them."""

from django.db import migrations, models

_BEGIN = """
insert into cases_unnamedfiles (below) select coalesce(max(id), 0) + 1 from cases_attachment
"""


class Migration(migrations.Migration):
    dependencies = [("cases", "0011_waiting_letters")]
    operations = [
        migrations.CreateModel(
            name="UnnamedFiles",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("below", models.BigIntegerField()),
            ],
        ),
        migrations.RunSQL(_BEGIN, migrations.RunSQL.noop),
    ]
