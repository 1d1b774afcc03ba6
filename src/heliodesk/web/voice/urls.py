"""Addresses below /voice/ that telephone systems call; each ends with or without a slash."""

from django.urls import re_path

from heliodesk.web.voice import asterisk, cti, twiml

urlpatterns = [
    re_path(r"^asterisk/step/?$", asterisk.step, name="voice_step"),
    re_path(r"^asterisk/answered/?$", asterisk.answered, name="voice_answered"),
    re_path(r"^asterisk/hangup/?$", asterisk.hangup, name="voice_hangup"),
    re_path(r"^asterisk/page/?$", asterisk.page, name="voice_page"),
    re_path(r"^twiml/?$", twiml.call, name="twiml_call"),
    re_path(r"^twiml/step/?$", twiml.step, name="twiml_step"),
    re_path(r"^twiml/answered/?$", twiml.answered, name="twiml_answered"),
    re_path(r"^twiml/status/?$", twiml.status, name="twiml_status"),
    re_path(r"^twiml/page/?$", twiml.page, name="twiml_page"),
    re_path(r"^twiml/sms/?$", twiml.text, name="twiml_text"),
    re_path(r"^cti/?$", cti.event, name="cti_event"),
]
