//! The demo's arguments, written out instead of derived.
//!
//! `--data-dir` is a global option too, and clap hands a global's value down even when it came from
//! `ALLCLEAR_DATA_DIR`. Made-up data must not land in somebody's data folder because a variable was set, so only a
//! folder named on the command line counts.

use std::path::PathBuf;

use clap::parser::ValueSource;
use clap::{Arg, ArgMatches, Args, Command, FromArgMatches, value_parser};

/// Where the demo goes unless told otherwise, in the current folder.
const DEFAULT_FOLDER: &str = "allclear-demo";
/// Clap's name for the option, the same as the global one's: where both are, they are one option.
const DATA_DIR: &str = "data_dir";

/// Where to make the demo.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DemoArgs {
    /// The folder to make.
    pub data_dir: PathBuf,
}

impl Args for DemoArgs {
    fn augment_args(command: Command) -> Command {
        let help = format!("The folder to make: new, empty, or an earlier demo [default: {DEFAULT_FOLDER}]");
        let value = value_parser!(PathBuf);
        command.arg(Arg::new(DATA_DIR).long("data-dir").value_name("D").value_parser(value).help(help))
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

impl FromArgMatches for DemoArgs {
    fn from_arg_matches(matches: &ArgMatches) -> Result<DemoArgs, clap::Error> {
        let named = matches.value_source(DATA_DIR) == Some(ValueSource::CommandLine);
        let named = named.then(|| matches.get_one::<PathBuf>(DATA_DIR)).flatten();
        Ok(DemoArgs { data_dir: named.cloned().unwrap_or_else(|| PathBuf::from(DEFAULT_FOLDER)) })
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = DemoArgs::from_arg_matches(matches)?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    #[test]
    fn only_a_folder_named_on_the_command_line_counts() {
        let global = Arg::new(DATA_DIR).long("data-dir").global(true).default_value("data");
        let command = Command::new("allclear").arg(global.value_parser(value_parser!(PathBuf)));
        let command = command.subcommand(DemoArgs::augment_args(Command::new("demo")));
        let parse = |words: &str| {
            let matches = command.clone().get_matches_from(words.split(' '));
            let (_, matches) = matches.subcommand().expect("a subcommand");
            DemoArgs::from_arg_matches(matches).expect("arguments").data_dir
        };
        assert_eq!(parse("allclear demo"), Path::new("allclear-demo"));
        assert_eq!(parse("allclear demo --data-dir x"), Path::new("x"));
        assert_eq!(parse("allclear --data-dir x demo"), Path::new("x"));
    }
}
