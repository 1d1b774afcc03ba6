"""Types of the desk's own that customers may choose on their forms."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("cases", "0014_runs_that_wait")]
    operations = [
        migrations.AddField(
            model_name="casetype",
            name="for_customers",
            field=models.BooleanField(db_default=False, default=False),
        ),
    ]
