# The two commands of a newcomer are `make run` and `make test`.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: help setup run test check format bench clean

help:  ## Show what can be made
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/'

setup:  ## Install everything the product needs (part of run)
	@$(PYTHON) bootstrap.py

run: setup  ## Set everything up and start the whole product with a demo shop
	@exec $(BIN)/kefu up --demo

test:  ## Set everything up and run every test
	@$(PYTHON) bootstrap.py --test
	@$(BIN)/kefu bot train
	@$(BIN)/pytest -n 2 --dist loadfile $(ARGS)

check:  ## Lint, types, import rules, bot data, documentation and contracts
	@$(PYTHON) bootstrap.py
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/kefu bot validate
	@$(BIN)/pytest -q tests/test_contract.py tests/test_docs.py

format:  ## Format the code
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

bench:  ## Measure against peers (see bench/README.md)
	@$(BIN)/kefu bench --help

clean:  ## Remove everything that was made, the data in var/ included
	rm -rf .venv bot/.venv .tools var bot/models bot/.rasa
