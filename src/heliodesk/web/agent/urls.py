"""Addresses of the agents' pages."""

from django.urls import include, path

from heliodesk.web.agent import (
    around,
    away,
    case,
    files,
    new_case,
    next,
    palette,
    queue,
    search,
    sidelong,
    verbs,
    writing,
)

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
    path("cases/new/", new_case.new, name="new_case"),
    path("cases/<str:ref>/", case.show, name="case"),
    path("cases/<str:ref>/reply/", writing.reply, name="reply"),
    path("cases/<str:ref>/note/", writing.note, name="note"),
    path("cases/<str:ref>/draft/", writing.draft, name="draft"),
    path("cases/<str:ref>/beside/", sidelong.show, name="beside"),
    path("cases/<str:ref>/<slug:verb>/", verbs.do, name="verb"),
    path("attachments/<int:attachment_id>/", files.attachment, name="attachment"),
    path("messages/<int:message_id>/html/", files.original, name="original"),
    path("messages/<int:message_id>/raw/", files.raw, name="raw"),
    path("take-next/", next.take, name="take_next"),
    path("away/", away.show, name="away"),
    path("away/<int:id>/end/", away.end, name="away_end"),
    path("notices/", next.notices, name="notices"),
    path("search/", search.find, name="search"),
    path("search/suggest/", search.suggest, name="search_suggest"),
    path("palette/", palette.offered, name="palette"),
    path("palette/find/", palette.found, name="palette_find"),
    path("keys/", palette.help, name="keys"),
    path("rail/", around.rail, name="rail"),
    path("more/", around.more, name="more"),
]
