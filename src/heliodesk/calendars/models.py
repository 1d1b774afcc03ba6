"""Tables of the calendars in force: hours, the holidays people have looked at, one-off days."""

from django.db import models
from django.db.models import Q


class BusinessCalendar(models.Model):
    """The hours of a place; ``version`` counts every change of it, its holidays and its days."""

    code = models.SlugField(unique=True)
    zone = models.CharField(max_length=64)
    #: As people write them: ``{"mon-fri": ["09:00-17:00"]}``.
    hours = models.JSONField()
    #: Whose public holidays it keeps; empty for none.
    country = models.CharField(max_length=2, blank=True, default="")
    subdivision = models.CharField(max_length=10, blank=True, default="")
    #: The years whose holidays stand in rows; other years follow the source of public holidays.
    first_year = models.PositiveSmallIntegerField(null=True)
    last_year = models.PositiveSmallIntegerField(null=True)
    version = models.PositiveIntegerField(default=0)
    #: A number that no other change of any calendar has; readers keep what they built by it.
    stamp = models.BigIntegerField(default=0)
    #: A mark of its opening instants, and the version it was taken of: when the mark changes and
    #: the version did not, the zone's rules or the source of public holidays have changed.
    mark = models.CharField(max_length=20, blank=True, default="")
    marked_version = models.PositiveIntegerField(default=0)
    changed_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.code


class HolidayState(models.TextChoices):
    """What people said of an imported holiday; one nobody has looked at counts as closed."""

    PROPOSED = "proposed"
    CONFIRMED = "confirmed"
    REJECTED = "rejected"


class HolidayRow(models.Model):
    """A public holiday of a calendar, imported or added by hand (E5)."""

    calendar = models.ForeignKey(
        BusinessCalendar, on_delete=models.CASCADE, related_name="holidays"
    )
    day = models.DateField()
    name = models.CharField(max_length=200)
    #: Its date still hangs on the moon.
    expected = models.BooleanField(default=False)
    imported = models.BooleanField(default=True)
    state = models.CharField(
        max_length=10, choices=HolidayState.choices, default=HolidayState.PROPOSED
    )
    decided_by = models.CharField(max_length=120, blank=True, default="")
    decided_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["calendar", "day"], name="holiday_once"),
            models.CheckConstraint(
                condition=Q(state__in=HolidayState.values), name="holiday_state_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.day}"


class OneOffDay(models.Model):
    """Hours of a single date that replace the week's and any holiday; no hours: closed."""

    calendar = models.ForeignKey(BusinessCalendar, on_delete=models.CASCADE, related_name="days")
    day = models.DateField()
    hours = models.JSONField(default=list)
    name = models.CharField(max_length=200)
    added_by = models.CharField(max_length=120)
    added_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["calendar", "day"], name="one_off_once")]

    def __str__(self) -> str:
        return f"{self.name} {self.day}"
