"""Addresses of the pages of rules."""

from django.urls import path

from heliodesk.web.automation import macros, rules

urlpatterns = [
    path("macros/", macros.everything, name="macros"),
    path("macros/new/", macros.new, name="macro_new"),
    path("macros/<int:id>/", macros.edit, name="macro"),
    path("macros/<int:id>/delete/", macros.drop, name="macro_drop"),
    path("cases/<str:ref>/macros/offered/", macros.offered, name="macros_offered"),
    path("cases/<str:ref>/macros/<int:id>/", macros.filled, name="macro_filled"),
    path("settings/rules/", rules.everything, name="automation_rules"),
    path("settings/rules/new/", rules.new, name="automation_new"),
    path("settings/rules/log/", rules.log, name="automation_log"),
    path("settings/rules/<int:id>/", rules.edit, name="automation_rule"),
    path("settings/rules/<int:id>/<slug:verb>/", rules.do, name="automation_verb"),
]
