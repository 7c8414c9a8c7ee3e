# Two commands do everything: "make lab" to work, "make test" to check. Both install what they need into .lab
# inside the project, once. "make help" lists the rest.
#
# PYTHON=/path/to/python3 picks another Python, PORT=9999 another port; LAB_ARGS go to JupyterLab as they are.
.DEFAULT_GOAL := help
.PHONY: help lab setup test docs notebooks pictures bench bench-cell bench-notebook bench-peers fmt requirements clean doctor-bench docker-test wheel test-python

PORT ?= 8888
DOCTOR_CASES ?= ../shared/doctor-cases ../shared/real-cases

help: ## list these targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' Makefile

lab: setup ## set up and start JupyterLab on notebooks/, on localhost with a token
	@bash lab/start.sh --port "$(PORT)" $(LAB_ARGS)

setup: ## install everything into .lab, without starting anything
	@bash lab/setup.sh $(if $(filter setup,$(MAKECMDGOALS)),--next)

test: ## run every check: formatting, vet, lint, all Go tests (with the race detector where goroutines are), all notebooks
	@bash lab/setup.sh --test
	@bash lab/check.sh

docs: setup ## make pages of the documents and notebooks, with a search, for a browser without a network
	@bash lab/site.sh

notebooks: setup ## execute all notebooks and save their outputs
	@bash lab/notebooks.sh --write

pictures: ## make the pictures of the README anew: docs/learning-rates.png and docs/diagnosis.png
	@bash lab/setup.sh --test
	@.lab/venv/bin/python lab/pictures.py

bench: setup ## measure this project beside Keras, JAX, PyTorch and GoMLX's own loop (some 20 minutes)
	@go run ./bench $(BENCH_ARGS)

bench-cell: setup ## measure where the time of one notebook cell goes
	@go run ./bench/cell

bench-notebook: setup bench-peers ## measure notebook 01 beside the same notebook in Python with Keras
	@.lab/venv/bin/python bench/notebook/compare.py

bench-peers: ## install what bench compares with, into .lab/peers
	@bash bench/peers.sh

doctor-bench: ## score the doctor on trainings with known causes, in the folders DOCTOR_CASES
	@go run ./bench/doctor $(DOCTOR_CASES)

docker-test: ## build docker/Dockerfile and use it offline (as root; needs buildah and debootstrap, no engine)
	@bash docker/test.sh

wheel: setup ## build the Python package, which saves trainings of PyTorch and Keras, into dist/
	@.lab/venv/bin/python -m pip wheel --quiet --disable-pip-version-check --no-deps --wheel-dir dist ./python
	@ls dist/unstuck-*.whl

test-python: ## test the Python package with PYTHON, those parts whose frameworks are installed there
	@PYTHONPATH=python "$(or $(PYTHON),.lab/venv/bin/python)" -m unittest discover -s python/tests

fmt: ## format the Go code
	@go fmt ./...

requirements: ## pin the Python packages again, after a change in lab/requirements/*.in
	@bash lab/lock.sh

clean: ## remove everything that was installed
	@rm -rf .lab
