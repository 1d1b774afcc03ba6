"""Tables of calls: who rang, what was asked and answered, whom it was offered to."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from heliodesk.cases.models import Case
from heliodesk.customers.models import Account, Contact
from heliodesk.entitlements.models import EntitlementDecision
from heliodesk.identity.models import User
from heliodesk.intake.models import HeldItem
from heliodesk.telephony.rules import Kind, State

#: How a call reached us.
SOURCES = ("asterisk", "twiml", "cti", "desk")
#: The mark of a new call that was offered, missed, taken.
OFFER_STATES = ("offered", "claimed", "missed", "declined", "withdrawn")


class VoiceNumber(models.Model):
    """A number that customers call: its region, and the language that answers (R59, C21)."""

    e164 = models.CharField(max_length=20, unique=True)
    label = models.CharField(max_length=80, blank=True, default="")
    region = models.CharField(max_length=12, blank=True, default="")
    language = models.CharField(max_length=10, default="en")
    #: A notice played before anything else (recording, for example): the name of a prompt.
    notice = models.CharField(max_length=60, blank=True, default="")
    active = models.BooleanField(default=True)

    def __str__(self) -> str:
        return self.e164


class Line(models.Model):
    """A telephone of somebody at the desk, as the telephone system dials it."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="lines")
    #: ``PJSIP/eng-uk``, ``sip:anna@desk.example`` or ``+442079460100``.
    target = models.CharField(max_length=120)
    #: Rung for calls now; its owner switches it.
    ready = models.BooleanField(default=True)
    #: Takes callers without an account ID, too: the phone desk.
    takes_strangers = models.BooleanField(default=False)
    #: When it was last rung: the one that has been quiet longest rings first.
    rang_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "target"], name="line_once"),
            models.CheckConstraint(condition=Q(target__gt=""), name="line_has_target"),
        ]

    def __str__(self) -> str:
        return self.target


class Call(models.Model):
    """One call, from the first ring to the last word about it (E23)."""

    #: The telephone system's own id, after the name of the adapter.
    key = models.TextField(unique=True)
    source = models.CharField(max_length=10)
    state = models.CharField(max_length=12, default=State.RINGING.value)
    kind = models.CharField(max_length=10, blank=True, default="")
    #: What the machine remembers (``rules.Standing``).
    standing = models.JSONField(default=dict, blank=True)
    #: The number that called; empty when withheld. A hint, never proof.
    caller = models.CharField(max_length=40, blank=True, default="")
    called = models.CharField(max_length=40, blank=True, default="")
    region = models.CharField(max_length=12, blank=True, default="")
    language = models.CharField(max_length=10, default="en")
    started_at = models.DateTimeField()
    #: When the telephone system last spoke of it.
    heard_at = models.DateTimeField(null=True, blank=True)
    queued_at = models.DateTimeField(null=True, blank=True)
    connected_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    talked_seconds = models.PositiveIntegerField(null=True, blank=True)
    account = models.ForeignKey(
        Account, null=True, blank=True, on_delete=models.PROTECT, related_name="calls"
    )
    contact = models.ForeignKey(
        Contact, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    #: How the caller was made out: ``number`` (a hint), ``spoken`` (asked by an agent) or empty.
    made_out_by = models.CharField(max_length=10, blank=True, default="")
    #: The account ID as it was last given, and what became of it.
    id_given = models.CharField(max_length=40, blank=True, default="")
    id_state = models.CharField(max_length=12, blank=True, default="")
    id_wrong = models.PositiveSmallIntegerField(default=0)
    #: The two questions of every call (R56, R57); empty while not asked.
    p1_answer = models.BooleanField(null=True, blank=True)
    existing_answer = models.BooleanField(null=True, blank=True)
    case = models.ForeignKey(
        Case, null=True, blank=True, on_delete=models.PROTECT, related_name="calls"
    )
    held = models.ForeignKey(
        HeldItem, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    decision = models.ForeignKey(
        EntitlementDecision, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    queue = models.CharField(max_length=60, blank=True, default="")
    #: Place in the queue: the package's weight, lower is sooner (C26).
    urgency = models.PositiveSmallIntegerField(default=79)
    offshore = models.BooleanField(default=False)
    agent = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    #: What became of it: ``connected``, ``written``, ``p1``, ``callback``, ``refused``,
    #: ``identity``, ``missed``, ``fallback``; empty while it goes on.
    outcome = models.CharField(max_length=12, blank=True, default="")
    note = models.TextField(blank=True, default="")
    spoken_back = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=[w.value for w in State]), name="call_state_known"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=[w.value for w in Kind]), name="call_kind_known"
            ),
            models.CheckConstraint(condition=Q(source__in=SOURCES), name="call_source_known"),
        ]
        indexes = [
            models.Index(fields=["-id"], name="call_log"),
            models.Index(
                fields=["urgency", "queued_at", "id"],
                name="call_waiting",
                condition=Q(state__in=["queue_p1", "queue", "offer"]),
            ),
            models.Index(fields=["caller", "started_at"], name="call_of_caller"),
            models.Index(fields=["-id"], name="call_live", condition=Q(ended_at__isnull=True)),
            models.Index(fields=["case"], name="call_of_case", condition=Q(case__isnull=False)),
        ]

    def __str__(self) -> str:
        return self.key


