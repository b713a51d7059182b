//! A mail server that speaks just enough SMTP to take mail.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpListener;

pub(in crate::tests) type Mails = Arc<Mutex<Vec<String>>>;

/// A mail server that takes everything; each mail with the commands that brought it.
pub(in crate::tests) async fn smtp() -> (SocketAddr, Mails) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let addr = listener.local_addr().expect("an address");
    let mails = Mails::default();
    let taken = mails.clone();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(converse(stream, taken.clone()));
        }
    });
    (addr, mails)
}

async fn converse(stream: tokio::net::TcpStream, mails: Mails) -> std::io::Result<()> {
    let (read, mut write) = stream.into_split();
    let mut lines = BufReader::new(read).lines();
    write.write_all(b"220 mail.test\r\n").await?;
    let (mut mail, mut in_data) = (String::new(), false);
    while let Some(line) = lines.next_line().await? {
        mail += &format!("{line}\n");
        let answer = match line.split(' ').next().unwrap_or_default() {
            "." if in_data => {
                mails.lock().expect("is not poisoned").push(std::mem::take(&mut mail));
                in_data = false;
                "250 taken\r\n"
            }
            _ if in_data => continue,
            "DATA" => {
                in_data = true;
                "354 go on\r\n"
            }
            "QUIT" => "221 bye\r\n",
            _ => "250 ok\r\n",
        };
        write.write_all(answer.as_bytes()).await?;
    }
    Ok(())
}
