"""Addresses of signing in to the portal, and of what a contact is there."""

from django.urls import path

from heliodesk.web.portal import choosing, contacts, partners, security, sign_in, welcome

urlpatterns = [
    path("support/sign-in/", sign_in.sign_in, name="portal_sign_in"),
    path("support/sign-in/code/", sign_in.code, name="portal_code"),
    path("support/sign-in/link/<str:token>/<str:secret>/", sign_in.link, name="portal_link"),
    path("support/welcome/<str:key>/", welcome.welcome, name="portal_welcome"),
    path("support/places/", choosing.choose, name="portal_choose"),
    path("support/sign-out/", sign_in.sign_out, name="portal_sign_out"),
    path("support/security/", security.security, name="portal_security"),
    path("support/security/password/", security.password, name="portal_password"),
    path("support/security/sessions/others/", security.end_others, name="portal_end_others"),
    path("support/security/sessions/<int:id>/", security.end_session, name="portal_end_session"),
    path("support/contacts/", contacts.contacts, name="portal_contacts"),
    path("support/contacts/invite/", contacts.invite, name="portal_invite"),
    path("support/contacts/history/", contacts.history, name="portal_contacts_history"),
    path("support/contacts/<int:id>/<slug:verb>/", contacts.do, name="portal_contact_do"),
    path("support/contacts/partners/grant/", partners.grant, name="portal_partner_grant"),
    path("support/contacts/partners/<int:id>/end/", partners.end, name="portal_partner_end"),
]
