//! Where the front end's files lie.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use leptos::config::{Env, LeptosOptions};

const OUTPUT_NAME: &str = "allclear";
const PKG: &str = "pkg";
/// Written by the build beside the program: the hashes in the names of the front end's files.
const HASH_FILE: &str = "hash.txt";

/// Finds the front end's files: `LEPTOS_SITE_ROOT`, else `site` beside the program or one folder up.
///
/// Without them the pages still show their numbers, and this says so.
#[must_use]
pub fn site_options(addr: SocketAddr) -> LeptosOptions {
    let program =
        std::env::current_exe().ok().and_then(|path| path.parent().map(Path::to_path_buf)).unwrap_or_default();
    let named = std::env::var_os("LEPTOS_SITE_ROOT").map(PathBuf::from);
    let candidates = [named, Some(program.join("site")), Some(program.join("../site"))];
    let found = candidates.into_iter().flatten().find(|folder| folder.join(PKG).is_dir());
    if found.is_none() {
        tracing::warn!("the front end's files (site/{PKG}) were not found: pages show their numbers, but are not live");
    }
    let root = found.unwrap_or_else(|| program.join("site"));
    LeptosOptions::builder()
        .output_name(OUTPUT_NAME)
        .site_root(root.to_string_lossy().into_owned())
        .site_pkg_dir(PKG)
        .site_addr(addr)
        .env(if cfg!(debug_assertions) { Env::DEV } else { Env::PROD })
        .hash_file(Arc::<str>::from(HASH_FILE))
        .hash_files(program.join(HASH_FILE).is_file())
        .build()
}
