#!/usr/bin/env bash
# Sets up what testing needs and runs every check, the cheap ones first; the first that fails ends the run.
# `make test` calls this, and so does CI.
source "$(dirname "$0")/lib.sh"

summary=()

stage() {
    local name=$1 start=$SECONDS outcome=ok
    shift
    printf '\n==> %s\n' "$name"
    "$@" || outcome=FAILED
    summary+=("$(printf '%-6s %5d s  %s' "$outcome" $((SECONDS - start)) "$name")")
    [ "$outcome" = ok ] || exit 1
}

finish() {
    printf '\n'
    printf '%s\n' "${summary[@]}"
    printf '%-6s %5d s\n' "in all" "$SECONDS"
}
trap finish EXIT

stage "format" scripts/check.sh format
stage "set-up for building" scripts/setup-tools.sh
stage "set-up for testing" scripts/setup-test.sh
stage "scripts" scripts/check.sh scripts
stage "lint, server" scripts/check.sh lint-server
stage "lint, browser" scripts/check.sh lint-browser
stage "tests" scripts/check.sh tests
stage "documentation" scripts/check.sh docs
stage "debug build" scripts/check.sh debug-build
stage "browser tests" scripts/check.sh browser-tests
