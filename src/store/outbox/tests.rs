use super::*;

fn message(channel: &str, number: i64) -> Message {
    Message {
        id: format!("{number}#{channel}"),
        channel: channel.to_owned(),
        alert_key: "spike@1".to_owned(),
        payload: "{}".to_owned(),
        queued_ms: number,
    }
}

#[tokio::test]
async fn a_channel_is_due_when_its_first_open_message_is() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = Store::open(folder.path()).await.expect("opens");
    let messages = [message("down", 1), message("down", 2), message("fine", 3)];
    store.queue_once("digest", "1", &messages).await.expect("writes");
    assert_eq!(store.due_channels(10).await.expect("reads"), ["down", "fine"]);
    let first = store.claim("down", 10, 500).await.expect("writes").expect("is due");
    assert_eq!(store.due_channels(10).await.expect("reads"), ["fine"], "the second waits for the first");
    store.settle(&first, &Settled::Failed(100, "503".to_owned()), 10).await.expect("writes");
    assert_eq!(store.due_channels(99).await.expect("reads"), ["fine"]);
    assert_eq!(store.due_channels(100).await.expect("reads"), ["down", "fine"]);
    let again = store.claim("down", 100, 500).await.expect("writes").expect("is due");
    store.settle(&again, &Settled::Dead("410".to_owned()), 100).await.expect("writes");
    let second = store.claim("down", 100, 500).await.expect("writes").expect("the second may go");
    assert_eq!(second.message.id, "2#down");
}
