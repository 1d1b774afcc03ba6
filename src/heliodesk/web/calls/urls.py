"""Addresses of the phone desk."""

from django.urls import path

from heliodesk.web.calls import desk, lines, log

urlpatterns = [
    path("calls/", log.calls, name="calls"),
    path("calls/new/", desk.incoming, name="incoming_call"),
    path("calls/pop/", log.pop, name="pop"),
    path("calls/lines/", lines.mine, name="lines"),
    path("calls/lines/<slug:verb>/", lines.change, name="change_lines"),
    path("calls/<int:id>/", desk.show, name="call"),
    path("calls/<int:id>/called-back/", log.called_back, name="called_back"),
    path("calls/<int:id>/<slug:verb>/", desk.do, name="call_verb"),
]
