"""Addresses of major incidents."""

from django.urls import path

from heliodesk.web.incidents import cases, incident, past

urlpatterns = [
    path("incidents/", past.show, name="incidents"),
    path("incidents.csv", past.sheet, name="incidents_sheet"),
    path("incidents/new/", incident.declare, name="incident_declare"),
    path("incidents/link/", cases.link, name="incident_link"),
    path("incidents/<int:number>/", incident.show, name="incident"),
    path("incidents/<int:number>/amend/", incident.amend, name="incident_amend"),
    path("incidents/<int:number>/update/", incident.update, name="incident_update"),
    path("incidents/<int:number>/close/", incident.close, name="incident_close"),
    path("incidents/<int:number>/publish/", incident.publish, name="incident_publish"),
    path("incidents/<int:number>/unpublish/", incident.unpublish, name="incident_unpublish"),
    path("incidents/<int:number>/notes/", incident.notes, name="incident_notes"),
    path("incidents/<int:number>/cases/", cases.add, name="incident_cases"),
    path("incidents/<int:number>/like/", cases.like, name="incident_like"),
    path("incidents/<int:number>/unlink/", cases.unlink, name="incident_unlink"),
    path("cases/<str:ref>/incident/", cases.of_case, name="incident_of_case"),
]
