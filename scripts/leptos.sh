#!/usr/bin/env bash
# cargo-leptos with the project's own tools on its PATH: scripts/leptos.sh build --release
source "$(dirname "$0")/lib.sh"
exec cargo-leptos "$@"
