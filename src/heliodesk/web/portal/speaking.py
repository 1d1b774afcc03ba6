"""The language a contact reads: of the pages here, and of the mails they are sent."""

from django.conf import settings
from django.http import HttpResponse

from heliodesk.customers import actions
from heliodesk.kernel import clock
from heliodesk.web.portal.door import CustomerRequest, as_desk, signed_in
from heliodesk.web.public import language


@signed_in
def choose(request: CustomerRequest) -> HttpResponse:
    """Remember the language with the contact, and in this browser."""
    code = request.POST.get("language", "")
    if code in dict(settings.LANGUAGES):
        customer = request.customer
        with as_desk():
            actions.speak(customer.contact_id, language=code, by=customer.by, at=clock.now())
    return language.chosen(request)
