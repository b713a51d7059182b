#!/usr/bin/env bash
# One check, or several, by name. All of them share one target folder, and no flags but those that cargo-leptos passes
# too, so that every dependency is compiled once for each side.
source "$(dirname "$0")/lib.sh"

check() {
    case $1 in
    format) cargo fmt --check ;;
    scripts)
        bash -n scripts/*.sh .ci/run
        if have shellcheck; then shellcheck --external-sources --source-path=SCRIPTDIR scripts/*.sh .ci/run; fi
        npm run --silent types
        npm run --silent charts:test
        ;;
    lint-server) cargo clippy --locked --all-targets --features ssr -- -D warnings ;;
    # In the folder where cargo-leptos builds the browser's half.
    lint-browser)
        cargo clippy --locked --target-dir "$target_dir/front" --lib --features hydrate \
            --target wasm32-unknown-unknown -- -D warnings
        ;;
    # The same made-up input every time, so that a change is judged by itself; `make explore` looks for new ones.
    tests) PROPTEST_RNG_SEED=1 cargo nextest run --locked --features ssr --no-fail-fast ;;
    docs) RUSTDOCFLAGS="-D warnings" cargo doc --locked --no-deps --document-private-items --features ssr ;;
    # --tests: tests bring features of their own, and with them the server is the one that `tests` has just compiled.
    debug-build) cargo-leptos build --split --cargo-locked --bin-cargo-args=--tests ;;
    browser-tests) npm run --silent e2e ;;
    *) die "There is no check named $1. There are: format, scripts, lint-server, lint-browser, tests, docs, debug-build, browser-tests." ;;
    esac
}

for name in "$@"; do check "$name"; done
