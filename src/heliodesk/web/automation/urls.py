"""Addresses of the pages of rules."""

from django.urls import path

from heliodesk.web.automation import rules

urlpatterns = [
    path("settings/rules/", rules.everything, name="automation_rules"),
    path("settings/rules/new/", rules.new, name="automation_new"),
    path("settings/rules/log/", rules.log, name="automation_log"),
    path("settings/rules/<int:id>/", rules.edit, name="automation_rule"),
    path("settings/rules/<int:id>/<slug:verb>/", rules.do, name="automation_verb"),
]
