//! A plain mail, by the user's own mail server.
//!
//! The server's name is looked up here, not by the mail client: so what is connected to is what was permitted.

use lettre::message::{Mailbox, header::ContentType};
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Tls, TlsParameters};
use lettre::{AsyncSmtpTransport, AsyncTransport, Tokio1Executor};

use super::guard::Guard;
use super::text::cut;
use super::{Failure, Message};
use crate::config::{Channel, Keys, MailTls};
use crate::model::fingerprint;

/// A subject that is longer is folded, and nobody reads it.
const SUBJECT_MAX: usize = 120;

pub(super) async fn send(channel: &Channel, keys: &Keys, message: &Message<'_>, guard: &Guard) -> Result<(), Failure> {
    let mail = mail(channel, message).ok_or_else(|| Failure::Lasting("the mail could not be written".to_owned()))?;
    let host = channel.host.as_deref().unwrap_or_default().trim();
    let port = channel.port.unwrap_or(match channel.tls {
        MailTls::Implicit => 465,
        MailTls::StartTls => 587,
        MailTls::None => 25,
    });
    guard.mail_port(port).map_err(|denied| Failure::Lasting(denied.to_string()))?;
    let found = guard.resolve(host, port).await.map_err(|error| match error.kind() {
        std::io::ErrorKind::PermissionDenied => Failure::Lasting(error.to_string()),
        _ => Failure::passing(format!("the mail server was not found: {error}")),
    })?;
    let address = found.first().ok_or_else(|| Failure::passing("the mail server has no address"))?;
    let tls = match channel.tls {
        MailTls::None => Tls::None,
        MailTls::Implicit => Tls::Wrapper(tls_of(host)?),
        MailTls::StartTls => Tls::Required(tls_of(host)?),
    };
    let mut transport =
        AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(address.ip().to_string()).port(port).tls(tls);
    if let (Some(user), Some(password)) = (&channel.username, &keys.password) {
        transport = transport.credentials(Credentials::new(user.clone(), password.expose().to_owned()));
    }
    match transport.build().send(mail).await {
        Ok(_) => Ok(()),
        // The mail server's words may quote anything; its code says enough.
        Err(error) => Err(match error.status() {
            // Not what a wrong password brings: that may be mended.
            Some(code) if (550..=554).contains(&u16::from(code)) => {
                Failure::Lasting(format!("the mail server refused it ({code})"))
            }
            Some(code) => Failure::passing(format!("the mail server cannot take it now ({code})")),
            None if error.is_timeout() => Failure::passing("the mail server did not answer in time"),
            None => Failure::passing("the mail server cannot be talked to: check host, port and tls"),
        }),
    }
}

fn tls_of(host: &str) -> Result<TlsParameters, Failure> {
    rustls::crypto::ring::default_provider().install_default().ok();
    TlsParameters::new(host.to_owned()).map_err(|_| Failure::passing("TLS cannot be set up for the mail server's name"))
}

/// The mail; the same message has the same `Message-ID`, by which mail programs show it once.
pub(super) fn mail(channel: &Channel, message: &Message<'_>) -> Option<lettre::Message> {
    let alert = message.notification;
    let from: Mailbox = channel.from.as_ref()?.parse().ok()?;
    // A digest begins with its own headline.
    let said = alert.message.trim_start_matches("# ").lines().next().unwrap_or_default();
    let id = format!("<{:016x}.{}@allclear>", fingerprint(message.id.as_bytes()), message.id.len());
    let mut mail = lettre::Message::builder()
        .from(from)
        .subject(cut(&format!("{}: {said}", message.title()), SUBJECT_MAX))
        .date(message.now.into())
        .message_id(Some(id))
        .header(ContentType::TEXT_PLAIN);
    for to in &channel.to {
        mail = mail.to(to.parse().ok()?);
    }
    mail.body(format!("{}\n\n{}\n", message.title(), message.text())).ok()
}
