//! The manifests of the package managers: description, licence, names of dependencies.

use serde_json::Value;

/// What a manifest says.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Package {
    pub description: Option<String>,
    pub licence: Option<String>,
    pub dependencies: Vec<String>,
}

pub(super) const MANIFESTS: [&str; 12] = [
    "package.json",
    "Cargo.toml",
    "pyproject.toml",
    "requirements.txt",
    "go.mod",
    "pom.xml",
    "Gemfile",
    "composer.json",
    "deno.json",
    "build.gradle",
    "build.gradle.kts",
    "Pipfile",
];

pub(super) fn is_manifest(name: &str) -> bool {
    MANIFESTS.contains(&name)
}

impl Package {
    /// Reads a manifest by its name; the error says what is wrong with it.
    pub(super) fn parse(name: &str, text: &str) -> Result<Package, String> {
        let text = text.trim_start_matches('\u{feff}');
        match name {
            "package.json" | "composer.json" | "deno.json" => json(text),
            "Cargo.toml" => cargo(&table(text)?),
            "pyproject.toml" | "Pipfile" => Ok(python(&table(text)?)),
            "requirements.txt" => {
                Ok(Package { dependencies: text.lines().filter_map(requirement).collect(), ..Package::default() })
            }
            "go.mod" => Ok(go(text)),
            "pom.xml" => Ok(maven(text)),
            "Gemfile" => Ok(quoted_after(text, &["gem "])),
            _ => Ok(quoted_after(text, &["implementation", "api", "id"])),
        }
    }
}

fn json(text: &str) -> Result<Package, String> {
    let value: Value = serde_json::from_str(text).map_err(|error| error.to_string())?;
    let string = |name: &str| value.get(name).and_then(Value::as_str).map(str::to_owned);
    let mut dependencies = Vec::new();
    for section in ["dependencies", "devDependencies", "peerDependencies", "require", "require-dev"] {
        let names = value.get(section).and_then(Value::as_object).into_iter().flat_map(|names| names.keys().cloned());
        dependencies.extend(names);
    }
    // Deno names its packages by address: `npm:hono@4`.
    let imports = value.get("imports").and_then(Value::as_object).into_iter().flat_map(|imports| imports.values());
    dependencies.extend(imports.filter_map(Value::as_str).filter_map(|address| {
        let name = address.split_once(':')?.1;
        let end = name.get(1..)?.find('@').map_or(name.len(), |at| at + 1);
        Some(name[..end].to_owned())
    }));
    let licence = string("license").or_else(|| Some(value.get("license")?.get("type")?.as_str()?.to_owned()));
    Ok(Package { description: string("description"), licence, dependencies })
}

fn table(text: &str) -> Result<toml::Table, String> {
    text.parse::<toml::Table>().map_err(|error| error.message().to_owned())
}

fn string(table: Option<&toml::Value>, name: &str) -> Option<String> {
    table?.get(name)?.as_str().map(str::to_owned)
}

fn keys(value: Option<&toml::Value>) -> Vec<String> {
    value.and_then(toml::Value::as_table).map(|table| table.keys().cloned().collect()).unwrap_or_default()
}

fn cargo(table: &toml::Table) -> Result<Package, String> {
    let workspace = table.get("workspace");
    let package = table.get("package");
    let shared = workspace.and_then(|workspace| workspace.get("package"));
    let mut dependencies = Vec::new();
    for section in ["dependencies", "dev-dependencies", "build-dependencies"] {
        dependencies.extend(keys(table.get(section)));
        dependencies.extend(keys(workspace.and_then(|workspace| workspace.get(section))));
    }
    let either = |name: &str| string(package, name).or_else(|| string(shared, name));
    Ok(Package { description: either("description"), licence: either("license"), dependencies })
}

fn python(table: &toml::Table) -> Package {
    let project = table.get("project");
    let poetry = table.get("tool").and_then(|tool| tool.get("poetry"));
    let listed = project.and_then(|project| project.get("dependencies")).and_then(toml::Value::as_array);
    let listed = listed.into_iter().flatten().filter_map(toml::Value::as_str).filter_map(requirement);
    let mut dependencies: Vec<String> = listed.collect();
    dependencies.extend(keys(poetry.and_then(|poetry| poetry.get("dependencies"))));
    dependencies.extend(keys(table.get("packages")));
    let licence = string(project, "license").or_else(|| string(poetry, "license"));
    let licence = licence.or_else(|| string(project.and_then(|project| project.get("license")), "text"));
    let description = string(project, "description").or_else(|| string(poetry, "description"));
    Package { description, licence, dependencies }
}

