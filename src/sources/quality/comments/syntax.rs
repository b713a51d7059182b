//! How languages write comments and strings: as much as it takes to tell the two apart.

/// A comment to the end of its line.
#[derive(Clone, Copy, Debug)]
pub(super) struct Line {
    pub open: &'static [u8],
    /// Opens only at the start of a word: `#` in `$#` or `a#b` is none.
    pub stands_apart: bool,
}

/// A comment or a string between two marks.
#[derive(Clone, Copy, Debug)]
pub(super) struct Delimited {
    pub open: &'static [u8],
    pub close: &'static [u8],
    pub nests: bool,
    pub escapes: bool,
    pub spans_lines: bool,
}

/// The comments and strings of a language. What comes first is tried first.
#[derive(Clone, Copy, Debug)]
pub struct Syntax {
    pub(super) lines: &'static [Line],
    pub(super) blocks: &'static [Delimited],
    pub(super) strings: &'static [Delimited],
    /// Has raw strings with counted marks, and lifetimes that look like characters.
    pub(super) rust: bool,
}

const fn line(open: &'static [u8]) -> Line {
    Line { open, stands_apart: false }
}

const fn word(open: &'static [u8]) -> Line {
    Line { open, stands_apart: true }
}

const fn block(open: &'static [u8], close: &'static [u8]) -> Delimited {
    Delimited { open, close, nests: false, escapes: false, spans_lines: true }
}

const fn nested(open: &'static [u8], close: &'static [u8]) -> Delimited {
    Delimited { open, close, nests: true, escapes: false, spans_lines: true }
}

/// A string that ends with its line at the latest.
const fn short(mark: &'static [u8]) -> Delimited {
    Delimited { open: mark, close: mark, nests: false, escapes: true, spans_lines: false }
}

const fn long(mark: &'static [u8]) -> Delimited {
    Delimited { open: mark, close: mark, nests: false, escapes: true, spans_lines: true }
}

const fn raw(open: &'static [u8], close: &'static [u8]) -> Delimited {
    Delimited { open, close, nests: false, escapes: false, spans_lines: true }
}

const SLASHES: Line = line(b"//");
const STARS: Delimited = block(b"/*", b"*/");
const NESTED_STARS: Delimited = nested(b"/*", b"*/");
const TAGS: Delimited = block(b"<!--", b"-->");
const TRIPLE: Delimited = long(b"\"\"\"");
const DOUBLE: Delimited = short(b"\"");
const SINGLE: Delimited = short(b"'");

const fn syntax(lines: &'static [Line], blocks: &'static [Delimited], strings: &'static [Delimited]) -> Syntax {
    Syntax { lines, blocks, strings, rust: false }
}

static C: Syntax = syntax(&[SLASHES], &[STARS], &[DOUBLE, SINGLE]);
static RUST: Syntax = Syntax { lines: &[SLASHES], blocks: &[NESTED_STARS], strings: &[long(b"\"")], rust: true };
static SCRIPT: Syntax = syntax(&[SLASHES], &[STARS], &[long(b"`"), DOUBLE, SINGLE]);
static GO: Syntax = syntax(&[SLASHES], &[STARS], &[raw(b"`", b"`"), DOUBLE, SINGLE]);
static CSHARP: Syntax = syntax(&[SLASHES], &[STARS], &[TRIPLE, raw(b"@\"", b"\""), DOUBLE, SINGLE]);
static JAVA: Syntax = syntax(&[SLASHES], &[STARS], &[TRIPLE, DOUBLE, SINGLE]);
static KOTLIN: Syntax = syntax(&[SLASHES], &[NESTED_STARS], &[TRIPLE, DOUBLE, SINGLE]);
static SWIFT: Syntax = syntax(&[SLASHES], &[NESTED_STARS], &[TRIPLE, DOUBLE]);
static ZIG: Syntax = syntax(&[SLASHES], &[], &[DOUBLE, SINGLE]);
static PHP: Syntax = syntax(&[SLASHES, word(b"#")], &[STARS, TAGS], &[long(b"\""), long(b"'")]);
static CSS: Syntax = syntax(&[], &[STARS], &[DOUBLE, SINGLE]);
static SCSS: Syntax = syntax(&[word(b"//")], &[STARS], &[DOUBLE, SINGLE]);
static MARKUP: Syntax = syntax(&[], &[TAGS], &[]);
/// Markup with script and style in it.
static COMPONENT: Syntax = syntax(&[word(b"//")], &[TAGS, STARS], &[long(b"`"), DOUBLE, SINGLE]);
static PYTHON: Syntax = syntax(&[line(b"#")], &[], &[TRIPLE, long(b"'''"), DOUBLE, SINGLE]);
static SHELL: Syntax = syntax(&[word(b"#")], &[], &[long(b"\""), raw(b"'", b"'")]);
static HASH: Syntax = syntax(&[word(b"#")], &[], &[DOUBLE, SINGLE]);
static RUBY: Syntax = syntax(&[word(b"#")], &[block(b"\n=begin", b"\n=end")], &[long(b"\""), long(b"'")]);
static POWERSHELL: Syntax = syntax(&[word(b"#")], &[block(b"<#", b"#>")], &[DOUBLE, SINGLE]);
static TERRAFORM: Syntax = syntax(&[word(b"#"), SLASHES], &[STARS], &[DOUBLE]);
static NIX: Syntax = syntax(&[word(b"#")], &[STARS], &[raw(b"''", b"''"), long(b"\"")]);
static SQL: Syntax = syntax(&[line(b"--")], &[STARS], &[raw(b"'", b"'"), raw(b"\"", b"\"")]);
static LUA: Syntax = syntax(&[line(b"--")], &[block(b"--[[", b"]]")], &[raw(b"[[", b"]]"), DOUBLE, SINGLE]);
static HASKELL: Syntax = syntax(&[line(b"--")], &[nested(b"{-", b"-}")], &[DOUBLE]);
static LISP: Syntax = syntax(&[line(b";")], &[nested(b"#|", b"|#")], &[long(b"\"")]);
static PERCENT: Syntax = syntax(&[line(b"%")], &[], &[DOUBLE]);
static ELIXIR: Syntax = syntax(&[word(b"#")], &[], &[TRIPLE, DOUBLE]);
static OCAML: Syntax = syntax(&[], &[nested(b"(*", b"*)")], &[long(b"\"")]);
static FSHARP: Syntax = syntax(&[SLASHES], &[nested(b"(*", b"*)")], &[TRIPLE, DOUBLE]);
static JULIA: Syntax = syntax(&[line(b"#")], &[nested(b"#=", b"=#")], &[TRIPLE, DOUBLE]);

