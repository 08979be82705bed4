# Needs make and Python 3.11 or later, nothing else. Every target can be run again at any time.
#
#   make serve   start the service on http://127.0.0.1:8000: database, web service and a worker; Ctrl-C ends it
#   make demo    solve the bundled region of Milwaukee for at most a minute; files go to out/milwaukee
#   make test    style, types, layers and all tests; every part runs, the failed ones are named
#   make test-database  the tests of what another PostgreSQL could do otherwise, on the one in LINESIDE_TEST_DATABASE
#   make coverage  the tests once more, with a table of the lines and branches that none of them reaches
#   make docs    build the documentation as a site in out/site, links checked
#   make check   style and types only
#   make bench   results on the bundled scenarios and the small regions, a minute each, then the rivals on two of them
#   make bench-full  the same, then the regions of 500 and 5,000 apprentices, alone and beside the rivals: about nine hours
#   make bench-rivals  Lineside beside its rivals (RIVAL_CASES, RIVAL_SECONDS); Linux, Java 17; see benchmarks/README.md
#   make bench-feeds  how many calendar feeds a second while a run is solved: about ten minutes; Linux
#   make fuzz    throw hostile input at everything that reads or shows (FUZZ_CASES, FUZZ_SECONDS): ten minutes; Linux
#   make screenshots  draw the pictures of the pages for the README anew: about five minutes; Chromium
#   make pins    renew constraints.txt after a change of dependencies
#   make clean   remove what these targets made

PYTHON ?= python3.11
VENV := .venv
RUN := $(VENV)/bin
READY := $(VENV)/.ready
DEMO := lineside/scenarios/bundled/milwaukee
OUT := out/milwaukee
SECONDS := 60
RIVAL_CASES := s-tight-4 milwaukee
RIVAL_SECONDS := 10 60
FUZZ_CASES := 1000000
FUZZ_SECONDS := 600
BROWSER := $(shell command -v chromium)

.PHONY: help serve demo test test-database coverage check format-check lint types tests bench bench-full bench-rivals bench-feeds docs fuzz screenshots pins clean

help:
	@sed -n 's/^#   //p' Makefile

# The stamp is made last: an interrupted installation starts again. Only pinned, hashed versions are installed;
# the project itself comes last, without looking for anything more.
$(READY): constraints.txt pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(RUN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r constraints.txt
	$(RUN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

serve: $(READY)
	@$(RUN)/lineside serve

demo: $(READY)
	$(RUN)/lineside solve $(DEMO) --seconds $(SECONDS) --workers 2 \
	  --out $(OUT)/plan.json --xlsx $(OUT)/plan.xlsx --csv $(OUT)/csv
	$(RUN)/lineside check $(DEMO) $(OUT)/plan.json

lint: $(READY)
	$(RUN)/ruff check .

format-check: $(READY)
	$(RUN)/ruff format --check .

types: $(READY)
	$(RUN)/mypy

tests: $(READY)
	$(RUN)/pytest -n 2 --dist worksteal -r fEsxXR --durations=30 --durations-min=5 $(if $(BROWSER),,-m "not browser") \
	  $(MEASURED)
	@$(if $(BROWSER),:,echo "Left out: the tests in a browser. Install Chromium to run them.")
	@[ -n "$$LINESIDE_TEST_DATABASE" ] || \
	  echo "Left out: PostgreSQL other than the embedded one. Run make test-database, or .ci/run, for that."

test-database: $(READY)
	@[ -n "$$LINESIDE_TEST_DATABASE" ] || { echo "LINESIDE_TEST_DATABASE is empty. Set it to the postgresql://" \
	  "address of a server, with a role that may create databases."; exit 2; }
	$(RUN)/pytest -n 2 --dist worksteal -r fEsxX -m "database and not browser and not once"

# Counting every line takes two thirds more processor time, so that the tests of every change go without.
coverage: MEASURED = --cov=lineside --cov-branch --cov-report=term:skip-covered
coverage: tests

# Each part runs even when one before it failed, so that one run tells everything. The tests come last:
# their count, and what was left out, are the last thing on the screen when all is well.
test check: PARTS = lint format-check types
test: PARTS += tests
test check: $(READY)
	@failed=; for part in $(PARTS); do \
	  echo "== $$part"; $(MAKE) --no-print-directory $$part || failed="$$failed $$part"; \
	done; \
	if [ -n "$$failed" ]; then echo "Failed:$$failed"; exit 1; fi

bench: $(READY)
	$(RUN)/python -m benchmarks.run --cases bundled s --seconds $(SECONDS)
	$(RUN)/python -m benchmarks.rivals --cases $(RIVAL_CASES) --seconds $(RIVAL_SECONDS)

# Everything is run even when a part before it failed: a night's results are worth having.
bench-full: $(READY)
	@failed=; \
	$(RUN)/python -m benchmarks.run --cases bundled s --seconds $(SECONDS) || failed="$$failed small"; \
	$(RUN)/python -m benchmarks.run --cases m --seconds 600 || failed="$$failed m"; \
	$(RUN)/python -m benchmarks.run --cases l --seconds 3600 || failed="$$failed l"; \
	$(RUN)/python -m benchmarks.rivals --cases milwaukee s m l --seconds 10 60 600 || failed="$$failed rivals"; \
	if [ -n "$$failed" ]; then echo "Failed:$$failed"; exit 1; fi

# The rivals' environments are made by the command itself, from pinned versions.
bench-rivals: $(READY)
	$(RUN)/python -m benchmarks.rivals --cases $(RIVAL_CASES) --seconds $(RIVAL_SECONDS)

bench-feeds: $(READY)
	$(RUN)/python -m benchmarks.feeds

# Atheris guides by coverage; it stands beside the environment, since nothing else needs it. Without it (another
# platform or version of Python) the hunt goes on blindly, and says so.
fuzz: $(READY)
	@[ -d $(VENV)-atheris ] || $(RUN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes \
	  --only-binary :all: --target $(VENV)-atheris -r benchmarks/fuzz/requirements.txt || echo "Without Atheris: blindly."
	$(RUN)/python -m benchmarks.fuzz --cases $(FUZZ_CASES) --seconds $(FUZZ_SECONDS)

# Run as a module, so that the hook finds the code that the reference is written from.
docs: $(READY)
	NO_MKDOCS_2_WARNING=1 $(RUN)/python -m mkdocs build --quiet

screenshots: $(READY)
	$(RUN)/python docs/screenshots.py

# The lock names versions and hashes only, for every platform; setuptools builds the project itself.
pins:
	$(PYTHON) -m venv $(VENV)-pins
	$(VENV)-pins/bin/python -m pip install --quiet --disable-pip-version-check uv
	echo 'setuptools>=77' | $(VENV)-pins/bin/uv pip compile --quiet --universal --upgrade --python-version 3.11 \
	  --generate-hashes --no-header --no-annotate --extra test pyproject.toml - \
	  --output-file constraints.txt
	rm -rf $(VENV)-pins

clean:
	rm -rf $(VENV) $(VENV)-pins $(VENV)-highs $(VENV)-timefold $(VENV)-atheris out build .mypy_cache .ruff_cache .pytest_cache .hypothesis .coverage .coverage.*
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
