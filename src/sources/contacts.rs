//! A list of contacts out of a CSV file, as a spreadsheet or another program saves it. Pure.
//!
//! Columns are recognised by their headings, or named by the user. A row that cannot be meant is left out and told of;
//! the others are taken. Cells are text and stay text: nothing in one is ever run, here or in what is exported.

use std::collections::HashMap;

use crate::model::{Contact, ContactBook, Taken};

/// A client's contacts in all; more are not looked through for one that resembles.
pub const CONTACTS_MAX: usize = 20_000;
/// A row has three cells of a few dozen letters.
pub const BYTES_MAX: u64 = 8 << 20;
/// Problems that are told of one by one.
const TOLD: usize = 10;
/// A heading, in a message.
const HEADING_MAX: usize = 40;

const FIELDS: [(&str, &[&str]); 5] = [
    ("name", &["name", "full name", "contact", "contact name", "customer", "customer name", "display name", "guest"]),
    ("first", &["first", "first name", "firstname", "given name"]),
    ("last", &["last", "last name", "lastname", "surname", "family name"]),
    ("email", &["email", "e mail", "mail", "email address", "e mail address", "email 1 value"]),
    ("phone", &["phone", "telephone", "tel", "mobile", "cell", "phone number", "mobile phone", "phone 1 value"]),
];

/// A list as it was read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ContactList {
    /// Each person once.
    pub contacts: Vec<Contact>,
    pub rows: usize,
    /// Rows that say more of somebody who is there already.
    pub merged: usize,
    /// Headings, and what each is taken for; `None` for those that are not read.
    pub columns: Vec<(String, Option<&'static str>)>,
    /// Rows that are left out.
    pub bad: usize,
    /// What is wrong with rows, the first ones.
    pub problems: Vec<String>,
}

/// Reads a list. `columns` are what the user names: `Kunde=name`.
///
/// # Errors
/// When it is no text, has no heading that tells a mail address or a telephone, or is too long.
pub fn read_contacts(client: &str, bytes: &[u8], columns: &[String]) -> Result<ContactList, String> {
    let text = std::str::from_utf8(bytes)
        .map_err(|_| "It is no text in UTF-8: save it as “CSV UTF-8” and try again.".to_owned())?;
    // The reader counts lines by their last byte, and a form sends two: it would name the line before.
    let text = text.trim_start_matches('\u{feff}').replace("\r\n", "\n");
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(delimiter(&text))
        .flexible(true)
        .trim(csv::Trim::All)
        .from_reader(text.as_bytes());
    let headings = reader.headers().map_err(|error| error.to_string())?.clone();
    let meaning = meaning(&headings, &named(columns)?)?;
    let shown = |heading: &str| heading.chars().filter(|letter| !letter.is_control()).take(HEADING_MAX).collect();
    let mut list = ContactList {
        columns: headings.iter().map(shown).zip(meaning.iter().copied()).collect(),
        ..ContactList::default()
    };
    let mut book = ContactBook::default();
    for record in reader.records() {
        let record = record.map_err(|error| format!("It cannot be read as CSV: {error}."))?;
        if record.iter().all(str::is_empty) {
            continue;
        }
        list.rows += 1;
        let line = record.position().map_or(0, csv::Position::line);
        let cell = |field: &str| {
            let at = meaning.iter().position(|meant| *meant == Some(field));
            at.and_then(|at| record.get(at)).map(plain).unwrap_or_default()
        };
        match contact(client, cell) {
            Ok(contact) => take(&mut book, &contact, line, &mut list),
            Err(problem) => {
                list.bad += 1;
                tell(&mut list, line, &problem);
            }
        }
        if book.contacts().len() > CONTACTS_MAX {
            return Err(format!("It names more than {CONTACTS_MAX} people, which is the most a client can have."));
        }
    }
    list.contacts = book.contacts().to_vec();
    Ok(list)
}

fn take(book: &mut ContactBook, contact: &Contact, line: u64, list: &mut ContactList) {
    let (at, taken) = book.take(contact);
    if taken == Taken::Added {
        return;
    }
    list.merged += 1;
    let other = book.contacts().get(at).is_some_and(|known| !contact.phone.is_empty() && known.phone != contact.phone);
    if other {
        tell(list, line, &format!("{} has another telephone above, which is kept.", contact.email));
    }
}

