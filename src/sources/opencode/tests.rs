//! What stands in OpenCode's messages, in files and in its database.

use serde_json::json;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode};
use sqlx::{AssertSqlSafe, ConnectOptions, SqliteConnection};

use super::*;
use crate::model::{Basis, Usd};

const FILE: &str = "ses_1/msg_1.json";

fn document(change: impl FnOnce(&mut Value)) -> Value {
    let mut message = json!({"role": "assistant", "providerID": "anthropic", "modelID": "claude-opus-5-5", "cost": 0.0498,
        "path": {"cwd": "/home/dev/shop", "root": "/home/dev"},
        "tokens": {"input": 1200, "output": 900, "reasoning": 100, "cache": {"read": 40_000, "write": 3_500}},
        "time": {"created": 1_795_514_400_000_i64, "completed": 1_795_514_409_000_i64}});
    change(&mut message);
    message
}

fn one(text: &str) -> (Vec<UsageEvent>, Problems) {
    parse(FILE, text.as_bytes())
}

#[test]
fn a_message_says_what_it_used_and_what_it_cost() {
    let (events, bad) = one(&document(|_| {}).to_string());
    assert_eq!(bad.examples, Vec::<String>::new());
    let event = &events[0];
    assert_eq!((&*event.key, &*event.session, &*event.project), ("msg_1:", "ses_1", "/home/dev/shop"));
    let tokens = Tokens { input: 1200, cache_write_5m: 3500, cache_write_1h: 0, cache_read: 40_000, output: 1000 };
    assert_eq!(event.tokens, tokens);
    assert_eq!((event.cost, event.basis), (Usd::from_f64(0.0498), Basis::Reported));
    assert_eq!(event.at_ms, 1_795_514_400_000);
    // A subscription costs nothing by the message: then the price says what it would have cost.
    let (events, _) = one(&document(|message| message["cost"] = json!(0)).to_string());
    assert_eq!((events[0].cost, events[0].basis), (None, Basis::Unpriced));
    let named = document(|message| (message["id"], message["sessionID"]) = (json!("msg_9"), json!("ses_9")));
    let (events, _) = one(&named.to_string());
    assert_eq!((&*events[0].key, &*events[0].session), ("msg_9:", "ses_9"));
}

#[test]
fn what_used_nothing_is_no_message() {
    for message in [
        document(|message| message["role"] = json!("user")),
        document(|message| message["tokens"] = Value::Null),
        document(|message| {
            message["cost"] = json!(0);
            message["tokens"] = json!({"input": 0, "output": 0, "reasoning": 0, "cache": {"read": 0, "write": 0}});
        }),
    ] {
        assert_eq!((one(&message.to_string()).0.len(), one(&message.to_string()).1.count), (0, 0), "{message}");
    }
    assert_eq!(one("").1.count, 0);
}

#[test]
fn bad_messages_are_named() {
    for (text, reason) in [
        ("{\"role\":".to_owned(), "ends in the middle"),
        (document(|message| message["time"] = json!({"created": 1_795_514_400})).to_string(), "milliseconds"),
        (document(|message| message["cost"] = json!(-1)).to_string(), "cost is not a cost"),
        (document(|message| message["cost"] = json!("free")).to_string(), "cost is not a cost"),
        (document(|message| message["cost"] = json!(1e9)).to_string(), "cost is not a cost"),
        (document(|message| message["tokens"]["cache"]["read"] = json!(-1)).to_string(), "read is not a count"),
        (document(|message| message["tokens"] = json!([])).to_string(), "not an object"),
        (document(|message| message["modelID"] = json!("")).to_string(), "modelID is not a name"),
    ] {
        let (events, bad) = one(&text);
        assert_eq!((events.len(), bad.count), (0, 1), "{text}");
        assert!(bad.examples[0].contains(reason), "{:?}", bad.examples);
    }
}

/// The agent's side of the database.
async fn agent(path: &Path) -> SqliteConnection {
    let options = SqliteConnectOptions::new().filename(path).create_if_missing(true);
    let mut agent = options.journal_mode(SqliteJournalMode::Wal).connect().await.expect("opens");
    let tables = "CREATE TABLE IF NOT EXISTS session (id TEXT PRIMARY KEY, directory TEXT NOT NULL); \
                  CREATE TABLE IF NOT EXISTS message (id TEXT PRIMARY KEY, session_id TEXT NOT NULL, time_created INTEGER NOT NULL, \
                  data TEXT NOT NULL); INSERT OR IGNORE INTO session VALUES ('ses_1', '/home/dev/of-session')";
    sqlx::raw_sql(tables).execute(&mut agent).await.expect("makes tables");
    agent
}

