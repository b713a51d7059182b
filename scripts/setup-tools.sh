#!/usr/bin/env bash
# What building needs beside Rust itself: the browser target, cargo-leptos, wasm-bindgen and the Node packages.
# Installs what is missing, says what it does, changes nothing that is there.
source "$(dirname "$0")/lib.sh"

have cargo || die "cargo was not found. Install Rust with rustup, then run this again."
have cc || die "No C compiler was found. Install one (on Debian: apt-get install build-essential), then run this again."
if ! have node || ! have npm; then
    die "Node.js was not found. Install Node.js 20 or newer with npm, then run this again."
fi
[ "$(node --version | sed 's/^v\([0-9]*\).*/\1/')" -ge 20 ] || die "Node.js $(node --version) is too old: install Node.js 20 or newer, then run this again."

scripts/setup-wasm.sh

leptos_version=0.3.10
if ! cargo-leptos --version 2>/dev/null | grep -qx "cargo-leptos 0\.3\.[0-9]*"; then
    say "Installing cargo-leptos $leptos_version into $tools (some minutes)."
    # Unoptimised it installs in half the time, and what it does itself is a few seconds of any build.
    CARGO_PROFILE_RELEASE_OPT_LEVEL=0 CARGO_PROFILE_RELEASE_LTO=off CARGO_PROFILE_RELEASE_CODEGEN_UNITS=16 \
        cargo install --quiet --root "$tools" cargo-leptos --locked --version "$leptos_version" ||
        die "cargo-leptos $leptos_version could not be installed. Try: cargo install cargo-leptos --locked --version $leptos_version"
fi

# The library in the page and the tool must be of one version: the lock file's. (--locked fails: the tool's own lock
# file names a crate version that is not to be had any more.)
bindgen_version=$(awk '$0 == "name = \"wasm-bindgen\"" { getline; gsub(/[^0-9.]/, ""); print }' Cargo.lock)
if [ "$(wasm-bindgen --version 2>/dev/null)" != "wasm-bindgen $bindgen_version" ]; then
    say "Installing wasm-bindgen-cli $bindgen_version into $tools (a minute or two)."
    cargo install --quiet --root "$tools" wasm-bindgen-cli --version "$bindgen_version" ||
        die "wasm-bindgen-cli $bindgen_version could not be installed. Try: cargo install wasm-bindgen-cli --version $bindgen_version"
fi

if [ ! node_modules/.package-lock.json -nt package-lock.json ]; then
    say "Installing the Node packages."
    PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD=1 npm ci --no-fund --no-audit >&2 ||
        die "npm ci failed. Check that npm reaches its registry, then run this again."
    touch node_modules/.package-lock.json
fi

# npm's wasm-opt is JavaScript and needs seconds to start, and a release calls it for every file of the pages' code, some
# hundreds: a machine's own does them all in a minute. cargo-leptos looks into this folder first.
own_wasm_opt=$(type -aP wasm-opt | grep -v node_modules | head -1 || true)
if [ -n "$own_wasm_opt" ]; then
    ln -sf "$own_wasm_opt" node_modules/.bin/wasm-opt
fi

# The charts' script is an asset of the site: cargo leptos copies it with the rest of public/.
if [ -n "$(find charts package-lock.json -newer public/charts.js 2>/dev/null || echo missing)" ]; then
    npm run --silent charts >&2
fi
