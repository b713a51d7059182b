# Shared by the scripts in this folder: sourced, never run.
# shellcheck shell=bash
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$root"

# Tools that the machine lacks, or has in another version, are installed here and nowhere else: no tool of the
# user's is replaced, and every clone on the machine shares them.
tools=${ALLCLEAR_TOOLS:-${XDG_CACHE_HOME:-$HOME/.cache}/allclear-tools}
export PATH="$root/node_modules/.bin:$tools/bin:$PATH"

export CARGO_NET_RETRY=${CARGO_NET_RETRY:-5}
export CARGO_TERM_PROGRESS_WHEN=${CARGO_TERM_PROGRESS_WHEN:-auto}

# Leptos compiles this name in, and cargo-leptos sets it: set for all, so that cargo sees one and the same build.
export LEPTOS_OUTPUT_NAME=allclear

say() { printf '%s\n' "$*" >&2; }

die() {
    say "error: $*"
    exit 1
}

have() { command -v "$1" >/dev/null 2>&1; }

# shellcheck disable=SC2034 # used by the scripts that source this
target_dir=${CARGO_TARGET_DIR:-$root/target}
