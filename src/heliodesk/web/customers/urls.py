"""Addresses of the pages of accounts and contacts."""

from django.urls import path

from heliodesk.web.customers import account, contact, lists, sheets

urlpatterns = [
    path("accounts/", lists.accounts, name="accounts"),
    path("accounts/new/", account.new, name="new_account"),
    path("accounts/import/", sheets.bring, name="import_customers"),
    path("accounts/export/<slug:kind>/", sheets.export, name="export_customers"),
    path("accounts/<int:id>/", account.show, name="account"),
    path("accounts/<int:id>/<slug:verb>/", account.do, name="account_verb"),
    path("contacts/", lists.contacts, name="contacts"),
    path("contacts/<int:id>/", contact.show, name="contact"),
    path("contacts/<int:id>/<slug:verb>/", contact.do, name="contact_verb"),
]
