# CXR Lab: `make app` is all that a newcomer needs. `make help` lists the rest.
PORT ?= 8501
DATA ?= phantom
VENV := .venv
RUN := $(VENV)/bin/python
# TensorFlow comes with CUDA where there is an NVIDIA GPU. GPU=0 and GPU=1 choose by hand.
ifndef GPU
GPU := $(shell timeout 20 nvidia-smi -L 2>/dev/null | grep -q '^GPU ' && echo 1 || echo 0)
endif
REQUIREMENTS := $(if $(filter 1,$(GPU)),requirements-gpu.txt,requirements.txt)
# The stamps carry a checksum of the requirements: other requirements, another install.
STAMP := $(VENV)/.installed-$(shell cat $(sort requirements.txt $(REQUIREMENTS)) | cksum | cut -d' ' -f1)
DEV_STAMP := $(VENV)/.installed-dev-$(shell cat requirements.txt requirements-dev.txt | cksum | cut -d' ' -f1)
CLUSTER_STAMP := $(VENV)/.installed-cluster-$(shell cat requirements.txt requirements-cluster.txt | cksum | cut -d' ' -f1)
export NO_ALBUMENTATIONS_UPDATE := 1
export MLFLOW_DISABLE_TELEMETRY := true

.PHONY: help app install test test-thorough test-real test-cluster lint screenshots showcase clean

help:  ## say what each target does
	@grep -E '^[a-z-]+:.*##' Makefile | sed -E 's/:.*## /\t/' | expand -t 14

app: $(STAMP)  ## set up .venv where needed and start the app (PORT=8501, GPU=0 without CUDA)
	@$(RUN) -c 'import socket, sys; s = socket.socket(); s.settimeout(1); sys.exit(s.connect_ex(("127.0.0.1", $(PORT))) == 0)' || { \
	  echo "Port $(PORT) is in use. If CXR Lab runs already, open http://localhost:$(PORT)." >&2; \
	  echo "Otherwise choose another port: make app PORT=$$(( $(PORT) + 1 ))" >&2; exit 1; }
	@exec $(RUN) -m streamlit run app.py --server.port $(PORT)

install: $(STAMP)  ## set up .venv only

# Three at once on two cores: tests of workers and of the browser wait for other processes.
test: $(DEV_STAMP) lint  ## set up, then ruff, mypy and the test suite
	$(RUN) -m pytest -m "not real and not pictures and not cluster and not thorough" -n 3 --dist loadfile --durations 15

test-thorough: $(DEV_STAMP)  ## the cases that `make test` leaves out: more networks, settings and pages
	$(RUN) -m pytest -m thorough -n 3 --dist loadfile --durations 15

test-real: $(DEV_STAMP)  ## tests that train on the real X-rays (minutes to hours)
	$(RUN) -m pytest -m real

test-cluster: $(DEV_STAMP) $(CLUSTER_STAMP)  ## real parts of a cluster on this machine (needs PostgreSQL, Chromium)
	$(RUN) -m pytest tests/runs/test_ray_client.py tests/cluster --durations 15

lint: $(DEV_STAMP)  ## ruff and mypy
	$(RUN) -m ruff check .
	$(RUN) -m ruff format --check .
	$(RUN) -m mypy

screenshots: $(DEV_STAMP)  ## every page in both themes, written to screenshots/
	CXR_REQUIRE_BROWSER=1 CXR_SCREENSHOTS=screenshots $(RUN) -m pytest tests/browser -m browser

showcase: $(STAMP)  ## train the showcase runs anew (DATA=folder of the real X-rays; hours)
	@test "$(DATA)" != phantom || { echo "Say where the X-rays are: make showcase DATA=folder" >&2; exit 1; }
	mkdir -p models/showcase-new; export CXR_SHOWCASE_DIR=models/showcase-new; \
	ship() { $(RUN) -m engine ship --source "Kermany chest X-rays" "$$@"; }; \
	get() { $(RUN) -c "import json, sys; print(json.load(sys.stdin)['$$1'])"; }; \
	train() { $(RUN) -m engine train "$$@" --data "$(DATA)" --json | get id; }; \
	for preset in C1 C2 C5 D1 D4; do run=$$(train $$preset --set split=official) && ship $$run || exit 1; done; \
	study=$$($(RUN) -m engine study seeds Best --data "$(DATA)" --seeds 3 --json | get id) && run=$$(train Best) && ship $$run && \
	  mean=$$($(RUN) -m engine study mean $$study --json | get run) && ship $$mean --without-network

clean:  ## remove what tools leave behind; data, models and .venv stay
	rm -rf .pytest_cache .mypy_cache .ruff_cache screenshots
	find . -path ./$(VENV) -prune -o -name __pycache__ -type d -exec rm -rf {} +

$(VENV)/bin/python:
	@for name in python3.13 python3.12 python3.11 python3 python; do \
	  if $$name -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null; then \
	    echo "Setting up $(VENV) with $$($$name --version) (a few minutes, once)"; \
	    $$name -m venv $(VENV) && exit 0; \
	    echo "$$name cannot create a virtual environment. On Debian or Ubuntu: apt-get install $$name-venv" >&2; \
	    rm -rf $(VENV); exit 1; \
	  fi; \
	done; \
	echo "CXR Lab needs Python 3.11, 3.12 or 3.13 and found none. Install one from python.org or your package manager." >&2; exit 1

$(STAMP): | $(VENV)/bin/python
	@test $(REQUIREMENTS) = requirements.txt || echo "Installing TensorFlow with CUDA, some GB (GPU=0 leaves CUDA out)"
	$(RUN) -m pip install --disable-pip-version-check -q -r $(REQUIREMENTS)
	@rm -f $(VENV)/.installed-[0-9]*; touch $@

$(DEV_STAMP): | $(STAMP)
	$(RUN) -m pip install --disable-pip-version-check -q -r requirements-dev.txt
	@rm -f $(VENV)/.installed-dev-*; touch $@

$(CLUSTER_STAMP): | $(STAMP)
	$(RUN) -m pip install --disable-pip-version-check -q -r requirements-cluster.txt
	@rm -f $(VENV)/.installed-cluster-*; touch $@
