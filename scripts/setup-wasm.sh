#!/usr/bin/env bash
# Gives the compiler a standard library for the browser (wasm32-unknown-unknown). Three ways, the first that works:
# it is there already; rustup fetches it; it is built from the compiler's own source, for machines that reach
# package registries but not rustup's server. The last takes half a minute.
source "$(dirname "$0")/lib.sh"

target=wasm32-unknown-unknown
have rustc || die "rustc was not found. Install Rust $(sed -n 's/^rust-version = "\(.*\)"/\1/p' Cargo.toml) or newer with rustup, then run this again."
sysroot=$(rustc --print sysroot)
version=$(rustc --version | cut -d ' ' -f 2)
lib=$sysroot/lib/rustlib/$target/lib
source_dir=$sysroot/lib/rustlib/src/rust/library

# Compiling a line tells more than looking for files: a library left by another rustc is there and of no use.
target_works() {
    echo 'pub fn probe() -> Vec<u8> { Vec::new() }' |
        rustc --target "$target" --crate-type lib --emit metadata -o "$scratch/probe.rmeta" - 2>/dev/null
}

from_rustup() {
    have rustup || return 1
    say "Asking rustup for the $target target."
    RUST_BACKTRACE=0 RUSTUP_MAX_RETRIES=1 timeout 90 rustup target add "$target" >"$scratch/rustup.log" 2>&1 && target_works && return
    say "rustup did not bring it: $(grep -m 1 '^error' "$scratch/rustup.log" | cut -c 1-140 || true)"
    return 1
}

# The machine's own Debian mirror; a suite is added for this one download only, beside the machine's apt set-up.
source_from_debian() {
    have apt-get && have dpkg || return 1
    local mirror suite signed="" state=$scratch/apt keyring=/usr/share/keyrings/debian-archive-keyring.gpg
    [ -f "$keyring" ] && signed="[signed-by=$keyring]"
    # shellcheck disable=SC2016 # apt-get expands it
    mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' | grep -m 1 '/debian/$') || return 1
    mkdir -p "$state/lists/partial" "$state/cache/archives/partial"
    for suite in trixie-backports testing unstable; do
        say "Looking for the source of rustc $version in Debian $suite."
        echo "deb $signed $mirror $suite main" >"$state/sources.list"
        local apt=(apt-get -qq -o "Dir::Etc::sourcelist=$state/sources.list" -o Dir::Etc::sourceparts=-
            -o "Dir::State::lists=$state/lists" -o "Dir::Cache=$state/cache" -o APT::Sandbox::User=root
            -o Acquire::http::Timeout=60 -o Acquire::Retries=2)
        "${apt[@]}" update >&2 || continue
        (cd "$state" && "${apt[@]}" download "rust-src=$version*" >&2) || continue
        dpkg -x "$state"/rust-src_*.deb "$scratch/debian"
        lay_source "$(dirname "$(find "$scratch/debian" -path '*/library/Cargo.lock' -print -quit)")"
        return
    done
    return 1
}

source_from_archive() {
    [ -n "${ALLCLEAR_RUST_LIBRARY:-}" ] || return 1
    say "Unpacking $ALLCLEAR_RUST_LIBRARY."
    [[ $(basename "$ALLCLEAR_RUST_LIBRARY") == "rust-library-$version.tar."* ]] ||
        die "ALLCLEAR_RUST_LIBRARY names $ALLCLEAR_RUST_LIBRARY, but this rustc needs rust-library-$version.tar.xz."
    mkdir "$scratch/archive" && tar -xf "$ALLCLEAR_RUST_LIBRARY" -C "$scratch/archive"
    lay_source "$scratch/archive/library"
}

# Cargo looks for the source in one place only. It is taken away again: the next rustc needs another.
lay_source() {
    laid=$source_dir
    rm -rf "$source_dir" && mkdir -p "$(dirname "$source_dir")" && cp -r "$1" "$source_dir"
}

build_from_source() {
    say "Building the $target standard library of rustc $version from its source."
    mkdir -p "$scratch/empty/src" && touch "$scratch/empty/src/lib.rs"
    printf '[package]\nname = "empty"\nversion = "0.0.0"\nedition = "2024"\n\n[workspace]\n' >"$scratch/empty/Cargo.toml"
    (
        unset RUSTFLAGS CARGO_ENCODED_RUSTFLAGS CARGO_TARGET_DIR CARGO_BUILD_TARGET RUSTC_WRAPPER
        cd "$scratch/empty"
        RUSTC_BOOTSTRAP=1 cargo build --quiet --release -Zbuild-std=std,panic_abort,panic_unwind,test --target "$target" >&2
    )
    mkdir -p "$lib" && rm -f "$lib"/*.rlib
    find "$scratch/empty/target/$target/release/deps" -name '*.rlib' ! -name 'libempty-*' -exec cp {} "$lib/" \;
    target_works || die "The $target library was built, but rustc $version refuses it. Remove $lib and run this again."
    # Crates compiled against an earlier library no longer fit the new one.
    rm -rf "$target_dir/front"
}

laid=
scratch=$(mktemp -d)
trap 'rm -rf "$scratch" ${laid:+"$laid"}' EXIT

if target_works; then
    say "The $target target is there."
elif from_rustup; then
    say "rustup added the $target target."
else
    [ -w "$sysroot/lib/rustlib" ] ||
        die "rustc has no $target target and $sysroot is not yours to write. Install it the way rustc was installed (on Debian: apt-get install libstd-rust-dev-wasm32)."
    [ -f "$source_dir/Cargo.lock" ] || source_from_debian || source_from_archive ||
        die "rustc $version has no $target target: rustup could not fetch it and no Debian mirror has its source. Set ALLCLEAR_RUST_LIBRARY to a rust-library-$version.tar.xz (the library folder of rustc's source) and run this again."
    build_from_source
    say "The $target target is ready."
fi
