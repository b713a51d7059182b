# Targets for people; the work is in scripts/.
.DEFAULT_GOAL := help
.PHONY: help run dev demo-toast build test unit e2e lint fmt deny bench fuzz explore kills clean setup

# The binary finds the site by these; the file names' hashes stand in hash.txt beside it.
serve := LEPTOS_OUTPUT_NAME=allclear LEPTOS_SITE_ROOT=target/site LEPTOS_SITE_PKG_DIR=pkg LEPTOS_HASH_FILES=true LEPTOS_ENV=PROD

help: ## Show these targets
	@sed -n 's/^\([a-z0-9-]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 16

run: build ## Install what is missing, build a release and serve it at http://127.0.0.1:3000
	$(serve) target/release/allclear serve

dev: setup ## Serve a debug build that rebuilds and reloads at every change
	scripts/leptos.sh watch --split

build: setup ## Build a release: target/release/allclear and target/site
	scripts/leptos.sh build --split --release --precompress --cargo-locked

test: ## Set up what testing needs and run every check, as CI does
	scripts/test.sh

unit: setup ## Run the Rust tests alone
	scripts/check.sh tests

e2e: setup ## Build a debug version and run the browser tests alone
	scripts/setup-test.sh
	scripts/check.sh debug-build browser-tests

lint: setup ## Check format, scripts, clippy for server and browser, and the documentation
	scripts/check.sh format scripts lint-server lint-browser docs

fmt: ## Format the Rust code
	cargo fmt

deny: ## Check licences, advisories and sources of the dependencies (needs cargo-deny)
	cargo deny --all-features check

demo-toast: ## Look at a dashboard whose clients order at a stand-in for Toast
	$(serve) scripts/demo-toast.sh

bench: build ## Measure against the numbers we promise
	scripts/bench.sh

fuzz: ## Feed every parser of outside data with made-up bytes, FUZZ_SECONDS=30 each (needs cargo-fuzz, no nightly)
	scripts/fuzz.sh

explore: setup ## Try every property on new made-up input, CASES=4096 each
	PROPTEST_CASES=$(or $(CASES),4096) cargo nextest run --locked --features ssr --no-fail-fast

kills: setup ## Kill the sending of alerts a thousand times: nothing may be missing
	ALLCLEAR_KILLS=1000 cargo nextest run --locked --features ssr --success-output final whenever_it_is_killed

clean: ## Remove everything that was built
	cargo clean
	rm -rf public/charts.js end2end/test-results

setup:
	@scripts/setup-tools.sh
