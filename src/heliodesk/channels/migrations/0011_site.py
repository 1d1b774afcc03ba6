"""A brand can have its portal at a host of its own."""

from django.db import migrations, models

from heliodesk.kernel.wall import readable

_COLUMNS = (
    "id, code, address, aliases, name, region, offshore, active, brand, brand_color, footer, site"
)


class Migration(migrations.Migration):
    """Mailboxes are few; the column comes with its default; customers' pages read it."""

    dependencies = [("channels", "0010_letters_as_they_are")]

    operations = [
        migrations.AddField(
            model_name="mailbox",
            name="site",
            field=models.CharField(blank=True, db_default="", default="", max_length=200),
        ),
        migrations.RunSQL(*readable("channels_mailbox", columns=_COLUMNS)),
    ]
