"""Every address of the pages. Each area has its own table beside its views."""

from django.urls import include, path

from heliodesk.web import health, sign_in
from heliodesk.web.admin.urls import urlpatterns as admin
from heliodesk.web.agent.urls import asked_most
from heliodesk.web.agent.urls import urlpatterns as agent
from heliodesk.web.agent.writing_urls import urlpatterns as writing
from heliodesk.web.automation.urls import urlpatterns as automation
from heliodesk.web.calls.urls import urlpatterns as calls
from heliodesk.web.customers.urls import urlpatterns as customers
from heliodesk.web.held.urls import urlpatterns as held
from heliodesk.web.incidents.urls import urlpatterns as incidents
from heliodesk.web.oncall.urls import urlpatterns as oncall
from heliodesk.web.policy.urls import urlpatterns as policy
from heliodesk.web.portal.doors import urlpatterns as portal_doors
from heliodesk.web.portal.urls import urlpatterns as portal
from heliodesk.web.public.urls import urlpatterns as public
from heliodesk.web.reports.urls import urlpatterns as reports
from heliodesk.web.sent.urls import urlpatterns as sent
from heliodesk.web.voice.urls import urlpatterns as voice

urlpatterns = [
    *asked_most,
    path("voice/", include(voice)),  # A caller waits for each answer; one look for all others.
    path("healthz", health.alive, name="healthz"),
    path("readyz", health.ready, name="readyz"),
    path("metrics", health.metrics, name="metrics"),
    path("", include(sign_in.urlpatterns)),
    *portal,
    *public,
    *incidents,
    *writing,
    *agent,
    *held,
    *policy,
    *oncall,
    *customers,
    *sent,
    *portal_doors,
    *calls,
    *reports,
    *automation,
    *admin,
]

handler403 = "heliodesk.web.errors.forbidden"
handler404 = "heliodesk.web.errors.not_found"
handler500 = "heliodesk.web.errors.failed"
