"""Addresses of signing in to the portal, and of what a contact is there."""

from allauth.socialaccount.providers.openid_connect import views as openid
from allauth.socialaccount.providers.saml import views as saml
from django.urls import path

from heliodesk.web.portal import (
    choosing,
    company,
    company_setup,
    contacts,
    partners,
    security,
    sign_in,
    welcome,
)

SAML = "support/sso/<slug:organization_slug>/saml"
urlpatterns = [
    path("support/sign-in/", sign_in.sign_in, name="portal_sign_in"),
    path("support/sign-in/code/", sign_in.code, name="portal_code"),
    path("support/sign-in/link/<str:token>/<str:secret>/", sign_in.link, name="portal_link"),
    path("support/sign-in/company/", company.company, name="portal_company"),
    path("support/sso/cancelled/", sign_in.cancelled, name="socialaccount_login_cancelled"),
    path("support/sso/failed/", sign_in.cancelled, name="socialaccount_login_error"),
    path("support/sso/<slug:slug>/", company.go, name="portal_company_go"),
    path(
        "support/sso/<slug:provider_id>/oidc/",
        company.at_home(openid.login),
        name="openid_connect_login",
    ),
    path(
        "support/sso/<slug:provider_id>/oidc/back/",
        company.at_home(openid.callback),
        name="openid_connect_callback",
    ),
    path(f"{SAML}/", company.at_home(saml.login), name="saml_login"),
    path(f"{SAML}/acs/", company.at_home(saml.acs), name="saml_acs"),
    path(
        f"{SAML}/acs/finish/",
        company.at_home(saml.finish_acs),
        name="saml_finish_acs",
    ),
    path(f"{SAML}/out/", company.at_home(saml.sls), name="saml_sls"),
    path(
        f"{SAML}/metadata/",
        company.at_home(saml.metadata),
        name="saml_metadata",
    ),
    path("support/welcome/<str:key>/", welcome.welcome, name="portal_welcome"),
    path("support/places/", choosing.choose, name="portal_choose"),
    path("support/sign-out/", sign_in.sign_out, name="portal_sign_out"),
    path("support/security/", security.security, name="portal_security"),
    path("support/security/password/", security.password, name="portal_password"),
    path("support/security/sessions/others/", security.end_others, name="portal_end_others"),
    path("support/security/sessions/<int:id>/", security.end_session, name="portal_end_session"),
    path("support/contacts/", contacts.contacts, name="portal_contacts"),
    path("support/contacts/company/", company_setup.setup, name="portal_company_setup"),
    path("support/contacts/company/drop/", company_setup.drop, name="portal_company_drop"),
    path("support/contacts/invite/", contacts.invite, name="portal_invite"),
    path("support/contacts/history/", contacts.history, name="portal_contacts_history"),
    path("support/contacts/<int:id>/<slug:verb>/", contacts.do, name="portal_contact_do"),
    path("support/contacts/partners/grant/", partners.grant, name="portal_partner_grant"),
    path("support/contacts/partners/<int:id>/end/", partners.end, name="portal_partner_end"),
]
