# Five words to work; each does all its own set-up.
.PHONY: run test check bench install install-dev pins format messages clean

run: install            ## a sample coalition at http://127.0.0.1:8000
	@exec .venv/bin/vecinos demo

install:                ## a .venv with what the program needs
	@scripts/venv requirements.txt

test: install-dev       ## every test, on SQLite and PostgreSQL, with a real browser
	@.venv/bin/python -m pytest

check: install-dev      ## lint, types, import contracts, and every test
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy
	.venv/bin/lint-imports --no-cache
	.venv/bin/python -m pytest

bench: install-dev      ## speed and memory, beside the floor
	@.venv/bin/python -m bench

install-dev:
	@scripts/venv requirements-dev.txt
	@scripts/test-services

format: install-dev     ## lay out the code
	@.venv/bin/ruff format .
	@.venv/bin/ruff check --fix .

messages: install-dev   ## bring the catalogues up to date with the texts in code and templates
	@.venv/bin/python -m network.i18n

pins:                   ## requirements*.in → the hashed requirements*.txt
	@python3 -m venv .cache/pins && .cache/pins/bin/pip install -q uv
	@for name in requirements requirements-dev; do \
	  .cache/pins/bin/uv pip compile --universal --generate-hashes --no-header --python-version 3.11 -q --upgrade $$name.in -o $$name.txt; done

clean:
	rm -rf .venv .cache data
