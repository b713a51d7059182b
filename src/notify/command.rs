//! A program of the user's: the alert as JSON on its standard input, and the most important of it in its environment.
//!
//! No shell is between, so nothing in an alert can become a command. The environment holds nothing else but where
//! programs are: the keys of providers are not handed on.

use std::process::Stdio;

use tokio::io::AsyncWriteExt;
use tokio::process::Command;

use super::{Failure, Message, webhook};

/// What of our environment a program is given.
const PASSED_ON: [&str; 4] = ["PATH", "HOME", "LANG", "TZ"];

pub(super) async fn run(command: &[String], message: &Message<'_>) -> Result<(), Failure> {
    let Some((program, arguments)) = command.split_first() else {
        return Err(Failure::Lasting("no program is named".to_owned()));
    };
    let alert = message.notification;
    let body = webhook::body(message);
    let word = |name: &str| body[name].as_str().unwrap_or_default().to_owned();
    // The kernel passes no NUL on, and a name from outside may hold one.
    let without_nul = |text: &str| text.replace('\0', " ");
    let mut child = Command::new(program)
        .args(arguments)
        .env_clear()
        .envs(PASSED_ON.iter().filter_map(|name| Some((name, std::env::var_os(name)?))))
        .env("ALLCLEAR_EVENT", word("event"))
        .env("ALLCLEAR_ID", without_nul(message.id))
        .env("ALLCLEAR_ALERT_KEY", without_nul(&alert.alert_key))
        .env("ALLCLEAR_TYPE", word("type"))
        .env("ALLCLEAR_LEVEL", word("level"))
        .env("ALLCLEAR_TITLE", without_nul(&alert.title))
        .env("ALLCLEAR_MESSAGE", without_nul(&alert.message))
        .env("ALLCLEAR_URL", without_nul(message.link.unwrap_or_default()))
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .map_err(|error| Failure::passing(format!("the program cannot be started: {}", error.kind())))?;
    if let Some(mut input) = child.stdin.take() {
        // A program that does not read is fine.
        let _ = input.write_all(body.to_string().as_bytes()).await;
    }
    match child.wait().await {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(Failure::passing(format!("the program ended with {status}"))),
        Err(error) => Err(Failure::passing(format!("the program was lost: {}", error.kind()))),
    }
}
