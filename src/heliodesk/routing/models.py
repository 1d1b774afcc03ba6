"""Tables of routing: rules, skills that cases need, and when people work."""

from django.db import models
from django.db.models import Q

from heliodesk.cases.models import Case
from heliodesk.identity.models import Team, User


class RoutingRule(models.Model):
    """Cases that fit go to a queue, need a skill, or both; empty fields fit every case."""

    name = models.CharField(max_length=120)
    position = models.PositiveIntegerField()
    region = models.CharField(max_length=12, blank=True, default="")
    kind = models.CharField(max_length=30, blank=True, default="")
    priority = models.CharField(max_length=2, blank=True, default="")
    package = models.CharField(max_length=50, blank=True, default="")
    queue = models.CharField(max_length=60, blank=True, default="")
    skill = models.CharField(max_length=60, blank=True, default="")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(queue="") | ~Q(skill=""), name="rule_does_something"
            )
        ]

    def __str__(self) -> str:
        return self.name


class NeededSkill(models.Model):
    """A skill without which a case should not be taken."""

    case = models.OneToOneField(Case, on_delete=models.CASCADE, related_name="needed_skill")
    skill = models.CharField(max_length=60)

    def __str__(self) -> str:
        return f"{self.skill} for {self.case_id}"


class TeamHours(models.Model):
    """The calendar in which a team works."""

    team = models.OneToOneField(Team, on_delete=models.CASCADE, related_name="works")
    calendar = models.CharField(max_length=50)

    def __str__(self) -> str:
        return f"{self.team_id} in {self.calendar}"


class PersonHours(models.Model):
    """A person's own working week, in their own zone; without it their teams' calendars hold."""

    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="works")
    hours = models.JSONField()

    def __str__(self) -> str:
        return f"hours of {self.user_id}"


class Absence(models.Model):
    """Somebody is out of the office: given no case, and theirs are back in their queues."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="absences")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    note = models.CharField(max_length=200, blank=True, default="")
    #: When their cases were put back, and when what nobody took came back to them.
    begun_at = models.DateTimeField(null=True)
    over_at = models.DateTimeField(null=True)
    #: The cases that were put back.
    cases: "models.ManyToManyField[Case, models.Model]" = models.ManyToManyField(
        Case, related_name="+"
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=models.F("starts_at")), name="absence_ends_after_start"
            )
        ]
        indexes = [
            models.Index(
                fields=["starts_at"], name="absence_not_over", condition=Q(over_at__isnull=True)
            )
        ]

    def __str__(self) -> str:
        return f"{self.user_id} away from {self.starts_at}"
