"""``python -m heliodesk``: the same as the ``heliodesk`` command."""

from heliodesk.config.cli import main

main(prog_name="heliodesk")
