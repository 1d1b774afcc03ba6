"""Addresses of the lead's pages."""

from django.urls import path

from heliodesk.web.reports import by_mail, figures, now

urlpatterns = [
    path("reports/", now.show, name="reports"),
    path("reports/figures/", figures.show, name="reports_figures"),
    path("reports/figures.csv", figures.sheet, name="reports_sheet"),
    path("reports/mail/", by_mail.show, name="reports_by_mail"),
    path("reports/mail/<int:id>/end/", by_mail.end, name="reports_by_mail_end"),
]
