//! Paths as reports spell them, seen from the folder of a project.

use std::path::Path;

/// The folder of a project, under the names a report may know it by.
#[derive(Clone, Debug)]
pub struct Home {
    /// With `/` between folders and none at the end: as the user names it, and as it is without links.
    names: Vec<String>,
}

impl Home {
    #[must_use]
    pub fn new(given: &Path, real: &Path) -> Home {
        let mut names: Vec<String> = [given, real].map(|path| plain(&path.to_string_lossy())).into();
        names.dedup();
        Home { names }
    }

    /// Returns a path of a report relative to the project; `None` when it lies outside.
    ///
    /// `base` is the package the report lies in, which relative paths are meant from.
    #[must_use]
    pub fn relative(&self, path: &str, base: &str) -> Option<String> {
        let path = plain(path.strip_prefix("file://").unwrap_or(path));
        if !is_absolute(&path) {
            let joined = if base.is_empty() { path } else { format!("{base}/{path}") };
            return normal(&joined);
        }
        let inside = |name: &String| path.strip_prefix(name.as_str()).and_then(|rest| rest.strip_prefix('/'));
        normal(self.names.iter().find_map(inside)?)
    }
}

/// Whether a path says where it lies on its machine, whichever machine that was.
#[must_use]
pub fn is_absolute(path: &str) -> bool {
    let path = path.strip_prefix("file://").unwrap_or(path);
    let drive = path.as_bytes().first().is_some_and(u8::is_ascii_alphabetic) && path.as_bytes().get(1) == Some(&b':');
    path.starts_with('/') || path.starts_with('\\') || drive
}

fn plain(path: &str) -> String {
    path.replace('\\', "/").trim_end_matches('/').to_owned()
}

/// Takes `.` and `..` out; `None` when the path leaves the folder.
fn normal(path: &str) -> Option<String> {
    let mut parts = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_inside_by_any_of_the_folders_names() {
        let home = Home::new(Path::new("/home/dev/shop"), Path::new("/mnt/disk/shop"));
        let relative = |path: &str| home.relative(path, "web");
        assert_eq!(relative("/home/dev/shop/src/a.ts").as_deref(), Some("src/a.ts"));
        assert_eq!(relative("file:///mnt/disk/shop/b.rs").as_deref(), Some("b.rs"));
        assert_eq!(relative("./src/../c.ts").as_deref(), Some("web/c.ts"));
        assert_eq!(relative("../api/d.go").as_deref(), Some("api/d.go"), "a neighbour of the package");
        assert_eq!(relative("src\\e.cs").as_deref(), Some("web/src/e.cs"));
        for path in ["/home/dev/shop2/a.ts", "/home/dev/shopping/a.ts", "C:\\shop\\a.cs", "../../a.ts"] {
            assert_eq!(relative(path), None, "{path}");
        }
    }
}
