# Two commands are enough for a newcomer: `make run` and `make test`. README.md lists the others.
PYTHON_BIN := .venv/bin/python
CATALOGS := $(patsubst %.po,%.mo,$(wildcard locale/*/LC_MESSAGES/*.po))

.PHONY: setup run test check prove stack stack-down translations

setup: .venv/stamp-run .venv/stamp-servers .venv/stamp-tests translations

run: .venv/stamp-run translations
	@$(PYTHON_BIN) ops/run

test:
	@ops/test

check: .venv/stamp-run .venv/stamp-tests translations
	.venv/bin/ruff check . ops/run
	.venv/bin/ruff format --check . ops/run
	.venv/bin/lint-imports
	$(PYTHON_BIN) manage.py check --fail-level WARNING
	$(PYTHON_BIN) manage.py makemigrations --check --dry-run

prove: setup
	@ops/prove

stack: .venv/stamp-run
	@ops/stack.py up

stack-down:
	@ops/stack.py down

translations: $(CATALOGS)

# One block of requirements.txt; nothing happens while the file is older than the stamp.
.venv/stamp-%: requirements.txt ops/venv
	@ops/venv $*

%.mo: %.po | .venv/stamp-run
	@.venv/bin/pybabel --quiet compile --input-file $< --output-file $@
