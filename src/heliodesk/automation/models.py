"""Tables of rules: what they say, what waits for them, what they did."""

from dataclasses import asdict

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from heliodesk.automation.rules import Deed, Moment, Plan, plan_of
from heliodesk.cases.models import Case
from heliodesk.identity.models import User


class AutomationRule(models.Model):
    """When this happens to such a case, do that."""

    name = models.CharField(max_length=120)
    position = models.PositiveIntegerField()
    active = models.BooleanField(default=False)
    moment = models.CharField(max_length=20)
    #: Conditions that all hold, and conditions of which one holds: fact, comparison, value.
    all = models.JSONField(default=list, blank=True)
    any = models.JSONField(default=list, blank=True)
    #: What is done, in order: do, value.
    deeds = models.JSONField(default=list)
    changed_at = models.DateTimeField()
    changed_by = models.CharField(max_length=120)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(moment__in=[m.value for m in Moment]), name="automation_moment_known"
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def plan(self) -> Plan:
        """What the rule says."""
        return plan_of(self.moment, self.all, self.any, self.deeds)

    def say(self, plan: Plan) -> None:
        """Take over what a plan says."""
        self.moment = plan.moment
        self.all = [asdict(one) for one in plan.all]
        self.any = [asdict(one) for one in plan.any]
        self.deeds = [asdict(one) for one in plan.deeds]


class Asked(models.Model):
    """Something happened to a case, and rules have not been asked yet."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="+")
    moment = models.CharField(max_length=20)
    event_id = models.BigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["event_id", "moment"], name="asked_once")]

    def __str__(self) -> str:
        return f"{self.moment} of {self.case_id}"


class Firing(models.Model):
    """What a rule did to a case, once for each cause."""

    rule = models.ForeignKey(AutomationRule, on_delete=models.CASCADE, related_name="firings")
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="+")
    #: The event that made the rule look; of a rule of time, the latest that a person made.
    cause = models.BigIntegerField()
    at = models.DateTimeField()
    #: What was done, in words.
    did = models.JSONField(default=list)
    #: Why something was not done; empty when all was.
    trouble = models.TextField(blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["rule", "case", "cause"], name="firing_once")
        ]
        indexes = [models.Index(fields=["case", "at"], name="firing_of_case")]

    def __str__(self) -> str:
        return f"{self.rule_id} on {self.case_id}"


class Macro(models.Model):
    """Words for an answer or note, and what is done when it is sent, by one press."""

    name = models.CharField(max_length=120)
    text = models.TextField(blank=True, default="")
    #: Done when the message is sent: do, value.
    deeds = models.JSONField(default=list, blank=True)
    #: The queues in whose cases it is offered; empty: in all.
    queues = ArrayField(models.CharField(max_length=60), default=list, blank=True)
    #: Whose own it is; empty: everybody's.
    owner = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.CASCADE, related_name="macros"
    )
    changed_at = models.DateTimeField()
    changed_by = models.CharField(max_length=120)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["owner", "name"], name="macro_once", nulls_distinct=False
            ),
            models.CheckConstraint(
                condition=~Q(text="") | ~Q(deeds=[]), name="macro_says_or_does_something"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def does(self) -> tuple[Deed, ...]:
        """What it does when the message is sent."""
        return tuple(Deed(**one) for one in self.deeds)
