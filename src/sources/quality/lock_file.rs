//! Lock files: how long nobody has touched the versions of the dependencies.

/// The names lock files have, by the tools that write them.
const NAMES: [&str; 19] = [
    "Cargo.lock",
    "package-lock.json",
    "npm-shrinkwrap.json",
    "yarn.lock",
    "pnpm-lock.yaml",
    "bun.lock",
    "bun.lockb",
    "deno.lock",
    "poetry.lock",
    "uv.lock",
    "pdm.lock",
    "Pipfile.lock",
    "go.sum",
    "composer.lock",
    "Gemfile.lock",
    "gradle.lockfile",
    "mix.lock",
    "pubspec.lock",
    "packages.lock.json",
];

#[must_use]
pub fn is_lock_file(name: &str) -> bool {
    NAMES.contains(&name)
}
