"""Reports by mail: the figures as a table, and the same as a sheet beside it."""

import csv
import io
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.db import transaction
from markupsafe import Markup

from heliodesk.channels import blobs, outgoing
from heliodesk.channels.mailboxes import MailboxFacts, active_mailboxes
from heliodesk.channels.outgoing import OutboundDraft
from heliodesk.kernel.text import one_line
from heliodesk.reports import queries
from heliodesk.reports.models import Subscription
from heliodesk.reports.queries import GROUPS, Counts, Only
from heliodesk.reports.rules import Every, Measure, Span, next_sending, span_ended

#: Reports written at once; the rest follow in the same run.
BATCH = 20
_TITLES = {Every.DAY: "yesterday", Every.WEEK: "last week", Every.MONTH: "last month"}
_ROW = Markup("<tr><th align='left'>{}</th><td>{}</td></tr>")


@dataclass(frozen=True)
class Written:
    """A report in words: lines of label and value, for text and page alike."""

    subject: str
    heading: str
    lines: list[tuple[str, str]]

    @property
    def text(self) -> str:
        """As plain text."""
        return "\n".join([self.heading, "", *(f"{label}: {value}" for label, value in self.lines)])

    @property
    def html(self) -> str:
        """As a table."""
        rows = Markup("").join(_ROW.format(label, value) for label, value in self.lines)
        return str(Markup("<p>{}</p><table cellpadding='6'>{}</table>").format(self.heading, rows))


def mail_due(at: datetime) -> int:
    """Write the reports whose hour has come; how many."""
    with transaction.atomic():
        due = list(
            Subscription.objects.select_for_update(skip_locked=True, of=("self",))
            .select_related("user")
            .filter(next_at__lte=at)
            .order_by("next_at")[:BATCH]
        )
        boxes = active_mailboxes()
        drafts = []
        for one in due:
            local = at.astimezone(ZoneInfo(one.user.zone))
            if boxes and one.user.is_active and one.user.role != "contact":
                drafts.append(_draft(one, local, boxes[0]))
            one.sent_at, one.next_at = at, next_sending(Every(one.every), local, one.hour)
        Subscription.objects.bulk_update(due, ["sent_at", "next_at"])
        outgoing.write(drafts, at=at)
    return len(due)


def _draft(one: Subscription, local: datetime, box: MailboxFacts) -> OutboundDraft:
    span = span_ended(Every(one.every), local.date())
    only = Only(one.region, one.package, one.queue)
    written = write(span, only, Every(one.every))
    data = sheet(span, only).encode()
    sha256 = blobs.put(data)
    key = f"report:{one.pk}:{span.start.isoformat()}"
    return OutboundDraft(
        key=key,
        mailbox_id=box.id,
        kind="report",
        subject_kind="report",
        subject_id=one.pk,
        automatic=True,
        to=[one.user.email],
        from_address=box.address,
        from_name=box.name,
        subject=written.subject,
        text=written.text,
        html=written.html,
        message_id=f"<{key.replace(':', '.')}@{box.address.rpartition('@')[2]}>",
        attachments=[
            {
                "name": f"figures-{span.start}.csv",
                "content_type": "text/csv",
                "size": len(data),
                "sha256": sha256,
            }
        ],
    )


def write(span: Span, only: Only, every: Every) -> Written:
    """The figures of a span in words, beside those of the span before."""
    now, before = queries.total(span, only), queries.total(span.before(), only)
    which = ", ".join(value for value in (only.region, only.package, only.queue) if value)
    heading = one_line(
        f"Support figures of {_TITLES[every]}, {span.each()[0]:%-d %B %Y} to "
        f"{span.each()[-1]:%-d %B %Y} (UTC days){', ' + which if which else ''}"
    )
    lines = [
        ("New cases", _beside(now.n[Measure.OPENED], before.n[Measure.OPENED])),
        ("Ended", _beside(now.n[Measure.ENDED], before.n[Measure.ENDED])),
        ("First response in target", _beside(_percent(now.met), _percent(before.met))),
        ("Median first response", _beside(minutes(now.response), minutes(before.response))),
        ("Median resolution", _beside(minutes(now.resolution), minutes(before.resolution))),
        ("Targets missed", _beside(now.n[Measure.BREACHED], before.n[Measure.BREACHED])),
        ("Reopened", _beside(_percent(now.reopened), _percent(before.reopened))),
    ]
    if now.satisfaction is not None:
        lines.append(("Satisfaction", f"{now.satisfaction:.1f}"))
    for name, counts in queries.by("queue", span, only).items():
        lines.append((f"New in {name}", _row(counts)))
    return Written(f"Support figures of {_TITLES[every]}", heading, lines)


def _row(counts: Counts) -> str:
    return f"{counts.n[Measure.OPENED]}, in target {_percent(counts.met)}"


#: The last column of the sheet: minutes that people entered, on the day on which they worked.
_WORKED = "minutes_worked"


def sheet(span: Span, only: Only) -> str:
    """The figures as CSV: a line a day, region, package, queue and priority."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(["day", *GROUPS, *(measure.value for measure in Measure), _WORKED])
    writer.writerows(queries.lines(span, only))
    return out.getvalue()


def minutes(value: float | None) -> str:
    """A time in words: ``26 min``, ``3.5 h``, ``2.1 days``; a dash for none."""
    if value is None:
        return "–"
    if value < 90:
        return f"{value:.0f} min"
    return f"{value / 60:.1f} h" if value < 2880 else f"{value / 1440:.1f} days"


def _percent(value: float | None) -> str:
    return "–" if value is None else f"{value:.1f} %"


def _beside(now: object, before: object) -> str:
    return f"{now} (before: {before})"
