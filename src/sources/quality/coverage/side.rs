//! Which side of a product a source file is on: the browser's, or the server's.
//!
//! The language decides: JavaScript, TypeScript, style sheets and their components are the frontend, every other
//! language is the backend. A file of the web's languages that lies in a folder named `server`, `backend` or `api` is
//! the backend all the same, because that is where such a project keeps it.

/// The two sides `testCoverage` tells apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Side {
    Frontend,
    Backend,
}

const FRONTEND_EXTENSIONS: [&str; 18] = [
    "js", "jsx", "mjs", "cjs", "ts", "tsx", "mts", "cts", "vue", "svelte", "astro", "css", "scss", "sass", "less",
    "html", "dart", "elm",
];
const BACKEND_FOLDERS: [&str; 3] = ["server", "backend", "api"];

/// Returns the side of a file by its path relative to the project.
#[must_use]
pub fn side_of(path: &str) -> Side {
    let (folders, name) = path.rsplit_once('/').unwrap_or(("", path));
    let extension = name.rsplit_once('.').map(|(_, extension)| extension.to_ascii_lowercase()).unwrap_or_default();
    let is_web = FRONTEND_EXTENSIONS.contains(&extension.as_str());
    let is_served =
        folders.split('/').any(|folder| BACKEND_FOLDERS.iter().any(|name| folder.eq_ignore_ascii_case(name)));
    if is_web && !is_served { Side::Frontend } else { Side::Backend }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_language_decides_and_then_the_folder() {
        for path in ["src/cart.ts", "src/App.vue", "apiary/bee.js", "a.TSX", "server.js"] {
            assert_eq!(side_of(path), Side::Frontend, "{path}");
        }
        for path in ["src/lib.rs", "cart.go", "app/api/orders/route.ts", "packages/Server/src/index.js", "Makefile", ""]
        {
            assert_eq!(side_of(path), Side::Backend, "{path}");
        }
    }
}
