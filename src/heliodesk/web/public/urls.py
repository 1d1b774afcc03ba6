"""Addresses of the public pages."""

from django.urls import path

from heliodesk.web.portal import look
from heliodesk.web.portal.raising import files
from heliodesk.web.public import get_support, language

urlpatterns = [
    path("get-support/", get_support.get_support, name="get_support"),
    path("get-support/sent/<str:token>/", get_support.sent, name="sent"),
    path("get-support/files/", files.put, name="put_file"),
    path("get-support/files/drop/", files.drop, name="drop_file"),
    path("language/", language.choose, name="language"),
    path("look/<slug:name>.<slug:digest>", look.sheet, name="look"),
]
