"""How long records are kept, and a person's right to see them and to be forgotten."""
