"""Rules are asked when a tag is put on or taken off; one event may be both."""

from django.db import migrations, models
from django.db.models import Q

from heliodesk.automation.rules import Moment


class Migration(migrations.Migration):
    dependencies = [("automation", "0002_macros")]
    operations = [
        migrations.RemoveConstraint(model_name="automationrule", name="automation_moment_known"),
        migrations.AddConstraint(
            model_name="automationrule",
            constraint=models.CheckConstraint(
                condition=Q(moment__in=[m.value for m in Moment]), name="automation_moment_known"
            ),
        ),
        migrations.AlterField(model_name="asked", name="event_id", field=models.BigIntegerField()),
        migrations.AddConstraint(
            model_name="asked",
            constraint=models.UniqueConstraint(fields=["event_id", "moment"], name="asked_once"),
        ),
    ]
