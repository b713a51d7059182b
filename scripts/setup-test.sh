#!/usr/bin/env bash
# What testing needs beyond building: cargo-nextest, and from the system's package manager a Chromium and a session bus.
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
    [ -x "$chromium" ] && break
    chromium=
done
packages=()
[ -n "$chromium" ] || packages+=(chromium fonts-dejavu-core)
# Notifications on the desktop are tested on a bus of the test's own.
have dbus-daemon || packages+=(dbus-daemon)
[ ${#packages[@]} -gt 0 ] || exit 0

have apt-get || die "Missing: ${packages[*]}. Install them with your package manager (or set CHROMIUM to its path), then run this again."
as_root=()
if [ "$(id -u)" != 0 ]; then
    have sudo || die "Missing, and installing needs root. Ask for: apt-get install ${packages[*]}"
    as_root=(sudo)
fi
say "Installing with apt-get: ${packages[*]}"
apt() { "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -qq -o Acquire::Retries=3 "$@" </dev/null >&2; }
apt update
apt install -y --no-install-recommends "${packages[@]}" ||
    die "apt-get could not install ${packages[*]}. Install them by hand (or set CHROMIUM to its path), then run this again."
