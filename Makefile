# Two commands are enough for a newcomer: `make run` and `make test`. README.md lists the others.
PYTHON_BIN := .venv/bin/python
CATALOGS := $(patsubst %.po,%.mo,$(wildcard locale/*/LC_MESSAGES/*.po))

CHECKS := check-lint check-format check-imports check-system check-migrations

.PHONY: setup run test check $(CHECKS) bundle prove screenshots stack stack-down translations

setup: .venv/stamp-run .venv/stamp-servers .venv/stamp-tests

run: .venv/stamp-run
	@ops/bundle.py || echo "Pages go on with the scripts and styles that were built last." >&2
	@$(PYTHON_BIN) ops/run

test:
	@ops/test

# `make -k check` makes every check even when one has failed.
check: $(CHECKS)

$(CHECKS): .venv/stamp-run .venv/stamp-tests

check-lint:
	.venv/bin/ruff check . ops/backup ops/restore ops/run ops/screenshots ops/jmeter/run

check-format:
	.venv/bin/ruff format --check . ops/backup ops/restore ops/run ops/screenshots ops/jmeter/run

check-imports:
	.venv/bin/lint-imports

check-system:
	$(PYTHON_BIN) manage.py check --fail-level WARNING

check-migrations:
	$(PYTHON_BIN) manage.py makemigrations --check --dry-run

# What pages load is committed, so that a clone runs as it is; nothing happens while the sources are the same.
bundle:
	@ops/bundle.py

prove: setup
	@ops/prove

screenshots: .venv/stamp-run .venv/stamp-tests
	@$(PYTHON_BIN) ops/screenshots

stack: .venv/stamp-run
	@ops/stack.py up

stack-down:
	@ops/stack.py down

# The compiled catalogs are committed, so that a clone runs as it is; a test says when this is due.
translations: $(CATALOGS)

# One block of requirements.txt; nothing happens while the file is older than the stamp.
.venv/stamp-%: requirements.txt ops/venv
	@ops/venv $*

%.mo: %.po | .venv/stamp-run
	@.venv/bin/pybabel --quiet compile --input-file $< --output-file $@
