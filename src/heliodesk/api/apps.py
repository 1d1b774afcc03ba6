"""Registers the room with Django."""

from django.apps import AppConfig


class Room(AppConfig):
    """The room's place among Django's apps."""

    name = "heliodesk.api"
