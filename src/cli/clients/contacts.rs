//! `allclear clients contacts`: a client's contacts, in from a CSV file and out as one.

use std::io::Read;
use std::path::PathBuf;

use anyhow::Context;
use clap::Subcommand;

use crate::cli::{print, say};
use crate::export::{CONTACTS, Format, Sheet, contact_row};
use crate::sources::contacts::{BYTES_MAX, CONTACTS_MAX, ContactList, read_contacts};
use crate::store::{ContactsImported, ImportMode};
use crate::sync::Engine;

#[derive(Clone, Debug, Subcommand)]
pub(in crate::cli) enum Action {
    /// Add contacts out of a CSV file with the headings name, email and phone, and match orders that are nobody's
    Import {
        /// The client's id
        client: String,
        /// The file; - is standard input
        file: PathBuf,
        /// Say what would be done, and do nothing
        #[arg(long)]
        dry_run: bool,
        /// Which column means what, such as Kunde=name (repeatable); the fields are name, first, last, email, phone
        #[arg(long = "map", value_name = "COLUMN=FIELD")]
        columns: Vec<String>,
    },
    /// Print the contacts as CSV
    Export {
        /// The client's id
        client: String,
    },
}

pub(in crate::cli) async fn act(engine: &Engine, action: Action) -> anyhow::Result<()> {
    match action {
        Action::Import { client, file, dry_run, columns } => {
            let client = super::client(engine, &client).await?;
            let list = read_contacts(&client.id, &bytes_of(&file)?, &columns)
                .map_err(|problem| anyhow::anyhow!("{}: {problem}", file.display()))?;
            let mode = if dry_run { ImportMode::Try } else { ImportMode::Keep };
            let now_ms = engine.clock.now().timestamp_millis();
            let done = engine.store.import_contacts(&client.id, &list.contacts, CONTACTS_MAX, mode, now_ms).await?;
            anyhow::ensure!(
                !done.too_many,
                "with this list {} would have more than {CONTACTS_MAX} contacts",
                client.id
            );
            for problem in &list.problems {
                say(problem);
            }
            print(&told(&done, &list, dry_run))
        }
        Action::Export { client } => {
            let client = super::client(engine, &client).await?;
            let contacts = engine.store.contacts_of(&client.id).await?;
            let (mut out, mut sheet) = (Vec::new(), Sheet::new(Format::Csv, CONTACTS));
            sheet.begin(&mut out, &[])?;
            sheet.rows(&mut out, contacts.iter().map(contact_row))?;
            sheet.end(&mut out)?;
            print(String::from_utf8(out)?.trim_end())
        }
    }
}

fn bytes_of(file: &std::path::Path) -> anyhow::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let reading = || format!("reading {}", file.display());
    if file.as_os_str() == "-" {
        std::io::stdin().take(BYTES_MAX + 1).read_to_end(&mut bytes).with_context(reading)?;
    } else {
        std::fs::File::open(file)
            .and_then(|open| open.take(BYTES_MAX + 1).read_to_end(&mut bytes))
            .with_context(reading)?;
    }
    let fits = u64::try_from(bytes.len()).is_ok_and(|length| length <= BYTES_MAX);
    anyhow::ensure!(fits, "{} is larger than {} MB: no list of contacts", file.display(), BYTES_MAX >> 20);
    Ok(bytes)
}

fn told(done: &ContactsImported, list: &ContactList, dry_run: bool) -> String {
    let columns: Vec<String> =
        list.columns.iter().map(|(heading, field)| format!("{heading}: {}", field.unwrap_or("not read"))).collect();
    let start = if dry_run { "Nothing was stored. It would be so:" } else { "Done:" };
    format!(
        "Columns: {}\n{start} {} added, {} completed, {} known already; rows merged: {}, left out: {}; orders that were \
         nobody's and are matched now: {}.",
        columns.join(", "),
        done.added,
        done.completed,
        done.known,
        list.merged,
        list.bad,
        done.matched
    )
}
