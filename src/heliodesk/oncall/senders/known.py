"""Which sender serves a channel; a telephone exchange may stand in for the voice provider."""

from importlib import import_module

from django.conf import settings

from heliodesk.oncall.rules.words import Channel
from heliodesk.oncall.senders import chat, mail, push, rest
from heliodesk.oncall.senders.letter import Sender

_SENDERS: dict[str, Sender] = {
    Channel.PUSH: push.push,
    Channel.SMS: rest.sms,
    Channel.EMAIL: mail.mail,
    Channel.CHAT: chat.chat,
}


def sender_of(channel: str) -> Sender:
    """The sender of a channel; calls go by the one that ``HELIODESK_PAGING_VOICE`` names."""
    if channel != Channel.VOICE:
        return _SENDERS[channel]
    if settings.PAGING_VOICE == "rest":
        return rest.call
    module, _, name = settings.PAGING_VOICE.partition(":")
    found: Sender = getattr(import_module(module), name)
    return found


def is_set(channel: str) -> bool:
    """Whether a channel can be used on this desk."""
    if channel in {Channel.VOICE, Channel.SMS}:
        rest_set = bool(settings.VOICE_ACCOUNT and settings.VOICE_TOKEN and settings.VOICE_FROM)
        return rest_set or (channel == Channel.VOICE and settings.PAGING_VOICE != "rest")
    if channel == Channel.PUSH:
        return bool(settings.PUSH_KEY and settings.PUSH_CONTACT)
    return True
