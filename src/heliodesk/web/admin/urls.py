"""Addresses of the administrators' pages."""

from django.urls import path

from heliodesk.web.admin import audit, home, mailboxes, people, roles, teams, tokens, words

urlpatterns = [
    path("settings/", home.show, name="settings"),
    path("settings/audit/", audit.show, name="audit"),
    path("settings/audit.csv", audit.sheet, name="audit_sheet"),
    path("settings/words/", words.kinds, name="words"),
    path("settings/words/<slug:kind>/", words.edit, name="words_kind"),
    path("settings/words/<slug:kind>/try/", words.attempt, name="words_try"),
    path("settings/words/<slug:kind>/reset/", words.reset, name="words_reset"),
    path("settings/mailboxes/", mailboxes.everything, name="mailboxes"),
    path("settings/mailboxes/new/", mailboxes.new, name="new_mailbox"),
    path("settings/mailboxes/<int:id>/", mailboxes.edit, name="mailbox"),
    path("settings/mailboxes/<int:id>/test/", mailboxes.test, name="mailbox_test"),
    path("settings/people/", people.everybody, name="people"),
    path("settings/people.csv", people.sheet, name="people_sheet"),
    path("settings/people/new/", people.new, name="new_person"),
    path("settings/people/<int:id>/", people.edit, name="person"),
    path("settings/people/<int:id>/<slug:verb>/", people.do, name="person_verb"),
    path("settings/roles/", roles.everything, name="roles"),
    path("settings/roles/new/", roles.new, name="new_role"),
    path("settings/roles/<int:id>/", roles.edit, name="role"),
    path("settings/roles/<int:id>/<slug:verb>/", roles.do, name="role_verb"),
    path("settings/tokens/", tokens.everybodys, name="tokens"),
    path("settings/tokens/<int:id>/revoke/", tokens.revoke, name="revoke_token"),
    path("me/tokens/", tokens.mine, name="my_tokens"),
    path("me/tokens/<int:id>/revoke/", tokens.revoke_mine, name="revoke_my_token"),
    path("settings/teams/", teams.everything, name="teams"),
    path("settings/teams/new/", teams.new, name="new_team"),
    path("settings/teams/<int:id>/", teams.edit, name="team"),
]
