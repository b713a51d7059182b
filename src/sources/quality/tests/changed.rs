//! What a second reading opens: what changed, and no more.

use super::*;
use crate::sources::quality;

/// Makes listings old enough to be trusted.
fn settle(project: &Project, folders: &[&str]) {
    for folder in folders {
        let long_ago = SystemTime::now() - Duration::from_secs(3600);
        File::open(project.path().join(folder)).and_then(|file| file.set_modified(long_ago)).expect("ages");
    }
}

#[test]
fn what_changed_is_seen_and_what_did_not_is_not_read_again() {
    let project = Project::new();
    project.write("src/a.ts", "// TODO").write("src/b.ts", "// TODO").write("coverage/lcov.info", LCOV);
    settle(&project, &["", "src", "coverage"]);
    let first = read(&project.path(), "shop", today(), None);
    let again = |before: &QualityReading| {
        let stamp = before.stamp.as_deref().expect("has a stamp");
        read(&project.path(), "shop", today(), Some(Previous { entry: &before.entry, stamp }))
    };
    let second = again(&first);
    assert_eq!((&second.entry, &second.stamp), (&first.entry, &first.stamp));

    // Proof that nothing is opened: a change no state betrays goes unseen.
    let path = project.path().join("src/a.ts");
    let times = fs::metadata(&path).expect("is there").modified().expect("has a time");
    fs::write(&path, "// HACK").expect("writes");
    File::options().write(true).open(&path).and_then(|file| file.set_modified(times)).expect("sets it back");
    assert_eq!(again(&first).entry.markers, first.entry.markers);

    // An edit in place changes no listing, a new file no other file.
    project.write_aged("src/b.ts", "// FIXME: longer", 2);
    let third = again(&first);
    assert_eq!(third.entry.markers, Some(Markers { todo: 0, fixme: 1, hack: 1 }));
    project.write("src/deep/c.ts", "// HACK");
    assert_eq!(again(&third).entry.markers.map(|markers| markers.hack), Some(2));
    project.write(".gitignore", "deep\n");
    let fourth = again(&third);
    assert_eq!(fourth.entry.markers.map(|markers| markers.hack), Some(1));
    project.write_aged("coverage/lcov.info", "SF:a.ts\nDA:1,1\nend_of_record\n", 0);
    assert_eq!(again(&fourth).entry.coverage.frontend, Some(Ratio { covered: 1, total: 1 }));
    let tomorrow = today() + chrono::TimeDelta::days(1);
    let next = Previous { entry: &first.entry, stamp: first.stamp.as_deref().expect("has a stamp") };
    assert_eq!(read(&project.path(), "shop", tomorrow, Some(next)).entry.date, tomorrow);
}

#[test]
fn a_large_tree_is_looked_at_once_an_hour_or_when_git_says_so() {
    let project = Project::new();
    for number in 0..2_001 {
        project.write(&format!("src/{number}.ts"), "");
    }
    project.write(".git/index", "");
    settle(&project, &["", "src"]);
    let first = read(&project.path(), "shop", today(), None);
    let markers = |stamp: &[u8]| {
        let previous = Some(Previous { entry: &first.entry, stamp });
        read(&project.path(), "shop", today(), previous).entry.markers.map(|markers| markers.todo)
    };
    let stamp = first.stamp.clone().expect("has a stamp");
    project.write_aged("src/7.ts", "// TODO", 2);
    assert_eq!(markers(&stamp), Some(0), "nobody asked for the state of two thousand files");
    let mut hours_ago = Stamp::decode(&stamp).expect("is one");
    hours_ago.tree.looked -= 3_600_000_000_000;
    assert_eq!(markers(&hours_ago.encode()), Some(1));
    project.write(".git/index", "another");
    assert_eq!(markers(&stamp), Some(1));
}

#[test]
fn a_large_tree_is_counted_part_by_part_and_has_no_count_until_all_of_it_is() {
    let project = Project::new();
    for number in 0..2_100 {
        project.write(&format!("src/{}/{number}.ts", number % 7), "// TODO");
    }
    settle(&project, &["", "src", "src/0", "src/1", "src/2", "src/3", "src/4", "src/5", "src/6"]);
    let part = |before: Option<&QualityReading>| {
        let previous = before
            .map(|before| Previous { entry: &before.entry, stamp: before.stamp.as_deref().expect("has a stamp") });
        quality::read(&project.path(), "shop", today(), previous, &Allowance::of(700))
    };
    let first = part(None);
    assert_eq!((first.entry.markers, first.waiting), (None, 1_200), "700 and the rest of a folder");
    assert_eq!(first.entry.notes, ["Open issues are being counted: 900 of 2100 source files are searched"]);
    let second = part(Some(&first));
    assert_eq!((second.entry.markers, second.waiting), (None, 300));
    let third = part(Some(&second));
    let whole = read(&project.path(), "shop", today(), None);
    assert_eq!((third.entry.markers, third.waiting), (whole.entry.markers, 0));
    assert_eq!(third.entry.markers.map(|markers| markers.todo), Some(2_100));
    assert!(third.entry.notes.is_empty(), "{:?}", third.entry.notes);
}

#[test]
fn a_small_tree_is_counted_at_once_however_little_is_allowed() {
    let project = Project::new();
    project.write("a.ts", "// TODO");
    let reading = quality::read(&project.path(), "shop", today(), None, &Allowance::of(0));
    assert_eq!((reading.entry.markers.map(|markers| markers.todo), reading.waiting), (Some(1), 0));
}

/// Permissions mean nothing to root: what a reading leaves behind that was refused something is made by hand.
fn read_after(project: &Project, refused: impl FnOnce(&mut Stamp)) -> QualityEntry {
    let first = read(&project.path(), "shop", today(), None);
    let mut stamp = Stamp::decode(first.stamp.as_deref().expect("has a stamp")).expect("is one");
    refused(&mut stamp);
    let stamp = stamp.encode();
    read(&project.path(), "shop", today(), Some(Previous { entry: &first.entry, stamp: &stamp })).entry
}

#[test]
fn what_could_not_be_read_is_tried_again_though_no_time_changed() {
    let project = Project::new();
    project.write("src/a.ts", "// TODO").write("secret/b.ts", "// TODO");
    settle(&project, &["", "src", "secret"]);
    let by_times = read_after(&project, |stamp| stamp.tree.folders.retain(|folder| folder.path != "secret"));
    assert_eq!(by_times.markers, Some(Markers { todo: 1, ..Markers::default() }), "times alone tell nothing");
    let listed_again = read_after(&project, |stamp| {
        stamp.tree.folders.retain(|folder| folder.path != "secret");
        stamp.tree.problems.push("secret cannot be read".to_owned());
    });
    assert_eq!(listed_again.markers, Some(Markers { todo: 2, ..Markers::default() }));
    assert_eq!(listed_again.notes, Vec::<String>::new());
}