/// The name of a requirement: `Django[argon2]>=5,<6 ; python_version > "3.10"` → `django`.
fn requirement(line: &str) -> Option<String> {
    let line = line.split('#').next()?.trim();
    let end =
        line.find(|letter: char| !letter.is_ascii_alphanumeric() && !"-_.".contains(letter)).unwrap_or(line.len());
    let name = line.get(..end)?.to_ascii_lowercase();
    (!name.is_empty() && !name.starts_with('-')).then_some(name)
}

/// Modules by their paths, without the version that may end them.
fn go(text: &str) -> Package {
    let modules = text.lines().filter_map(|line| {
        let line = line.trim().trim_start_matches("require").trim();
        let (name, version) = line.split_once(' ')?;
        let name = name.trim_end_matches(|letter: char| letter.is_ascii_digit()).trim_end_matches("/v");
        version.starts_with('v').then(|| name.to_owned())
    });
    Package { dependencies: modules.collect(), ..Package::default() }
}

/// A whole XML reader for three elements would be out of proportion; what a comment holds does no harm here.
fn maven(text: &str) -> Package {
    let element = |text: &str, name: &str| {
        let (_, rest) = text.split_once(&format!("<{name}>"))?;
        Some(rest.split_once(&format!("</{name}>"))?.0.trim().to_owned())
    };
    let parts = text.split("<dependency>").skip(1).chain(text.split("<parent>").skip(1));
    Package {
        description: element(text, "description"),
        licence: text.split_once("<licenses>").and_then(|(_, rest)| element(rest, "name")),
        dependencies: parts.filter_map(|part| element(part, "artifactId")).collect(),
    }
}

/// The first quoted text of lines that begin with a word; of a Maven coordinate its last name.
fn quoted_after(text: &str, words: &[&str]) -> Package {
    let names = text.lines().map(str::trim).filter(|line| words.iter().any(|word| line.starts_with(word)));
    let dependencies = names.filter_map(|line| {
        let start = line.find(['"', '\''])?;
        let quote = line[start..].chars().next()?;
        let name = line[start + 1..].split(quote).next()?;
        Some(name.split(':').nth(1).unwrap_or(name).to_owned())
    });
    Package { dependencies: dependencies.collect(), ..Package::default() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_manifest_says_what_it_depends_on() {
        for (name, text, dependency) in [
            ("package.json", r#"{"devDependencies": {"vite": "8"}}"#, "vite"),
            ("composer.json", r#"{"require": {"laravel/framework": "^12"}}"#, "laravel/framework"),
            ("deno.json", r#"{"imports": {"hono": "npm:hono@4"}}"#, "hono"),
            ("Cargo.toml", "[workspace.dependencies]\ntokio = '1'", "tokio"),
            ("pyproject.toml", "[project]\ndependencies = ['FastAPI[all]>=0.1']", "fastapi"),
            ("pyproject.toml", "[tool.poetry.dependencies]\ndjango = '^5'", "django"),
            ("requirements.txt", "# tools\nFlask==3.0 # web", "flask"),
            ("go.mod", "module x\nrequire (\n\tgithub.com/labstack/echo/v4 v4.13.0\n)", "github.com/labstack/echo"),
            (
                "pom.xml",
                "<parent><artifactId>spring-boot-starter-parent</artifactId></parent>",
                "spring-boot-starter-parent",
            ),
            ("Gemfile", "gem 'rails', '~> 8'", "rails"),
            ("build.gradle.kts", "  implementation(\"io.ktor:ktor-server-core:3\")", "ktor-server-core"),
        ] {
            let package = Package::parse(name, text).expect("parses");
            assert_eq!(package.dependencies, [dependency], "{name}");
        }
        assert!(Package::parse("package.json", "[1").is_err());
        assert_eq!(Package::parse("package.json", "[1]"), Ok(Package::default()), "of another shape: says nothing");
    }
}
