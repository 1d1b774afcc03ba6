"""Tables of the words customers are sent."""

from django.db import models

from heliodesk.cases.models import Case
from heliodesk.customers.models import Account
from heliodesk.identity.models import User


class Template(models.Model):
    """An administrator's own words for a kind of mail; without one the shipped words hold."""

    kind = models.CharField(max_length=30)
    #: Empty for every region.
    region = models.CharField(max_length=12, blank=True, default="")
    language = models.CharField(max_length=10, blank=True, default="en")
    subject = models.CharField(max_length=300)
    text = models.TextField()
    #: Empty: made from the text.
    html = models.TextField(blank=True, default="")
    changed_at = models.DateTimeField()
    changed_by = models.CharField(max_length=120)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "region", "language"], name="template_once")
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.region} {self.language}"


class Notice(models.Model):
    """Something a person of the desk should know; seen once they have looked."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="notices")
    verb = models.CharField(max_length=40)
    case = models.ForeignKey(Case, null=True, on_delete=models.CASCADE, related_name="+")
    account = models.ForeignKey(Account, null=True, on_delete=models.CASCADE, related_name="+")
    data = models.JSONField(default=dict)
    at = models.DateTimeField()
    seen_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["user", "-id"], name="notice_of_user"),
            models.Index(
                fields=["user"], name="notice_unseen", condition=models.Q(seen_at__isnull=True)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.verb} for {self.user_id}"
