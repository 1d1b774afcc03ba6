"""Addresses of the pages of sent mail."""

from django.urls import path

from heliodesk.web.sent import mail

urlpatterns = [
    path("sent/", mail.everything, name="sent"),
    path("sent/waiting/", mail.waiting, name="sent_waiting"),
    path("sent/failed/", mail.failed, name="sent_failed"),
    path("sent/<int:id>/", mail.show, name="sent_mail"),
    path("sent/<int:id>/html/", mail.formatted, name="sent_html"),
    path("sent/<int:id>/raw/", mail.raw, name="sent_raw"),
    path("sent/<int:id>/again/", mail.again, name="sent_again"),
    path("sent/<int:id>/stop/", mail.stop, name="sent_stop"),
]
