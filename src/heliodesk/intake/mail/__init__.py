"""The mail parser: raw bytes in, a typed and bounded reading out; no database, no Django.

``read`` gives the typed form that the filing pipeline uses, ``parse`` the same as plain data.
"""

from heliodesk.intake.mail.addresses import Address
from heliodesk.intake.mail.auto import Automatic
from heliodesk.intake.mail.bounce import Bounce
from heliodesk.intake.mail.message import Parsed, read
from heliodesk.intake.mail.parts import Part
from heliodesk.intake.mail.view import parse, view

__all__ = ["Address", "Automatic", "Bounce", "Parsed", "Part", "parse", "read", "view"]
