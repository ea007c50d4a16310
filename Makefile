# The commands of this repository. `make help` lists them.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.NOTPARALLEL:
.DELETE_ON_ERROR:

export PATH := $(CURDIR)/node_modules/.bin:$(PATH):$(HOME)/.cargo/bin

rust := Cargo.toml Cargo.lock $(shell find src -name '*.rs' -o -name '*.d.ts')
script := pkg/package.json pkg/build.mjs pkg/tsconfig.json package-lock.json $(shell find pkg/src -type f)
wasm := pkg/wasm/nearcache_bg.wasm
dist := pkg/dist/.built
target := $(or $(CARGO_TARGET_DIR),target)
features := --enable-bulk-memory --enable-mutable-globals --enable-multivalue --enable-nontrapping-float-to-int \
  --enable-reference-types --enable-sign-ext
wasm_opt := -Oz -Oz --strip-debug --strip-producers $(features)
wasm_bindgen := wasm-bindgen --target web --omit-default-module-path --out-name nearcache
built := $(target)/wasm32-unknown-unknown/release/nearcache.wasm
# The package is ESM only, and a wasm file has no types.
attw := --profile esm-only --exclude-entrypoints nearcache.wasm
origin := CARGO_TARGET_DIR=target/origin cargo

help: ## lists the commands
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## /{ printf "  make %-14s %s\n", $$1, $$2 }' Makefile

# ---- setting up and building

setup: ## installs what is missing (target, wasm-pack, node packages, browsers)
	@scripts/setup.sh all

tools:
	@scripts/setup.sh build

build: tools $(dist) ## builds the npm package into pkg/
	@echo "pkg/ is ready to publish"

# The three steps of `wasm-pack build`, one by one: cargo applies no LTO to a crate that is an rlib too, as ours is
# for its tests, and only `cargo rustc` can leave the rlib out. That is 13 % of the size.
$(wasm): $(rust) pkg/shrink.mjs scripts/cargo-small.sh
	scripts/cargo-small.sh rustc --release --lib --crate-type cdylib --target wasm32-unknown-unknown
	$(wasm_bindgen) --out-dir pkg/wasm $(built)
	wasm-opt $(wasm_opt) $@ -o $@.small
	mv $@.small $@
	node pkg/shrink.mjs

$(dist): $(wasm) $(script)
	npm run --silent build --workspace pkg
	touch $@

origin: tools
	$(origin) build --release --manifest-path www/origin/Cargo.toml

# ---- the sample app

# With REAL=1, real services stand where the origin has embedded layers. They need Debian's packages, nothing else does.
real := $(if $(REAL),real-parts)

real-parts:
	@scripts/setup.sh real

demo: build origin $(real) ## builds all, serves the sample app on its local origin; REAL=1: on nginx, memcached, redis
	node www/serve.mjs

demo-check: setup build origin $(real) ## the same, driven by a headless browser once
	node www/demo-check.mjs

# ---- tests

test: setup test-native test-firefox test-chromium test-types test-e2e test-conformance ## everything that is tested

test-native: tools ## the pure core and the origin
	cargo test
	$(origin) test --manifest-path www/origin/Cargo.toml

test-firefox: setup ## tests inside Firefox
	wasm-pack test --headless --firefox

test-chromium: setup ## the same inside Chromium
	wasm-pack test --headless --chrome

test-types: build ## the published declarations against their uses
	tsc -p tests/types
	tsc -p tests/types/raw

test-e2e: setup build origin ## pages, tabs, service workers and the packed package, in both browsers
	node --test --test-concurrency=1 tests/e2e/all.mjs tests/packaging/*.test.mjs

test-webkit: build origin ## the same in WebKit, the engine of Safari (not part of `make test`)
	scripts/setup.sh webkit
	BROWSERS=webkit node --test --test-concurrency=1 tests/e2e/all.mjs

test-real: export REAL := 1
test-real: setup build origin real-parts ## the origin's tests, those that pass its layers and the sample app, on real services
	CARGO_TARGET_DIR=target/origin node www/real/with.mjs cargo test --manifest-path www/origin/Cargo.toml -- --test-threads=1
	node --test --test-concurrency=1 www/real/parts.test.mjs tests/e2e/real.mjs
	node www/demo-check.mjs

test-conformance: setup build origin ## the HTTP cases through pages and service workers
	node tests/conformance/browser.mjs --browsers-only

conformance: setup build origin ## the HTTP rules: natively, in pages and through service workers; writes docs/http.md's table
	node tests/conformance/browser.mjs --write

fuzz: ## what parses and decides, by libFuzzer: TIME=600 seconds a target
	scripts/fuzz.sh

docs: tools ## the documentation as a site, in target/docs; a dead link fails it
	vitepress build docs

# ---- judging

lint: build docs ## rustfmt, clippy (native and wasm), tsc, publint, attw, the docs' links; warnings are errors
	cargo fmt --check
	cargo clippy --all-targets -- -D warnings
	cargo clippy --target wasm32-unknown-unknown --lib --tests -- -D warnings
	cargo fmt --check --manifest-path www/origin/Cargo.toml
	cargo fmt --check --manifest-path fuzz/Cargo.toml
	$(origin) clippy --all-targets --manifest-path www/origin/Cargo.toml -- -D warnings
	npm run --silent check --workspace pkg
	publint --strict pkg
	attw --pack pkg $(attw) --quiet || attw --pack pkg $(attw)

size: build ## gzipped sizes against scripts/size-budget.json
	node scripts/size.mjs

size-parts: build ## what each room of it weighs; writes docs/size.md
	$(wasm_bindgen) --out-dir $(target)/size $(built)
	wasm-opt -Oz -Oz --debuginfo $(features) $(target)/size/nearcache_bg.wasm -o $(target)/size/named.wasm
	node scripts/size-parts.mjs $(target)/size/named.wasm --write

bench: build origin ## eviction by hit ratio; what is in benches/, side by side with peers in both browsers
	cargo run --release --example hit_ratio
	node benches/run.mjs
	node benches/worker.mjs

clean: ## removes what was built
	rm -rf target pkg/wasm pkg/dist www/dist

.PHONY: help setup tools build origin demo demo-check test test-native test-firefox test-chromium test-types \
  test-e2e test-webkit test-real real-parts test-conformance conformance fuzz docs lint size size-parts bench clean