fn tell(list: &mut ContactList, line: u64, problem: &str) {
    if list.problems.len() < TOLD {
        list.problems.push(format!("Line {line}: {problem}"));
    }
}

/// Without a name somebody is called by the address or the number. Without both, nobody could be told apart.
fn contact(client: &str, cell: impl Fn(&str) -> String) -> Result<Contact, String> {
    let (email, phone) = (cell("email"), cell("phone"));
    if email.is_empty() && phone.is_empty() {
        return Err("it has neither an email address nor a telephone, so no order could be matched to it.".to_owned());
    }
    let names = [cell("name"), cell("first"), cell("last")];
    let name = match &names {
        [name, ..] if !name.is_empty() => name.clone(),
        [_, first, last] => [first.as_str(), last].join(" ").trim().to_owned(),
    };
    let name = [name, email.clone(), phone.clone()].into_iter().find(|name| !name.is_empty()).unwrap_or_default();
    Contact::typed(client, &name, &email, &phone)
}

/// A cell's text, without the apostrophe that an export puts before what a spreadsheet would run.
fn plain(cell: &str) -> String {
    let guarded = cell.strip_prefix('\'').filter(|rest| rest.starts_with(['=', '+', '-', '@']));
    guarded.unwrap_or(cell).trim().to_owned()
}

/// What stands most often in the line of headings.
fn delimiter(text: &str) -> u8 {
    let headings = text.lines().next().unwrap_or_default();
    let count = |mark: u8| headings.bytes().filter(|byte| *byte == mark).count();
    [b';', b'\t'].into_iter().max_by_key(|mark| count(*mark)).filter(|mark| count(*mark) > count(b',')).unwrap_or(b',')
}

fn key(heading: &str) -> String {
    let letters = heading.trim().to_lowercase();
    letters.split(['_', '-', ' ']).filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

fn named(columns: &[String]) -> Result<HashMap<String, &'static str>, String> {
    let field = |text: &String| {
        let (column, field) =
            text.split_once('=').ok_or_else(|| format!("“{text}” is not written COLUMN=FIELD, such as Kunde=name."))?;
        let known = FIELDS.iter().find(|(name, _)| *name == field.trim());
        let (field, _) = known.ok_or_else(|| {
            let names = FIELDS.map(|(name, _)| name).join(", ");
            format!("There is no field “{}”; the fields are {names}.", field.trim())
        })?;
        Ok((key(column), *field))
    };
    columns.iter().map(field).collect()
}

