"""``{{ agent|device }}``: a browser in words that people know."""

from django import template

from heliodesk.web.devices import device

register = template.Library()
register.filter("device", device)
