"""Tables of the words customers are sent."""

from django.db import models


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
