"""Every address of the desk."""

from heliodesk.api.urls import urlpatterns as api
from heliodesk.web.urls import handler403, handler404, handler500
from heliodesk.web.urls import urlpatterns as pages

urlpatterns = [*pages, *api]

__all__ = ["handler403", "handler404", "handler500", "urlpatterns"]
