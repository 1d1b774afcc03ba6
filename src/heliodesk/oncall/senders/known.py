"""Which sender serves a channel; an exchange or another provider may stand in for calls and SMS."""

from importlib import import_module

from django.conf import settings

from heliodesk.oncall.rules.words import Channel
from heliodesk.oncall.senders import chat, mail, push, rest
from heliodesk.oncall.senders.letter import Sender

_SENDERS: dict[str, Sender] = {
    Channel.PUSH: push.push,
    Channel.EMAIL: mail.mail,
    Channel.CHAT: chat.chat,
}


def sender_of(channel: str) -> Sender:
    """The sender of a channel; calls and SMS go by those that the settings name."""
    if channel == Channel.VOICE:
        return rest.call if settings.PAGING_VOICE == "rest" else _named(settings.PAGING_VOICE)
    if channel == Channel.SMS:
        if "://" in settings.PAGING_SMS:
            return chat.sms
        return rest.sms if settings.PAGING_SMS == "rest" else _named(settings.PAGING_SMS)
    return _SENDERS[channel]


def _named(path: str) -> Sender:
    """The function that a setting names as ``module:function``."""
    module, _, name = path.partition(":")
    found: Sender = getattr(import_module(module), name)
    return found


def is_set(channel: str) -> bool:
    """Whether a channel can be used on this desk."""
    if channel in {Channel.VOICE, Channel.SMS}:
        named = settings.PAGING_VOICE if channel == Channel.VOICE else settings.PAGING_SMS
        rest_set = bool(settings.VOICE_ACCOUNT and settings.VOICE_TOKEN and settings.VOICE_FROM)
        return named != "rest" or rest_set
    if channel == Channel.PUSH:
        return bool(settings.PUSH_KEY and settings.PUSH_CONTACT)
    return True