/// What each column means; the first of several that mean the same counts.
fn meaning(
    headings: &csv::StringRecord,
    named: &HashMap<String, &'static str>,
) -> Result<Vec<Option<&'static str>>, String> {
    if let Some(unknown) = named.keys().find(|wanted| !headings.iter().any(|heading| key(heading) == **wanted)) {
        return Err(format!("There is no column “{unknown}”."));
    }
    let mut meaning: Vec<Option<&'static str>> =
        headings.iter().map(|heading| named.get(&key(heading)).copied()).collect();
    for (at, heading) in headings.iter().enumerate() {
        let known = FIELDS.iter().find(|(_, names)| names.contains(&key(heading).as_str()));
        if let Some((field, _)) = known
            && meaning.get(at) == Some(&None)
            && !meaning.contains(&Some(*field))
        {
            meaning[at] = Some(*field);
        }
    }
    if meaning.iter().any(|meant| matches!(meant, Some("email" | "phone"))) {
        return Ok(meaning);
    }
    let found: Vec<String> = headings.iter().map(|heading| heading.chars().take(HEADING_MAX).collect()).collect();
    Err(format!(
        "No column is called email or phone: the first line says {}. Put the headings name, email and phone there.",
        found.join(", ")
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> ContactList {
        read_contacts("bistro", text.as_bytes(), &[]).expect("reads")
    }

    fn told(list: &ContactList) -> Vec<(&str, &str, &str)> {
        list.contacts.iter().map(|one| (one.name.as_str(), one.email.as_str(), one.phone.as_str())).collect()
    }

    #[test]
    fn a_list_is_read_as_spreadsheets_of_any_country_save_it() {
        let rows =
            "\u{feff}E-Mail;First Name;Last Name;Mobile\r\nANA@example.com;Ana;López;+1 (555) 010-4477\r\n;;;\r\n";
        assert_eq!(told(&read(rows)), [("Ana López", "ana@example.com", "15550104477")]);
        assert_eq!(told(&read("name\temail\nBen\tben@example.com")), [("Ben", "ben@example.com", "")]);
        assert_eq!(told(&read("email\ncleo@example.com")), [("cleo@example.com", "cleo@example.com", "")]);
        let named = ["Kunde=name".to_owned(), "Anschrift=email".to_owned()];
        let list = read_contacts("bistro", "Kunde,Anschrift,Ort\nDora,d@x.com,Bonn".as_bytes(), &named).expect("reads");
        assert_eq!(told(&list), [("Dora", "d@x.com", "")]);
        assert_eq!(list.columns[2], ("Ort".to_owned(), None));
    }

    #[test]
    fn a_person_who_stands_there_twice_is_one_and_what_is_lost_by_it_is_told() {
        let list = read(
            "name,email,phone\nAna,ana@example.com,\nAna L.,ANA@example.com,5550104477\nAna,ana@example.com,5550100000\nBen,ben@example.com,5550104477\n",
        );
        assert_eq!(told(&list), [("Ana", "ana@example.com", "5550104477"), ("Ben", "ben@example.com", "5550104477")]);
        assert_eq!((list.rows, list.merged, list.bad), (4, 2, 0));
        assert_eq!(list.problems, ["Line 4: ana@example.com has another telephone above, which is kept."]);
    }

    #[test]
    fn a_row_that_cannot_be_meant_is_left_out_and_takes_no_other_with_it() {
        let rows = "name,email,phone\nAna,ana at example,\nBen,,\nCleo,cleo@example.com,12\nDora,dora@example.com,\n";
        // As a file has them, and as a browser sends what was typed.
        for rows in [rows.to_owned(), rows.replace('\n', "\r\n")] {
            let list = read(&rows);
            assert_eq!(told(&list), [("Dora", "dora@example.com", "")]);
            assert_eq!((list.bad, list.problems.len()), (3, 3));
            assert!(list.problems[0].starts_with("Line 2: “ana at example” is no email"), "{:?}", list.problems);
            assert!(list.problems[2].starts_with("Line 4: "), "{:?}", list.problems);
        }
    }

    #[test]
    fn a_formula_is_a_name_and_what_an_export_guarded_is_what_it_was() {
        let list = read("name,email\n=HYPERLINK(1),a@example.com\n'=SUM(1),b@example.com\n'quoted,c@example.com\n");
        let names: Vec<&str> = list.contacts.iter().map(|contact| contact.name.as_str()).collect();
        assert_eq!(names, ["=HYPERLINK(1)", "=SUM(1)", "'quoted"]);
    }

    #[test]
    fn what_is_no_list_is_said_to_be_none_with_the_remedy() {
        for (bytes, columns, said) in [
            (&b"\xff\xfe"[..], vec![], "CSV UTF-8"),
            (b"", vec![], "No column is called email or phone"),
            (b"name,town\nAna,Bonn", vec![], "the first line says name, town"),
            (b"a,b\n1,2", vec!["a"], "not written COLUMN=FIELD"),
            (b"a,b\n1,2", vec!["a=mail"], "the fields are name"),
            (b"a,b\n1,2", vec!["c=email"], "no column “c”"),
        ] {
            let columns: Vec<String> = columns.into_iter().map(str::to_owned).collect();
            let problem = read_contacts("bistro", bytes, &columns).expect_err("is refused");
            assert!(problem.contains(said), "{problem}");
        }
        let many: String = (0..=CONTACTS_MAX).map(|at| format!("{at}@example.com\n")).collect();
        assert!(read_contacts("bistro", format!("email\n{many}").as_bytes(), &[]).is_err());
    }
}
