//! Where a command writes its table: standard output, or a file that gets its name when it is whole.

use std::fs::File;
use std::io::{self, BufWriter, IsTerminal, StdoutLock, Write};
use std::path::{Path, PathBuf};

use anyhow::Context;

/// Something to write to.
pub(in crate::cli) enum Target {
    Screen(BufWriter<StdoutLock<'static>>),
    File { writer: BufWriter<File>, written: Unfinished, name: PathBuf },
}

/// A file that goes unless it is kept.
pub(in crate::cli) struct Unfinished(PathBuf);

impl Drop for Unfinished {
    fn drop(&mut self) {
        // When it was kept, it has another name by now.
        let _ = std::fs::remove_file(&self.0);
    }
}

impl Target {
    /// Opens the file, or standard output.
    pub(in crate::cli) fn open(file: Option<&Path>) -> anyhow::Result<Target> {
        let Some(file) = file else { return Ok(Target::Screen(BufWriter::new(io::stdout().lock()))) };
        let last = file.file_name().with_context(|| format!("{} is no name of a file", file.display()))?;
        let mut part = std::ffi::OsString::from(".");
        part.push(last);
        part.push(format!(".{}.part", std::process::id()));
        let part = file.with_file_name(part);
        let open = File::create_new(&part).with_context(|| format!("writing {}", file.display()))?;
        let written = Unfinished(part);
        Ok(Target::File { writer: BufWriter::new(open), written, name: file.to_owned() })
    }

    /// Gives the file its name; without `force` never that of another one.
    pub(in crate::cli) fn keep(mut self, force: bool) -> anyhow::Result<()> {
        self.flush()?;
        if let Target::File { writer, written, name } = &self {
            writer.get_ref().sync_all()?;
            if !force {
                // Takes the name, so that nobody else's file is replaced.
                File::create_new(name).with_context(|| format!("writing {}", name.display()))?;
            }
            std::fs::rename(&written.0, name).with_context(|| format!("writing {}", name.display()))?;
        }
        Ok(())
    }

    /// Whether somebody reads along.
    pub(in crate::cli) fn is_terminal(&self) -> bool {
        matches!(self, Target::Screen(_)) && io::stdout().is_terminal()
    }
}

impl Write for Target {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Target::Screen(writer) => writer.write(bytes),
            Target::File { writer, .. } => writer.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Target::Screen(writer) => writer.flush(),
            Target::File { writer, .. } => writer.flush(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_gets_its_name_when_it_is_whole_and_no_other_loses_its_own() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("usage.csv");
        let names = || std::fs::read_dir(folder.path()).expect("reads").count();
        let write = |text: &str| {
            let mut target = Target::open(Some(&file)).expect("opens");
            target.write_all(text.as_bytes()).expect("writes");
            target
        };
        drop(write("half"));
        assert_eq!(names(), 0, "half a file is none");
        write("first").keep(false).expect("is kept");
        assert!(write("second").keep(false).is_err());
        assert_eq!(std::fs::read_to_string(&file).expect("reads"), "first");
        write("third").keep(true).expect("replaces it");
        assert_eq!((names(), std::fs::read_to_string(&file).expect("reads").as_str()), (1, "third"));
    }
}
