"""Addresses of the agents' pages."""

from django.urls import include, path

from heliodesk.web.agent import around, queue, search

_queue = [
    path("", queue.needs_us, name="needs_us"),
    path("mine/", queue.mine, name="mine"),
    path("unassigned/", queue.unassigned, name="unassigned"),
    path("waiting/", queue.waiting, name="waiting"),
    path("engineering/", queue.engineering, name="engineering"),
    path("open/", queue.all_open, name="open"),
    path("closed/", queue.closed, name="closed"),
]
urlpatterns = [
    path("", include((_queue, "queue"))),
    path("search/", search.find, name="search"),
    path("rail/", around.rail, name="rail"),
    path("more/", around.more, name="more"),
]
