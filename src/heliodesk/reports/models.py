"""Tables of figures, and of who gets them by mail."""

from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q

from heliodesk.identity.models import User
from heliodesk.reports.rules import Every, Measure


class Figure(models.Model):
    """How often something happened on a day (UTC) to cases of one region, package, queue and
    priority. Counted anew from the journal; never written by hand."""

    day = models.DateField()
    region = models.CharField(max_length=12)
    package = models.CharField(max_length=50)
    queue = models.CharField(max_length=60)
    priority = models.CharField(max_length=2)
    measure = models.CharField(max_length=20)
    band = models.SmallIntegerField()
    n = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["day", "measure", "band", "region", "package", "queue", "priority"],
                name="figure_once",
            ),
            models.CheckConstraint(
                condition=Q(measure__in=[m.value for m in Measure]), name="figure_measure_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.measure} on {self.day}"


class Subscription(models.Model):
    """Somebody who gets the figures by mail when a period has ended."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="reports")
    every = models.CharField(max_length=5)
    #: The hour at which it is sent, in the person's zone.
    hour = models.PositiveSmallIntegerField(validators=[MaxValueValidator(23)])
    region = models.CharField(max_length=12, blank=True, default="")
    package = models.CharField(max_length=50, blank=True, default="")
    queue = models.CharField(max_length=60, blank=True, default="")
    next_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(every__in=[e.value for e in Every]), name="subscription_every_known"
            ),
            models.CheckConstraint(condition=Q(hour__lte=23), name="subscription_hour_of_day"),
            models.UniqueConstraint(
                fields=["user", "every", "region", "package", "queue"], name="subscription_once"
            ),
        ]
        indexes = [models.Index(fields=["next_at"], name="subscription_due")]

    def __str__(self) -> str:
        return f"every {self.every} to {self.user_id}"