/// Returns how a file's language writes comments, by its name; `None` when it is no source we know.
#[must_use]
pub fn syntax_of(name: &str) -> Option<&'static Syntax> {
    if let Some(known) = by_name(name) {
        return Some(known);
    }
    let (stem, extension) = name.rsplit_once('.')?;
    // What tools have put together is nobody's to-do list.
    if stem.is_empty() || stem.ends_with(".min") || stem.ends_with(".bundle") {
        return None;
    }
    by_extension(extension)
}

/// Whether comments are looked for in a file of this name.
#[must_use]
pub fn is_source(name: &str) -> bool {
    syntax_of(name).is_some()
}

fn by_name(name: &str) -> Option<&'static Syntax> {
    Some(match name {
        "Dockerfile" | "Containerfile" | "Makefile" | "GNUmakefile" | "makefile" | "CMakeLists.txt" | "Justfile"
        | "justfile" => &HASH,
        "Rakefile" | "Gemfile" => &RUBY,
        _ => return None,
    })
}

fn by_extension(extension: &str) -> Option<&'static Syntax> {
    Some(match extension {
        "rs" => &RUST,
        "js" | "jsx" | "mjs" | "cjs" | "ts" | "tsx" | "mts" | "cts" => &SCRIPT,
        "vue" | "svelte" | "astro" => &COMPONENT,
        "css" => &CSS,
        "scss" | "less" => &SCSS,
        "html" | "htm" | "xml" | "xhtml" | "xsl" => &MARKUP,
        "py" | "pyi" | "pyx" => &PYTHON,
        "go" => &GO,
        "c" | "h" | "cc" | "cpp" | "cxx" | "hpp" | "hh" | "m" | "mm" | "proto" | "glsl" | "wgsl" | "cu" | "d"
        | "sol" | "v" | "sv" => &C,
        "java" => &JAVA,
        "kt" | "kts" | "scala" | "sc" => &KOTLIN,
        "groovy" | "gradle" | "dart" => &JAVA,
        "cs" => &CSHARP,
        "swift" => &SWIFT,
        "zig" => &ZIG,
        "php" => &PHP,
        "rb" | "rake" => &RUBY,
        "sh" | "bash" | "zsh" | "fish" | "ksh" => &SHELL,
        "yaml" | "yml" | "toml" | "mk" | "cmake" | "pl" | "pm" | "r" | "R" | "graphql" | "gql" | "nim" | "cr" => &HASH,
        "ps1" | "psm1" => &POWERSHELL,
        "tf" | "hcl" => &TERRAFORM,
        "nix" => &NIX,
        "sql" => &SQL,
        "lua" => &LUA,
        "hs" | "elm" => &HASKELL,
        "clj" | "cljs" | "cljc" | "el" | "lisp" | "scm" => &LISP,
        "erl" | "hrl" | "tex" => &PERCENT,
        "ex" | "exs" => &ELIXIR,
        "ml" | "mli" => &OCAML,
        "fs" | "fsx" => &FSHARP,
        "jl" => &JULIA,
        _ => return None,
    })
}
