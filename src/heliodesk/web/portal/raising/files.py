"""Files that are sent while somebody still writes: one at a time, each with its progress."""

from django.conf import settings
from django.http import HttpRequest, JsonResponse
from django.utils.translation import gettext_noop as _
from django.views.decorators.http import require_POST

from heliodesk.channels import uploads
from heliodesk.kernel import clock
from heliodesk.web.access import public
from heliodesk.web.peer import peer
from heliodesk.web.portal.raising import guard, sending
from heliodesk.web.translation import translated


@public
@require_POST
def put(request: HttpRequest) -> JsonResponse:
    """Keep one file for the page that sends it; answers with what the page names it by.

    The page's own key lets it in, of a visitor with the sums that the browser did for it.
    """
    at = clock.now()
    try:
        entry = guard.entry(request.POST.get("page", ""), at)
    except guard.Stale:
        return _no(translated(_("This page was open for too long. Reload it, then add the file.")))
    if not guard.proven(entry.key, request.POST.get("proof", "")):
        return _no(translated(_("The file could not be taken. Send it together with the form.")))
    if guard.uploads_flooded(peer(request), at):
        return _no(translated(_("Many files came from your network within the hour.")), status=429)
    file = request.FILES.get("file")
    if file is None:
        return _no(translated(_("The file did not arrive. Try again.")))
    trouble = sending.refused(entry.key, file)
    if trouble:
        return _no(trouble, status=413)
    kept = sending.keep(entry.key, file, peer(request), at)
    return JsonResponse({"token": kept.token, "name": kept.name, "size": kept.size}, status=201)


@public
@require_POST
def drop(request: HttpRequest) -> JsonResponse:
    """Take a file out of its form again."""
    try:
        entry = guard.entry(request.POST.get("page", ""), clock.now())
    except guard.Stale:
        return _no("")
    uploads.drop(entry.key, request.POST.get("token", ""))
    return JsonResponse({})


def _no(sentence: str, *, status: int = 422) -> JsonResponse:
    return JsonResponse({"trouble": sentence, "most": settings.WEB_FILE_MAX_BYTES}, status=status)
