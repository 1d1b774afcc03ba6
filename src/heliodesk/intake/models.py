"""Tables of what waits for a person's decision, and of how mail finds its thread."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from heliodesk.cases.models import Case
from heliodesk.channels.models import Inbound, Mailbox
from heliodesk.customers.models import Account, Contact
from heliodesk.entitlements.models import EntitlementDecision
from heliodesk.identity.models import User
from heliodesk.intake.rules import HeldState


class HeldItem(models.Model):
    """Something that came in and is not yet anybody's case (E18, C37)."""

    ref = models.CharField(max_length=16, unique=True)
    state = models.CharField(max_length=10, default=HeldState.HELD.value)
    channel = models.CharField(max_length=10)
    mailbox = models.ForeignKey(Mailbox, null=True, on_delete=models.PROTECT, related_name="+")
    #: Why, as a word (``sender_unknown``, ``cross_account_id``, ``poison`` …), and in detail.
    reason = models.CharField(max_length=40)
    detail = models.TextField(blank=True, default="")
    queue = models.CharField(max_length=60, blank=True, default="")
    decision = models.ForeignKey(
        EntitlementDecision, null=True, on_delete=models.PROTECT, related_name="+"
    )
    sender_address = models.CharField(max_length=254)
    sender_name = models.CharField(max_length=200, blank=True, default="")
    subject = models.CharField(max_length=998, blank=True, default="")
    preview = models.CharField(max_length=400, blank=True, default="")
    #: What the desk would guess; shown to agents only.
    account_hint = models.ForeignKey(
        Account, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    contact_hint = models.ForeignKey(
        Contact, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    case_hint = models.ForeignKey(
        Case, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField()
    last_at = models.DateTimeField()
    purge_at = models.DateTimeField(null=True)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    #: The case it became or joined.
    case = models.ForeignKey(
        Case, null=True, blank=True, on_delete=models.PROTECT, related_name="held_items"
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=[w.value for w in HeldState]), name="held_state_known"
            ),
            models.CheckConstraint(
                condition=~Q(state="matched") | Q(case__isnull=False), name="held_matched_has_case"
            ),
            models.CheckConstraint(
                condition=Q(state="held") | Q(decided_at__isnull=False),
                name="held_decided_has_time",
            ),
        ]
        indexes = [
            models.Index(
                fields=["-last_at", "-id"], name="held_waiting", condition=Q(state="held")
            ),
            models.Index(fields=["-last_at", "-id"], name="held_all"),
            models.Index(
                fields=["sender_address", "-id"], name="held_of_sender", condition=Q(state="held")
            ),
            models.Index(fields=["purge_at"], name="held_purge", condition=Q(state="held")),
        ]

    def __str__(self) -> str:
        return self.ref


class HeldMessage(models.Model):
    """One message of a held item; its content is read again from the raw bytes."""

    held = models.ForeignKey(HeldItem, on_delete=models.CASCADE, related_name="messages")
    inbound = models.OneToOneField(Inbound, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.held_id}: inbound {self.inbound_id}"


class ThreadKey(models.Model):
    """A Message-ID seen, or named as an ancestor, and where that thread lives."""

    key = models.TextField()
    case = models.ForeignKey(
        Case, null=True, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    held = models.ForeignKey(
        HeldItem, null=True, on_delete=models.CASCADE, related_name="+", db_index=False
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(case__isnull=True) ^ Q(held__isnull=True), name="thread_lives_once"
            ),
            models.UniqueConstraint(
                fields=["key", "case"], name="thread_key_of_case", condition=Q(case__isnull=False)
            ),
            models.UniqueConstraint(
                fields=["key", "held"], name="thread_key_of_held", condition=Q(held__isnull=False)
            ),
        ]
        indexes = [
            models.Index(
                fields=["held"], name="thread_keys_of_held", condition=Q(held__isnull=False)
            )
        ]

    def __str__(self) -> str:
        return self.key


class BatchMark(models.Model):
    """A batch that a worker is reading; one left behind tells of a worker that died over it."""

    inbound_ids = ArrayField(models.BigIntegerField())
    started_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"batch {self.pk}"
