"""Is it up, can it work, and how much waits: for supervisors and Prometheus."""

import ipaddress
import secrets

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily

from heliodesk.web.access import public

#: Rows are counted to here; a queue longer than this shows as this.
MOST = 10_000
_SQL = """
select (select count(*) from (select from channels_inbound where state = 'waiting' limit %(n)s) x),
       (select extract(epoch from now() - min(received_at)) from
           (select received_at from channels_inbound where state = 'waiting'
            order by id limit 1) x),
       (select count(*) from (select from channels_inbound where state = 'failed' limit %(n)s) x),
       (select count(*) from (select from channels_outbound where state in ('queued', 'sending')
            limit %(n)s) x),
       (select extract(epoch from now() - min(created_at)) from
           (select created_at from channels_outbound where state in ('queued', 'sending')
            order by next_attempt_at, id limit 1) x),
       (select count(*) from (select from intake_helditem where state = 'held' limit %(n)s) x)
"""
_GAUGES = (
    ("heliodesk_inbound_waiting", "Messages taken in and not yet filed (counted to 10,000)."),
    ("heliodesk_inbound_waiting_seconds", "Age of the oldest message not yet filed, in seconds."),
    ("heliodesk_inbound_failed", "Messages that could not be filed (counted to 10,000)."),
    ("heliodesk_outbound_queued", "Messages not yet sent (counted to 10,000)."),
    ("heliodesk_outbound_queued_seconds", "Age of the next message to be sent, in seconds."),
    ("heliodesk_held", "Held items that wait for a decision (counted to 10,000)."),
)


@public
def alive(request: HttpRequest) -> HttpResponse:
    """The process answers."""
    return HttpResponse("ok\n", content_type="text/plain")


@public
def ready(request: HttpRequest) -> HttpResponse:
    """The database answers too; 503 when it does not."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("select 1")
    except DatabaseError:
        return HttpResponse("database away\n", content_type="text/plain", status=503)
    return HttpResponse("ok\n", content_type="text/plain")


@public
def metrics(request: HttpRequest) -> HttpResponse:
    """What waits, for Prometheus; from this machine, or with the token."""
    if not _may_measure(request):
        raise PermissionDenied
    with connection.cursor() as cursor:
        cursor.execute(_SQL, {"n": MOST})
        found = cursor.fetchone()
    return HttpResponse(_exposition(found), content_type=CONTENT_TYPE_LATEST)


def _exposition(found: tuple[object, ...]) -> bytes:
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Gauges([float(str(value or 0)) for value in found]))
    return generate_latest(registry)


class _Gauges:
    """The figures of one moment, as Prometheus collects them."""

    def __init__(self, values: list[float]) -> None:
        self.values = values

    def collect(self) -> list[GaugeMetricFamily]:
        return [
            GaugeMetricFamily(name, words, value=value)
            for (name, words), value in zip(_GAUGES, self.values, strict=True)
        ]


def _may_measure(request: HttpRequest) -> bool:
    token = str(settings.METRICS_TOKEN)
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if token and secrets.compare_digest(given.encode(), token.encode()):
        return True
    if "X-Forwarded-For" in request.headers:
        return False
    try:
        return ipaddress.ip_address(request.META.get("REMOTE_ADDR", "")).is_loopback
    except ValueError:
        return False
