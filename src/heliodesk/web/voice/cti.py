"""Events of any telephone system: a new call, its answer, its end, in any order (§3).

``POST /voice/cti`` takes JSON or a form with ``event`` (``newCall``, ``answer``, ``hangup``),
``callId``, ``from``, ``to``, ``direction``, ``user`` (addresses or names of lines, one or several)
and ``answeringNumber``. It shows the token as a bearer, or signs the body with it.
"""

import json
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from heliodesk.kernel import clock
from heliodesk.telephony.actions import exchange
from heliodesk.telephony.adapters import signatures
from heliodesk.web.access import public

_LONGEST = 32_000


@public
@csrf_exempt
@require_POST
def event(request: HttpRequest) -> HttpResponse:
    """One event of a call."""
    body = request.body
    if len(body) > _LONGEST or not _holds(request, body):
        return JsonResponse({"error": "The token or signature is missing or wrong."}, status=401)
    try:
        told = exchange.read(_given(request, body))
    except exchange.BadEvent as error:
        return JsonResponse({"error": str(error)}, status=400)
    exchange.hear(told, at=clock.now())
    return JsonResponse({})


def _holds(request: HttpRequest, body: bytes) -> bool:
    key = settings.VOICE_CTI_TOKEN
    return signatures.bearer_holds(
        key, request.headers.get("Authorization", "")
    ) or signatures.hmac_holds(key, body, request.headers.get("X-Heliodesk-Signature", ""))


def _given(request: HttpRequest, body: bytes) -> dict[str, Any]:
    if "json" not in (request.content_type or ""):
        return {
            name.removesuffix("[]"): values if len(values) > 1 else values[0]
            for name, values in request.POST.lists()
        }
    try:
        found = json.loads(body)
    except ValueError as error:
        raise exchange.BadEvent("The body is no JSON.") from error
    if not isinstance(found, dict):
        raise exchange.BadEvent("The body must be one JSON object.")
    return found