async fn write(agent: &mut SqliteConnection, id: &str, created: i64, data: &str) {
    let sql = "INSERT INTO message VALUES ($1, 'ses_1', $2, $3) ON CONFLICT (id) DO UPDATE SET data = excluded.data";
    sqlx::query(AssertSqlSafe(sql)).bind(id).bind(created).bind(data).execute(agent).await.expect("writes");
}

const CREATED: i64 = 1_795_514_400_000;

#[tokio::test]
async fn the_database_is_read_while_it_is_written_and_never_changed() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("opencode.db");
    let mut agent = agent(&path).await;
    write(&mut agent, "msg_1", CREATED, &document(|message| message["path"] = Value::Null).to_string()).await;
    write(&mut agent, "msg_bad", CREATED, "{").await;
    let before = std::fs::read(&path).expect("reads");
    let first = database::read(&path, None).await.expect("is read").expect("is new");
    assert_eq!(std::fs::read(&path).expect("reads"), before, "not a byte is written");
    let events = &first.batch.events;
    assert_eq!((events.len(), &*events[0].key, &*events[0].project), (1, "msg_1:", "/home/dev/of-session"));
    assert_eq!(first.lines_bad.examples, ["opencode.db at message msg_bad: the text ends in the middle"]);
    let cursor = &first.batch.cursors[0];
    assert!(database::read(&path, Some(cursor)).await.expect("is looked at").is_none(), "nothing new");

    // An answer that grew, and a message that came from elsewhere with an old time.
    write(&mut agent, "msg_1", CREATED, &document(|message| message["tokens"]["output"] = json!(950)).to_string())
        .await;
    write(&mut agent, "msg_0", CREATED - 90 * 86_400_000, &document(|_| {}).to_string()).await;
    let second = database::read(&path, Some(cursor)).await.expect("is read").expect("is new");
    let mut keys: Vec<_> = second.batch.events.iter().map(|event| (&*event.key, event.tokens.output)).collect();
    keys.sort_unstable();
    assert_eq!(keys, [("msg_0:", 1000), ("msg_1:", 1050)]);

    // What is older than a day by the newest message is not read again.
    write(&mut agent, "msg_2", CREATED + 3 * 86_400_000, &document(|_| {}).to_string()).await;
    let third = database::read(&path, Some(&second.batch.cursors[0])).await.expect("is read").expect("is new");
    write(&mut agent, "msg_3", CREATED + 3 * 86_400_000, &document(|_| {}).to_string()).await;
    let fourth = database::read(&path, Some(&third.batch.cursors[0])).await.expect("is read").expect("is new");
    assert_eq!(fourth.batch.events.len(), 2);

    // The agent ends and takes the log into the file; a database at rest is opened without a trace.
    sqlx::Connection::close(agent).await.expect("closes");
    let rest = database::read(&path, None).await.expect("is read").expect("is new");
    assert_eq!(rest.batch.events.len(), 4);
    let beside: Vec<_> =
        std::fs::read_dir(folder.path()).expect("lists").flatten().map(|entry| entry.file_name()).collect();
    assert_eq!(beside, ["opencode.db"]);
}

#[tokio::test]
async fn other_databases_are_named_and_found_by_their_names_alone() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = |name: &str| folder.path().join(name);
    std::fs::write(path("opencode.db"), "this is not a database, but a text of some length").expect("writes");
    let error = format!("{:#}", database::read(&path("opencode.db"), None).await.expect_err("is none"));
    assert!(error.contains("opencode.db"), "{error}");
    let empty = SqliteConnectOptions::new().filename(path("opencode-dev.db")).create_if_missing(true);
    let mut empty = empty.connect().await.expect("opens");
    sqlx::raw_sql("CREATE TABLE other (id TEXT)").execute(&mut empty).await.expect("makes it");
    let error = format!("{:#}", database::read(&path("opencode-dev.db"), None).await.expect_err("has no messages"));
    assert!(error.contains("no such table: message"), "{error}");
    std::fs::write(path("other.db"), "").expect("writes");
    std::os::unix::fs::symlink(path("other.db"), path("opencode-linked.db")).expect("links");
    let found = database::find(&[folder.path().to_owned()]);
    let names: Vec<_> = found.iter().filter_map(|path| path.file_name()).collect();
    assert_eq!(names, ["opencode-dev.db", "opencode.db"]);
}
