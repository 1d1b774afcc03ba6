"""Addresses of the portal's own pages; those of signing in and of contacts are in ``doors``."""

from django.urls import path

from heliodesk.web.portal import account, answering, case, cases, home

urlpatterns = [
    path("support/", home.home, name="portal_home"),
    path("support/sent/<str:token>/", home.sent, name="portal_sent"),
    path("support/cases/", cases.cases, name="portal_cases"),
    path("support/cases/export.csv", cases.export, name="portal_export"),
    path("support/cases/<str:ref>/", case.show, name="portal_case"),
    path("support/cases/<str:ref>/news/", case.news, name="portal_news"),
    path("support/cases/<str:ref>/reply/", answering.reply, name="portal_reply"),
    path("support/cases/<str:ref>/solved/", answering.solved, name="portal_solved"),
    path("support/cases/<str:ref>/rate/", answering.rate, name="portal_rate"),
    path("support/cases/<str:ref>/people/", answering.invite, name="portal_people"),
    path("support/cases/<str:ref>/people/drop/", answering.uninvite, name="portal_people_drop"),
    path("support/files/<int:attachment_id>/", case.file, name="portal_file"),
    path("support/account/", account.account, name="portal_account"),
    path("support/account/card/", account.card, name="portal_card"),
]
