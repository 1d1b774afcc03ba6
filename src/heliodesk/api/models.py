"""What was answered to a write, so that the same write sent twice is done once."""

from django.db import models

from heliodesk.identity.models import ApiToken


class Answered(models.Model):
    """A write that carried a key, and its answer; kept for a day."""

    token = models.ForeignKey(ApiToken, on_delete=models.CASCADE, db_index=False)
    key = models.CharField(max_length=100)
    #: Hash of method, path and body: the same key may not come with another request.
    digest = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(null=True)
    body = models.TextField(blank=True, default="")
    location = models.TextField(blank=True, default="")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["token", "key"], name="api_key_once")]
        indexes = [models.Index(fields=["at"], name="api_answered_at")]

    def __str__(self) -> str:
        return f"{self.key} of {self.token_id}"
