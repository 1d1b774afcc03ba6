"""Pages for everybody: how to get support, and the form to ask for it."""
