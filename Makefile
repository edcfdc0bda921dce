# Two commands are enough: `make demo` and `make test`. Both install what they need, and nothing when all is there.
.DEFAULT_GOAL := help
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c

CONFIGURATION ?= Release
BUILD := dotnet build Caphr.sln --no-restore -c $(CONFIGURATION) -v quiet -nologo -clp:NoSummary
LAB := artifacts/bin/Caphr.Lab/$(shell echo $(CONFIGURATION) | tr A-Z a-z)/Caphr.Lab.dll

.PHONY: help setup restore build test sim e2e chaos conformance-kube conformance-robot bench demo lab crds release fmt check clean

help: ## What can be made here
	@grep -hE '^[a-z0-9-]+:.*##' $(MAKEFILE_LIST) | awk -F ':.*## ' '{ printf "  make %-16s %s\n", $$1, $$2 }'

# What is to be installed: whatever the tests hold the Lab against, but for these a few libraries and kubectl.
NEEDS := test
demo lab e2e: NEEDS := demo

setup: ## Install what is missing on Debian, or say what to install
	@.ci/setup $(NEEDS)

restore: setup
	@dotnet restore Caphr.sln --locked-mode -v quiet

# BUILT=1 says that this was done already: whoever starts `make demo` from what was built, such as a test, need not wait for it again.
build: $(if $(BUILT),setup,restore) ## Build everything; a warning is an error
	@$(if $(BUILT),true,$(BUILD))

test: build ## All tests; the last line counts them
	@.ci/test $(CONFIGURATION)

sim: build ## Whole controllers through storms on a virtual clock (SEEDS=n, MINUTES=n, SEED=s to replay one, FLEET=n to time n servers; docs/proof.md)
	@dotnet artifacts/bin/Caphr.Simulation.Tests/$(shell echo $(CONFIGURATION) | tr A-Z a-z)/Caphr.Simulation.Tests.dll \
	  $(foreach word,SEED SEEDS MINUTES FROM SERVERS MACHINES REPLICAS TROUBLES KEEP LOG TRACE JOBS COVERAGE ALL SHRINK FLEET,$(if $(filter command,$(origin $(word))),$(word)=$($(word))))

e2e: build ## A whole cluster lives its life on the Lab, before your eyes
	@dotnet test tests/Caphr.EndToEnd.Tests --no-build --no-restore -c $(CONFIGURATION) -nologo --filter "FullyQualifiedName~FleetLifeTests" --logger "console;verbosity=detailed"

chaos: build ## Replicas, database and sockets in a storm (SECONDS=600 SEED=7), then the ledger is asked
	@CAPHR_CHAOS_SECONDS="$(SECONDS)" CAPHR_CHAOS_SEED="$(SEED)" dotnet test tests/Caphr.EndToEnd.Tests --no-build --no-restore -c $(CONFIGURATION) -nologo \
	  --filter "FullyQualifiedName~ChaosTests" --logger "console;verbosity=detailed"

conformance-kube: build ## Our cases against the cluster of KUBECONFIG=path, else against a Lab
	@CAPHR_CONFORMANCE_KUBECONFIG="$(if $(filter command,$(origin KUBECONFIG)),$(abspath $(KUBECONFIG)))" dotnet test tests/Caphr.Conformance --no-build --no-restore \
	  -c $(CONFIGURATION) -nologo --filter "FullyQualifiedName~Caphr.Conformance.Kube."

# The password stays in the environment: a recipe that names it would show it to everybody who lists processes.
conformance-robot: build ## What CAPHR relies on in Robot (URL, USER, PASSWORD from the environment; WRITES=1 SERVER=n; without URL: a Lab)
	@ROBOT_URL="$${URL:-}" ROBOT_USER="$${URL:+$${USER:-}}" ROBOT_PASSWORD="$${URL:+$${PASSWORD:-}}" ROBOT_WRITES="$${WRITES:-}" ROBOT_SERVER="$${SERVER:-}" \
	  dotnet test tests/Caphr.Conformance --no-build --no-restore \
	  -c $(CONFIGURATION) -nologo --filter "FullyQualifiedName~Caphr.Conformance.Robot.$(if $(URL),$(if $(WRITES),,&Robot!=Changed))"

bench: build ## Kernel and journals beside what they are made of, as ratios (ONLY="words of names")
	@dotnet artifacts/bin/Caphr.Benchmarks/$(shell echo $(CONFIGURATION) | tr A-Z a-z)/Caphr.Benchmarks.dll $(ONLY)

demo: build ## Six servers go from apply to Provisioned (ONCE=1: end when they are)
	@dotnet $(LAB) demo $(if $(ONCE),--once) $(ARGS)

lab: build ## A datacenter and a controller until Ctrl-C (ARGS="--servers 100 --speed 60"); docs/lab.md tells how to break it
	@dotnet $(LAB) up $(ARGS)

crds: build ## Write deploy/crds and docs/crds.md from the C# types
	@dotnet artifacts/bin/Caphr.Host/$(shell echo $(CONFIGURATION) | tr A-Z a-z)/Caphr.Host.dll crds --write deploy/crds --page docs/crds.md

release: ## Write what clusterctl installs (VERSION=v0.1.0) into artifacts/release, a local repository of clusterctl
	@deploy/clusterctl/release "$(or $(VERSION),$(error Say which version: make release VERSION=v0.1.0))" artifacts/release

fmt: restore ## Format the code
	@dotnet format Caphr.sln --no-restore

check: restore ## Before you push: formatting, build and tests
	@dotnet format Caphr.sln --no-restore --verify-no-changes
	@$(MAKE) --no-print-directory test

clean: ## Forget everything that was built
	@rm -rf artifacts
