#!/usr/bin/env bash
# What testing needs beyond building: cargo-nextest and a Chromium from the system's package manager.
source "$(dirname "$0")/lib.sh"

nextest_version=0.9.143
if ! have cargo-nextest; then
    say "Installing cargo-nextest into $tools (some minutes)."
    CARGO_PROFILE_RELEASE_OPT_LEVEL=1 CARGO_PROFILE_RELEASE_LTO=off CARGO_PROFILE_RELEASE_CODEGEN_UNITS=16 \
        cargo install --quiet --root "$tools" cargo-nextest --locked --version "$nextest_version" ||
        die "cargo-nextest $nextest_version could not be installed. Try: cargo install cargo-nextest --locked --version $nextest_version"
fi

# The same places as in end2end/playwright.config.ts.
for chromium in "${CHROMIUM:-}" /usr/bin/chromium /usr/bin/chromium-browser /usr/bin/google-chrome; do
    [ -x "$chromium" ] && exit 0
done

have apt-get || die "No Chromium was found. Install it with your package manager, or set CHROMIUM to its path, then run this again."
as_root=()
if [ "$(id -u)" != 0 ]; then
    have sudo || die "No Chromium was found, and installing it needs root. Ask for: apt-get install chromium"
    as_root=(sudo)
fi
say "Installing Chromium with apt-get."
apt() { "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -qq -o Acquire::Retries=3 "$@" </dev/null >&2; }
apt update
apt install -y --no-install-recommends chromium fonts-dejavu-core ||
    die "apt-get could not install chromium. Install Chromium by hand, or set CHROMIUM to its path, then run this again."
