# Everything a person does with a checkout. `make help` lists it.
.PHONY: help demo test check bench screenshots chaos lock clean

help: ## this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:[^#]*## /\t/' | sort | expand -t 14

demo: ## the desk with a demo vendor, on http://127.0.0.1:8000
	@bin/setup
	@.venv/bin/heliodesk demo

test: ## every test; TESTS="tests/cases -k reply" runs some
	@bin/setup --dev
	@bin/system-servers
	@bin/test $(TESTS)

check: ## format, lint, types, import order, tests: what CI runs
	@bin/check

bench: ## measure a running desk: mail in, pages, search; writes bench/results
	@bin/setup --dev
	@.venv/bin/python -m bench $(BENCH)

screenshots: ## the pictures for the docs, from the demo
	@bin/setup --dev
	@bin/system-servers fonts-inter
	@.venv/bin/python -m tests.browser.screenshots

chaos: ## kill and freeze every process and the database, while mail and calls come in and P1s page
	@bin/setup --dev
	@.venv/bin/pytest tests -m chaos
	@.venv/bin/python -m bench.chaos $(CHAOS)

lock: ## resolve the dependencies anew
	@bin/lock

clean: ## remove what can be made again; keeps var, the data
	@rm -rf .mypy_cache .ruff_cache .pytest_cache .import_linter_cache build dist
