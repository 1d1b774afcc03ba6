"""Addresses of the portal's own pages; those of signing in and of contacts are in ``doors``."""

from django.urls import include, path

from heliodesk.web.portal import account, answering, case, cases, home, speaking

_pages = [
    path("", home.home, name="portal_home"),
    path("sent/<str:token>/", home.sent, name="portal_sent"),
    path("cases/", cases.cases, name="portal_cases"),
    path("cases/export.csv", cases.export, name="portal_export"),
    path("cases/<str:ref>/", case.show, name="portal_case"),
    path("cases/<str:ref>/news/", case.news, name="portal_news"),
    path("cases/<str:ref>/reply/", answering.reply, name="portal_reply"),
    path("cases/<str:ref>/solved/", answering.solved, name="portal_solved"),
    path("cases/<str:ref>/rate/", answering.rate, name="portal_rate"),
    path("cases/<str:ref>/people/", answering.invite, name="portal_people"),
    path("cases/<str:ref>/people/drop/", answering.uninvite, name="portal_people_drop"),
    path("files/<int:attachment_id>/", case.file, name="portal_file"),
    path("language/", speaking.choose, name="portal_language"),
    path("account/", account.account, name="portal_account"),
    path("account/card/", account.card, name="portal_card"),
]

#: One look at the beginning of an address passes by all of them.
urlpatterns = [path("support/", include(_pages))]
