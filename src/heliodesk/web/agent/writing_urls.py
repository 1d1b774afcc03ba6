"""Addresses of what is written on a case; asked before the verbs, which take any word."""

from django.urls import path

from heliodesk.web.agent import colleagues, presence, signing, writing

urlpatterns = [
    path("cases/<str:ref>/forward/", writing.forward, name="forward"),
    path("cases/<str:ref>/files/", writing.put_file, name="put_draft_file"),
    path("cases/<str:ref>/files/drop/", writing.drop_file, name="drop_draft_file"),
    path("cases/<str:ref>/letters/<int:id>/<slug:what>/", writing.letter, name="letter"),
    path("cases/<str:ref>/here/", presence.here, name="here"),
    path("cases/<str:ref>/addresses/", colleagues.addresses, name="addresses"),
    path("cases/<str:ref>/signature/", signing.shown, name="signature_shown"),
    path("colleagues/", colleagues.suggest, name="colleagues"),
    path("me/signature/", signing.edit, name="signature"),
]
