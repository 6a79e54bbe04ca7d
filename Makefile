# The verbs of the house. Each is one script or one call; `make help` lists them.
SHELL := /bin/bash
.DEFAULT_GOAL := help
.PHONY: help run test journeys fuzz prove check fix sqlx bench stop clean-data

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: ## build and serve on http://127.0.0.1:3000, with a database and a demo (ARGS="--addr 127.0.0.1:4000")
	@bash scripts/run.sh $(ARGS)

test: ## everything: formatting, lints, rules, services, doors, journeys in Chromium
	@bash scripts/test.sh

journeys: ## only the journeys (ARGS="journeys/main-line.spec.ts -g 'fits a phone'" picks one)
	@bash scripts/test.sh journeys $(ARGS)

fuzz: ## only the API: calls made up from its OpenAPI document, 200 an operation and caller (ARGS=1000 for more)
	@bash scripts/test.sh fuzz $(ARGS)

prove: ## the long forms: secrets planted everywhere, every payload, more races and kills, 200 made-up calls (ARGS=1000)
	@bash scripts/test.sh prove $(ARGS)

check: ## formatting, lints and that every ring compiles
	@bash scripts/test.sh check

fix: ## format, and let clippy repair what it can
	@. scripts/env.sh && cargo fmt --all && cargo clippy --fix --allow-dirty --allow-staged "$${BOTH[@]}" --all-targets

sqlx: ## renew .sqlx after a change to a query or a migration
	@bash scripts/sqlx.sh

bench: ## the figures we hold ourselves to, in some twenty minutes (ARGS=full for a million organizations; ARGS="p14 p15" for some)
	@bash scripts/bench.sh $(ARGS)

stop: ## stop the private databases of this checkout, and what killed tests left running
	@bash scripts/stop.sh

clean-data: ## remove the data of development and tests
	@bash scripts/clean-data.sh