class CallStep(models.Model):
    """One request of the telephone system and the answer that it got: the same again gets the
    same, and nothing happens twice."""

    call = models.ForeignKey(Call, on_delete=models.CASCADE, related_name="steps")
    step = models.PositiveIntegerField()
    at = models.DateTimeField()
    state = models.CharField(max_length=12)
    answer = models.JSONField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["call", "step"], name="call_step_once")]

    def __str__(self) -> str:
        return f"{self.call_id}: step {self.step}"


class CallOffer(models.Model):
    """A call held out to somebody: the screen pop. Claimed by one person at the most (G11)."""

    call = models.ForeignKey(Call, on_delete=models.CASCADE, related_name="offers")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    line = models.ForeignKey(
        Line, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    #: Its telephone rings, too; a telephone rings for one call at a time.
    rings = models.BooleanField(default=False)
    state = models.CharField(max_length=10, default="offered")
    at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(state__in=OFFER_STATES), name="offer_state_known"),
            models.UniqueConstraint(
                fields=["call"], name="call_claimed_once", condition=Q(state="claimed")
            ),
            models.UniqueConstraint(
                fields=["call", "user"], name="offered_once_at_a_time", condition=Q(state="offered")
            ),
            models.UniqueConstraint(
                fields=["line"],
                name="line_rings_once",
                condition=Q(state="offered", rings=True),
            ),
        ]
        indexes = [
            models.Index(fields=["user", "-id"], name="offer_open", condition=Q(state="offered")),
            models.Index(fields=["call", "id"], name="offer_of_call"),
        ]

    def __str__(self) -> str:
        return f"{self.call_id} to {self.user_id}: {self.state}"


class CallBack(models.Model):
    """Somebody is to be called back. A P1 claim makes one at once, for a caller who is cut off."""

    call = models.OneToOneField(Call, on_delete=models.CASCADE, related_name="callback")
    #: ``armed`` while the caller is still on the line, then ``due``, ``done`` or ``cancelled``.
    state = models.CharField(max_length=10, default="due")
    #: ``asked``, ``cut_off``, ``verify``, ``designated`` or ``missed``.
    reason = models.CharField(max_length=12)
    urgent = models.BooleanField(default=False)
    #: An armed one is due then, whatever the telephone system says.
    due_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True, blank=True)
    done_by = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    note = models.TextField(blank=True, default="")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["armed", "due", "done", "cancelled"]),
                name="callback_state_known",
            ),
            models.CheckConstraint(
                condition=~Q(state="done") | Q(done_at__isnull=False), name="callback_done_has_time"
            ),
        ]
        indexes = [
            models.Index(
                fields=["-urgent", "due_at", "id"],
                name="callback_open",
                condition=Q(state__in=["armed", "due"]),
            )
        ]

    def __str__(self) -> str:
        return f"{self.call_id}: {self.state}"


class P1Assessment(models.Model):
    """Whether a claimed P1 is one: what an agent found, and why (E24, R78, R79, C14, C33)."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="p1_assessments")
    call = models.ForeignKey(
        Call, null=True, blank=True, on_delete=models.SET_NULL, related_name="assessments"
    )
    #: ``send``, ``receive``, ``applications``.
    criteria = ArrayField(models.CharField(max_length=20), default=list, blank=True)
    #: Total loss, or significant impairment (R78).
    extent = models.CharField(max_length=12, blank=True, default="")
    users = models.CharField(max_length=80, blank=True, default="")
    met = models.BooleanField()
    #: The priority set when it is not met.
    priority = models.CharField(max_length=2)
    reason = models.TextField(blank=True, default="")
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(met=False) | ~Q(criteria=[]), name="p1_met_names_criteria"
            ),
            models.CheckConstraint(
                condition=Q(met=True) | Q(reason__gt=""), name="p1_unmet_has_reason"
            ),
        ]
        indexes = [models.Index(fields=["case", "-id"], name="assessment_of_case")]

    def __str__(self) -> str:
        return f"{self.case_id}: {'met' if self.met else 'not met'}"
