"""Addresses of the policy's pages, and of an account's contracts."""

from django.urls import path

from heliodesk.web.policy import calendars, contracts, packs, review, simulator, tables, teams

urlpatterns = [
    path("policy/", simulator.simulator, name="policy"),
    path("policy/targets/", tables.targets, name="policy_targets"),
    path("policy/numbers/", tables.numbers, name="policy_numbers"),
    path("policy/packs/", packs.versions, name="policy_packs"),
    path("policy/packs/import/", packs.bring_in, name="policy_import"),
    path("policy/packs/<int:pack_id>/", packs.show, name="policy_pack"),
    path("policy/packs/<int:pack_id>/source/", packs.source, name="policy_source"),
    path("policy/packs/<int:pack_id>/cells/", review.decide, name="policy_cells"),
    path("policy/packs/<int:pack_id>/settings/", review.change, name="policy_settings"),
    path("policy/review/", review.review, name="policy_review"),
    path("policy/packs/<int:pack_id>/draft/", packs.draft, name="policy_draft"),
    path("policy/packs/<int:pack_id>/write/", packs.write, name="policy_write"),
    path("policy/packs/<int:pack_id>/activate/", packs.activate, name="policy_activate"),
    path("policy/packs/<int:pack_id>/retire/", packs.retire, name="policy_retire"),
    path("policy/packs/<int:pack_id>/compare/", packs.compare, name="policy_compare"),
    path("policy/calendars/", calendars.calendars, name="policy_calendars"),
    path("policy/calendars/<slug:code>/", calendars.show, name="policy_calendar"),
    path("policy/calendars/<slug:code>/holidays/", calendars.decide, name="policy_holidays"),
    path("policy/calendars/<slug:code>/holiday/", calendars.add_holiday, name="policy_add_holiday"),
    path("policy/calendars/<slug:code>/place/", calendars.change_place, name="policy_place"),
    path("policy/calendars/<slug:code>/day/", calendars.set_day, name="policy_day"),
    path("policy/calendars/<slug:code>/drop/", calendars.drop_day, name="policy_drop_day"),
    path("policy/calendars/<slug:code>/hours/", calendars.change_hours, name="policy_hours"),
    path("policy/teams/", teams.teams, name="policy_teams"),
    path("policy/teams/rules/", teams.add_rule, name="policy_add_rule"),
    path("policy/teams/rules/<int:rule_id>/drop/", teams.drop_rule, name="policy_drop_rule"),
    path("policy/teams/<int:team_id>/", teams.set_team, name="policy_team"),
    path("policy/teams/people/<int:user_id>/", teams.set_person, name="policy_person"),
    path("accounts/<int:account_id>/contracts/", contracts.contracts, name="account_contracts"),
    path(
        "accounts/<int:account_id>/contracts/open/",
        contracts.open_contract,
        name="contract_open",
    ),
    path(
        "accounts/<int:account_id>/contracts/<int:contract_id>/upgrade/",
        contracts.upgrade,
        name="contract_upgrade",
    ),
    path(
        "accounts/<int:account_id>/contracts/<int:contract_id>/renew/",
        contracts.renew,
        name="contract_renew",
    ),
    path(
        "accounts/<int:account_id>/contracts/<int:contract_id>/end/",
        contracts.end,
        name="contract_end",
    ),
    path(
        "accounts/<int:account_id>/contracts/<int:contract_id>/withdraw/",
        contracts.withdraw,
        name="contract_withdraw",
    ),
]
