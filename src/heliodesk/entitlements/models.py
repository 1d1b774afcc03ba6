"""Tables of what customers are entitled to, and of every decision made."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Q

from heliodesk.customers.models import Account
from heliodesk.customers.spans import span


class PolicyPack(models.Model):
    """One version of the policy, as its YAML source; running cases keep theirs (E2, C36)."""

    code = models.SlugField()
    version = models.PositiveIntegerField()
    state = models.CharField(
        max_length=10, choices=[(w, w) for w in ("draft", "active", "retired")], default="draft"
    )
    source = models.TextField()
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=120, blank=True, default="")
    activated_at = models.DateTimeField(null=True, blank=True)
    #: The version that a draft was made from.
    made_from = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["code", "version"], name="pack_version_once"),
            models.UniqueConstraint(
                F("state"), name="one_active_pack", condition=Q(state="active")
            ),
            models.CheckConstraint(
                condition=Q(state__in=["draft", "active", "retired"]), name="pack_state_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} v{self.version}"


class SupportContract(models.Model):
    """An account holds a package from a day to a day (E16)."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="contracts")
    package = models.SlugField()
    seats = models.PositiveIntegerField(null=True, blank=True)
    starts_on = models.DateField()
    #: First day without the package; empty runs until it is ended.
    ends_on = models.DateField(null=True, blank=True)
    grace_days = models.PositiveSmallIntegerField(null=True, blank=True)
    notice_days = models.PositiveSmallIntegerField(null=True, blank=True)
    sold_by = models.ForeignKey(
        Account, null=True, blank=True, on_delete=models.PROTECT, related_name="contracts_sold"
    )
    created_at = models.DateTimeField()
    #: The contract that this one takes over from.
    follows = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.SET_NULL, related_name="followed_by"
    )
    #: When the desk was told that it runs out.
    warned_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["ends_on"],
                name="contract_to_warn_of",
                condition=Q(warned_at__isnull=True, ends_on__isnull=False),
            )
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gt=F("starts_on")),
                name="contract_ends_after_start",
            ),
            ExclusionConstraint(
                name="one_contract_at_a_time",
                expressions=[
                    ("account", RangeOperators.EQUAL),
                    (
                        span("starts_on", "ends_on"),
                        RangeOperators.OVERLAPS,
                    ),
                ],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.package} of {self.account_id}"


class EntitlementDecision(models.Model):
    """What was decided, from which facts, by which rules; never edited (E17, a trigger refuses)."""

    pack = models.ForeignKey(PolicyPack, on_delete=models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField()
    decision = models.CharField(max_length=20)
    request = models.JSONField()
    outcome = models.JSONField()

    def __str__(self) -> str:
        return f"{self.decision} {self.pk}"
