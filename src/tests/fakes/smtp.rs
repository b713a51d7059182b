//! A mail server that speaks just enough SMTP to take mail, in the open or encrypted.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncWrite, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::pki_types::PrivateKeyDer;
use tokio_rustls::rustls::{ServerConfig, crypto};

pub(in crate::tests) type Mails = Arc<Mutex<Vec<String>>>;

/// How a server begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::tests) enum Greeting {
    Encrypted,
    /// In the open, and encrypted when it is asked for.
    StartTls,
    /// In the open, and it knows nothing else.
    Plain,
}

/// A mail server that takes everything; each mail with the commands that brought it.
pub(in crate::tests) async fn smtp() -> (SocketAddr, Mails) {
    listen(Greeting::Plain, None).await
}

/// One that has a certificate.
pub(in crate::tests) async fn smtps(
    cert: &rcgen::Certificate,
    key: &rcgen::KeyPair,
    greeting: Greeting,
) -> (SocketAddr, Mails) {
    let key = PrivateKeyDer::Pkcs8(key.serialize_der().into());
    let config = ServerConfig::builder_with_provider(Arc::new(crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("has versions")
        .with_no_client_auth()
        .with_single_cert(vec![cert.der().clone()], key)
        .expect("is a certificate");
    listen(greeting, Some(TlsAcceptor::from(Arc::new(config)))).await
}

async fn listen(greeting: Greeting, tls: Option<TlsAcceptor>) -> (SocketAddr, Mails) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let addr = listener.local_addr().expect("an address");
    let mails = Mails::default();
    let taken = mails.clone();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(serve(stream, greeting, tls.clone(), taken.clone()));
        }
    });
    (addr, mails)
}

async fn serve(
    mut stream: TcpStream,
    greeting: Greeting,
    tls: Option<TlsAcceptor>,
    mails: Mails,
) -> std::io::Result<()> {
    let encrypted = async |stream| match &tls {
        Some(tls) => tls.accept(stream).await,
        None => Err(std::io::ErrorKind::Unsupported.into()),
    };
    match greeting {
        Greeting::Encrypted => {
            let mut stream = encrypted(stream).await?;
            stream.write_all(b"220 mail.test\r\n").await?;
            converse(&mut stream, "", &mails).await.map(drop)
        }
        Greeting::StartTls => {
            stream.write_all(b"220 mail.test\r\n").await?;
            if converse(&mut stream, "250-STARTTLS\r\n", &mails).await? {
                converse(&mut encrypted(stream).await?, "", &mails).await?;
            }
            Ok(())
        }
        Greeting::Plain => {
            stream.write_all(b"220 mail.test\r\n").await?;
            converse(&mut stream, "", &mails).await.map(drop)
        }
    }
}

/// Takes mails until the client leaves, or asks for encryption.
async fn converse(
    stream: &mut (impl AsyncRead + AsyncWrite + Unpin),
    offers: &str,
    mails: &Mails,
) -> std::io::Result<bool> {
    let mut stream = BufReader::new(stream);
    let (mut mail, mut in_data, mut line) = (String::new(), false, String::new());
    while {
        line.clear();
        stream.read_line(&mut line).await? > 0
    } {
        mail += &line.replace("\r\n", "\n");
        let answer = match line.split_whitespace().next().unwrap_or_default() {
            "." if in_data => {
                mails.lock().expect("is not poisoned").push(std::mem::take(&mut mail));
                in_data = false;
                "250 taken\r\n".to_owned()
            }
            _ if in_data => continue,
            "DATA" => {
                in_data = true;
                "354 go on\r\n".to_owned()
            }
            "EHLO" => format!("250-mail.test\r\n{offers}250 AUTH PLAIN LOGIN\r\n"),
            "AUTH" => "235 known\r\n".to_owned(),
            "STARTTLS" => {
                stream.write_all(b"220 go on\r\n").await?;
                return Ok(true);
            }
            "QUIT" => "221 bye\r\n".to_owned(),
            _ => "250 ok\r\n".to_owned(),
        };
        stream.write_all(answer.as_bytes()).await?;
    }
    Ok(false)
}
