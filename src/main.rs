//! The server and command-line program; the browser build has no main.

#[cfg(feature = "ssr")]
fn main() -> std::process::ExitCode {
    allclear::cli::main()
}

#[cfg(not(feature = "ssr"))]
fn main() {}
