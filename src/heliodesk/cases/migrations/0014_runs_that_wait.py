"""A run over many cases whose customers are told waits, so that it can be taken back."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("cases", "0013_names_of_types")]
    operations = [
        migrations.AddField(
            model_name="bulkrun",
            name="begins_at",
            field=models.DateTimeField(null=True),
        ),
    ]
