"""Plain Python shared by two or more rooms: no Django, no domain words."""
