"""The data boundary in statements: who works inside of it (C16)."""

#: Whether the user ``u`` of a statement sees what is inside.
INSIDE = """exists (
    select from identity_teammember m join identity_team t on t.id = m.team_id
    where m.user_id = u.id and t.offshore)"""
