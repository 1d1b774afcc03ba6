"""Addresses of the pages of what is held."""

from django.urls import path

from heliodesk.web.held import deciding, files, reading, received

urlpatterns = [
    path("received/", received.received, name="received"),
    path("received/<int:inbound_id>/raw/", received.raw, name="received_raw"),
    path("held/", reading.waiting, name="held"),
    path("held/decided/", reading.decided, name="held_decided"),
    path("held/<str:ref>/", reading.show, name="held_item"),
    path("held/<str:ref>/case/", deciding.make_case, name="held_case"),
    path("held/<str:ref>/append/", deciding.append, name="held_append"),
    path("held/<str:ref>/reject/", deciding.reject, name="held_reject"),
    path("held/<str:ref>/spam/", deciding.spam, name="held_spam"),
    path("held/<str:ref>/again/", deciding.again, name="held_again"),
    path("held/<str:ref>/<int:inbound_id>/raw/", files.raw, name="held_raw"),
    path("held/<str:ref>/<int:inbound_id>/html/", files.original, name="held_html"),
    path("held/<str:ref>/<int:inbound_id>/<int:place>/", files.part, name="held_part"),
]
