"""Pure decisions of on-call: coverage, rotas, whom a step pages, what follows what."""
