.DEFAULT_GOAL := help
.PHONY: help setup run test check bench drill
PYTHON := .venv/bin/python

help:
	@echo 'make run     start Rectify with a demonstration round (RECTIFY_PORT=8001 for another port)'
	@echo 'make test    every check and every test, on SQLite and on PostgreSQL'
	@echo 'make setup   only prepare the environment in .venv'
	@echo 'make check   ruff, mypy, import-linter, migrations, deployment checks'
	@echo 'make bench   how many decisions a second, beside others'
	@echo 'make drill   processes killed, and a crowd at the same items: what is lost, what is double'

setup:
	@sh tools/setup.sh

run: setup
	@exec $(PYTHON) -m tools.run

test: setup
	@exec $(PYTHON) -m tools.prove

check: setup
	@exec $(PYTHON) -m tools.check

bench: setup
	@exec $(PYTHON) -m bench

drill: setup
	@exec $(PYTHON) -m drill
