#!/usr/bin/env bash
# Feeds every parser of outside data with made-up bytes, FUZZ_SECONDS each. A crash ends the run; its input is kept in
# fuzz/artifacts. Inputs that reached something new are kept in fuzz/corpus and tried first the next time.
#
#   scripts/fuzz.sh          FUZZ_SECONDS=600 scripts/fuzz.sh          scripts/fuzz.sh openai_costs
source "$(dirname "$0")/lib.sh"

seconds=${FUZZ_SECONDS:-30}

cargo fuzz --version >/dev/null 2>&1 || die "cargo-fuzz was not found. Install it with: cargo install cargo-fuzz --locked. Then run this again."
have c++ || die "No C++ compiler was found, which the fuzzer is built with. Install one (on Debian: apt-get install build-essential), then run this again."

# What is fuzzed is what is released: the same versions of everything.
cp Cargo.lock fuzz/Cargo.lock

targets=("$@")
[ $# -gt 0 ] || mapfile -t targets < <(cargo fuzz list)
for target in "${targets[@]}"; do
    say "Fuzzing $target for $seconds s."
    mkdir -p "fuzz/corpus/$target"
    # Without a sanitizer it runs on stable Rust; there is no unsafe code here for one to find something in. A debug build
    # (fuzz/Cargo.toml), without the pages (src/lib.rs): optimised and whole, it compiles for half an hour. The first target
    # builds what the program depends on once more, instrumented, which takes a while.
    cargo fuzz run --dev --sanitizer none "$target" "fuzz/corpus/$target" src/sources/*/fixtures -- \
        -max_total_time="$seconds" -max_len=65536 -timeout=10
done
