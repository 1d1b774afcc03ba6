"""Who acts: users, teams, roles, and the sessions they sign in with."""
