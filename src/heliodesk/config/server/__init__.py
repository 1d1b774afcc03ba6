"""The supervisor: one parent that starts the database and all parts of the desk, and keeps them up.

``heliodesk serve`` is ``supervisor.serve(options)``; each part is also a command of its own.
"""
