"""Addresses of on-call and P1."""

from django.urls import path

from heliodesk.web.oncall import board, door, me, p1, report, setup, worker_script

_VERBS = {
    "take": p1.take,
    "reached": p1.reached,
    "hand-over": p1.hand_over,
    "note": p1.note,
    "accept": p1.accept,
    "decline": p1.decline,
    "link": p1.link,
    "unlink": p1.unlink,
}
urlpatterns = [
    path("on-call/", board.show, name="oncall"),
    path("on-call/now.json", board.now_json, name="oncall_now"),
    path("on-call/cover/", board.cover, name="oncall_cover"),
    path("on-call/cover/<int:override_id>/end/", board.end_cover, name="oncall_uncover"),
    path("on-call/swaps/", board.ask_swap, name="oncall_swap"),
    path("on-call/swaps/<int:swap_id>/take/", board.take_swap, name="oncall_swap_take"),
    path("on-call/swaps/<int:swap_id>/settle/", board.settle_swap, name="oncall_swap_settle"),
    path("on-call/me/", me.show, name="oncall_me"),
    path("on-call/me/ways/", me.add, name="oncall_way_add"),
    path("on-call/me/ways/<int:way_id>/<slug:what>/", me.change, name="oncall_way"),
    path("on-call/me/feeds/", me.open_feed, name="oncall_feed_open"),
    path("on-call/me/feeds/<int:feed_id>/end/", me.end_feed, name="oncall_feed_end"),
    path("on-call/feed/<str:token>.ics", me.feed, name="oncall_feed"),
    path("on-call/feed/<str:token>.json", me.feed_json, name="oncall_feed_json"),
    path("on-call/setup/", setup.show, name="oncall_setup"),
    path("on-call/setup/region/", setup.region, name="oncall_region"),
    path("on-call/setup/rota/", setup.rota, name="oncall_rota"),
    path("on-call/setup/rota/<int:rota_id>/end/", setup.end_rota, name="oncall_rota_end"),
    path("on-call/setup/escalation/", setup.escalation, name="oncall_escalation"),
    path("push-worker.js", worker_script.script, name="push_worker"),
    path("page/<str:token>", door.door, name="page_door"),
    path("p1/", p1.hotline, name="p1"),
    path("p1/report/", report.show, name="p1_report"),
    path("p1/report.csv", report.sheet, name="p1_report_sheet"),
    path("p1/call/<int:call_id>/", p1.show_call, name="p1_of_call"),
    path("p1/call/<int:call_id>/called-back/", p1.called_back, name="p1_called_back"),
    *[
        path(f"p1/call/<int:call_id>/{word}/", view, name=f"p1_call_{word}")
        for word, view in _VERBS.items()
    ],
    path("p1/<str:ref>/", p1.show, name="p1_of_case"),
    *[path(f"p1/<str:ref>/{word}/", view, name=f"p1_{word}") for word, view in _VERBS.items()],
]
