//! Letters over SMTP. Plain text to this machine only; to any other, TLS is required.
//!
//! Promises: ten seconds for each step and half a minute in all; 5xx answers about the letter are permanent, everything
//! else (a server that is away, wrong credentials, a failed handshake) is temporary, because the letter is not at fault.
//! After a server that said nothing for so long, nobody waits for it for a minute: workers have other things to do.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use anyhow::Context as _;
use futures::future::BoxFuture;
use lettre::message::Mailbox;
use lettre::transport::smtp::Error as SmtpError;
use lettre::{AsyncSmtpTransport, AsyncTransport as _, Tokio1Executor};
use url::Url;

use super::{Letter, Post, PostError, compose};

const STEP: Duration = Duration::from_secs(10);
const ALL: Duration = Duration::from_secs(30);
const REST: Duration = Duration::from_secs(60);

/// A mail server.
#[derive(Debug, Clone)]
pub struct Smtp {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
    step: Duration,
    all: Duration,
    /// When it last kept somebody waiting for nothing.
    silent: Arc<Mutex<Option<Instant>>>,
}

impl Smtp {
    /// `url` is one of
    /// - `smtps://user:password@host:port`: TLS from the first byte (port 465 unless given),
    /// - `smtp://user:password@host:port`: TLS by STARTTLS, required (port 587 unless given),
    /// - `smtp://localhost:port` or `smtp://127.0.0.1:port`: plain (port 25 unless given),
    /// - `smtp://host:port?tls=off`: plain to a server in the same private network; refused with credentials.
    ///
    /// `from` is the sender, `CommDesk <hello@commdesk.example>`.
    ///
    /// # Errors
    /// Says which part is wrong; never repeats the password.
    pub fn new(url: &str, from: &str) -> anyhow::Result<Self> {
        Self::with_limits(url, from, STEP, ALL)
    }

    fn with_limits(url: &str, from: &str, step: Duration, all: Duration) -> anyhow::Result<Self> {
        let from = sender(from)?;
        let mut url = Url::parse(url).map_err(|e| anyhow::anyhow!("the address of the mail server is not a URL: {e}"))?;
        let tls = url.query_pairs().find(|(name, _)| name == "tls").map(|(_, value)| value.into_owned());
        let host = url.host_str().unwrap_or_default();
        anyhow::ensure!(!host.is_empty(), "the address of the mail server names no host");
        // The library below would look the brackets up as part of a name.
        anyhow::ensure!(!host.starts_with('['), "name the mail server, or give its IPv4 address");
        url.set_query(None);
        match (url.scheme(), tls.as_deref()) {
            ("smtps", None) => {}
            ("smtp", None) if is_this_machine(&url) => {}
            ("smtp", Some("off")) => anyhow::ensure!(
                url.username().is_empty() || is_this_machine(&url),
                "the mail server's password would travel unprotected; remove tls=off, or the password"
            ),
            ("smtp", None | Some("required")) => url.set_query(Some("tls=required")),
            ("smtp" | "smtps", Some(other)) => anyhow::bail!("the mail server's tls is {other}; it can be off or required"),
            (other, _) => anyhow::bail!("the mail server's address begins with {other}; it can begin with smtp or smtps"),
        }
        let transport = AsyncSmtpTransport::<Tokio1Executor>::from_url(url.as_str())
            .map_err(|_| anyhow::anyhow!("the address of the mail server cannot be used"))?
            .timeout(Some(step))
            .build();
        Ok(Self { transport, from, step, all, silent: Arc::default() })
    }

    fn is_silent(&self) -> bool {
        self.silent.lock().unwrap_or_else(PoisonError::into_inner).is_some_and(|since| since.elapsed() < REST)
    }

    fn note(&self, silent: bool) {
        *self.silent.lock().unwrap_or_else(PoisonError::into_inner) = silent.then(Instant::now);
    }
}

/// Who mail is from: `CommDesk <hello@commdesk.example>`, or the address alone.
///
/// # Errors
/// When it is no address.
pub fn sender(from: &str) -> anyhow::Result<Mailbox> {
    from.parse::<Mailbox>().context("the sender of mails is not an address like CommDesk <hello@commdesk.example>")
}

impl Post for Smtp {
    fn send<'a>(&'a self, letter: &'a Letter) -> BoxFuture<'a, Result<(), PostError>> {
        Box::pin(async move {
            let message = compose(&self.from, letter)?;
            if self.is_silent() {
                return Err(PostError::Temporary("the mail server said nothing a moment ago".into()));
            }
            let began = Instant::now();
            let sent = match tokio::time::timeout(self.all, self.transport.send(message)).await {
                Ok(Ok(_)) => Ok(()),
                Ok(Err(error)) => Err(judge(&error)),
                Err(_) => Err(PostError::Temporary("the mail server took too long".into())),
            };
            self.note(matches!(sent, Err(PostError::Temporary(_))) && began.elapsed() >= self.step);
            sent
        })
    }
}

fn judge(error: &SmtpError) -> PostError {
    let code = error.status().map(u16::from);
    // RFC 4954: these are about us and the server, not about the letter.
    let about_us = matches!(code, Some(421 | 530 | 534 | 535 | 538));
    if error.is_permanent() && !about_us {
        PostError::Permanent(error.to_string())
    } else {
        PostError::Temporary(error.to_string())
    }
}

/// The scheme is none of the web's, so that an IPv4 address stays the text that was written.
fn is_this_machine(url: &Url) -> bool {
    url.host_str().is_some_and(|host| host == "localhost" || host.parse::<std::net::Ipv4Addr>().is_ok_and(|a| a.is_loopback()))
}

#[cfg(test)]
mod tests {
    use super::super::tests::letter;
    use super::*;
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;
    use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
    use tokio::net::TcpListener;
    use tokio::task::JoinHandle;

    const FROM: &str = "CommDesk <hello@commdesk.example>";

    /// A mail server that follows a script: what it says to a line that begins with the given word, else "250 fine".
    /// Returns its port, and everything that it was told.
    async fn server(script: &'static [(&'static str, &'static str)]) -> (u16, JoinHandle<Vec<String>>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let port = listener.local_addr().expect("its address").port();
        let heard = tokio::spawn(async move {
            let (stream, _) = listener.accept().await.expect("a caller");
            let (read, mut write) = stream.into_split();
            let mut lines = BufReader::new(read).lines();
            let mut heard = Vec::new();
            let mut letter = false;
            let answer = |line: &str| script.iter().find(|(word, _)| line.starts_with(word)).map(|(_, answer)| *answer);
            let hello = answer("hello").unwrap_or("220 mail.example ready");
            write.write_all(format!("{hello}\r\n").as_bytes()).await.expect("said");
            while let Ok(Some(line)) = lines.next_line().await {
                heard.push(line.clone());
                if letter && line != "." {
                    continue;
                }
                let says = match (line.as_str(), answer(&line)) {
                    (_, Some("")) => continue,
                    (_, Some(says)) => says,
                    ("DATA", None) => "354 go on",
                    (line, None) if line.starts_with("EHLO") => "250-mail.example\r\n250-AUTH PLAIN LOGIN\r\n250 8BITMIME",
                    ("QUIT", None) => "221 bye",
                    _ => "250 fine",
                };
                letter = line == "DATA" && says.starts_with('3');
                if write.write_all(format!("{says}\r\n").as_bytes()).await.is_err() || line == "QUIT" {
                    break;
                }
            }
            heard
        });
        (port, heard)
    }

    fn to(port: u16) -> Smtp {
        Smtp::with_limits(&format!("smtp://127.0.0.1:{port}"), FROM, Duration::from_secs(2), Duration::from_secs(4))
            .expect("a transport")
    }

    #[tokio::test]
    async fn a_whole_conversation() {
        let (port, heard) = server(&[]).await;
        let letter = Letter { text: "Hello Asha,\n.\n.dots stay".into(), ..letter() };

        assert_eq!(to(port).send(&letter).await, Ok(()));

        let heard = heard.await.expect("the server ran");
        assert!(heard[0].starts_with("EHLO "), "{heard:?}");
        assert!(heard.iter().any(|l| l.starts_with("MAIL FROM:<hello@commdesk.example>")));
        assert!(heard.contains(&"RCPT TO:<asha@acme.example>".into()));
        assert!(
            heard.contains(&"From: CommDesk <hello@commdesk.example>".into()) || heard.iter().any(|l| l.starts_with("From: "))
        );
        assert!(heard.contains(&"Subject: Your application".into()));
        assert!(heard.contains(&"Message-ID: <0190-abc@commdesk.example>".into()));
        assert!(heard.contains(&"List-Unsubscribe: <https://commdesk.example/u/abc>".into()));
        assert!(heard.contains(&"Hello Asha,".into()) && heard.contains(&"..".into()) && heard.contains(&"..dots stay".into()));
        assert!(heard.iter().any(|l| l.contains("<p>we have it.</p>")));
        assert!(heard.contains(&".".into()), "the letter was ended");
    }

    #[tokio::test]
    async fn credentials_are_given_when_they_are_configured() {
        let (port, heard) = server(&[("AUTH", "235 welcome")]).await;
        let smtp = Smtp::new(&format!("smtp://asha%40acme:p%3Ass@127.0.0.1:{port}"), FROM).expect("a transport");

        assert_eq!(smtp.send(&letter()).await, Ok(()));

        let heard = heard.await.expect("the server ran");
        assert!(heard.contains(&format!("AUTH PLAIN {}", STANDARD.encode("\0asha@acme\0p:ss"))), "{heard:?}");
    }

    #[tokio::test]
    async fn refusals_of_the_letter_are_permanent() {
        for script in [
            &[("RCPT", "550 5.1.1 no such mailbox")] as &'static [_],
            &[("MAIL", "553 5.1.8 sender not allowed")],
            &[("DATA", "554 5.6.0 no")],
            &[(".", "554 5.7.1 looks like spam")],
        ] {
            let (port, _heard) = server(script).await;
            let answer = to(port).send(&letter()).await;
            assert!(matches!(&answer, Err(PostError::Permanent(why)) if !why.is_empty()), "{script:?}: {answer:?}");
        }
    }

    #[tokio::test]
    async fn everything_else_is_worth_another_try() {
        for script in [
            &[("RCPT", "450 4.2.0 greylisted")] as &'static [_],
            &[("RCPT", "452 4.2.2 mailbox full")],
            &[(".", "451 4.3.0 try later")],
            &[("hello", "421 4.3.2 shutting down")],
            &[("MAIL", "530 5.7.0 authentication required")],
            &[("EHLO", "")],
            &[(".", "")],
            &[("hello", "not smtp at all")],
        ] {
            let (port, _heard) = server(script).await;
            let answer = to(port).send(&letter()).await;
            assert!(matches!(answer, Err(PostError::Temporary(_))), "{script:?}: {answer:?}");
        }
    }

    #[tokio::test]
    async fn wrong_credentials_do_not_condemn_the_letter() {
        let (port, _heard) = server(&[("AUTH", "535 5.7.8 no")]).await;
        let smtp = Smtp::new(&format!("smtp://asha:wrong@127.0.0.1:{port}"), FROM).expect("a transport");

        assert!(matches!(smtp.send(&letter()).await, Err(PostError::Temporary(_))));
    }

    #[tokio::test]
    async fn nobody_at_home_is_temporary() {
        let port = {
            let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
            listener.local_addr().expect("its address").port()
        };

        assert!(matches!(to(port).send(&letter()).await, Err(PostError::Temporary(_))));
    }

    #[tokio::test]
    async fn nobody_waits_again_for_a_server_that_said_nothing() {
        // It takes connections, and that is all.
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let port = listener.local_addr().expect("its address").port();
        let step = Duration::from_millis(100);
        let smtp = Smtp::with_limits(&format!("smtp://127.0.0.1:{port}"), FROM, step, step * 2).expect("a transport");
        assert!(matches!(smtp.send(&letter()).await, Err(PostError::Temporary(_))));

        let again = smtp.send(&letter()).await.expect_err("it is left alone").to_string();

        assert!(again.contains("a moment ago"), "{again}");
    }

    #[tokio::test]
    async fn a_server_without_tls_gets_no_letter_when_tls_is_required() {
        let (port, heard) = server(&[]).await;
        let smtp = Smtp::new(&format!("smtp://127.0.0.1:{port}?tls=required"), FROM).expect("a transport");

        assert!(matches!(smtp.send(&letter()).await, Err(PostError::Temporary(_))));

        drop(smtp);
        assert!(!heard.await.expect("the server ran").iter().any(|l| l.starts_with("MAIL")));
    }

    #[test]
    fn addresses_of_servers_are_read_or_refused_in_words() {
        for good in [
            "smtp://localhost:1025",
            "smtp://127.0.0.1:25",
            "smtps://user:pass@mail.example",
            "smtp://user:pass@mail.example:587",
            "smtp://mailpit:1025?tls=off",
            "smtp://mail.example?tls=required",
        ] {
            assert!(Smtp::new(good, FROM).is_ok(), "{good}");
        }
        for bad in [
            "",
            "mail.example",
            "http://mail.example",
            "smtp://user:hunter2@mail.example?tls=off",
            "smtp://mail.example?tls=maybe",
            "smtp:",
            "smtp://[::1]:25",
        ] {
            let problem = format!("{:#}", Smtp::new(bad, FROM).expect_err(bad));
            assert!(!problem.contains("hunter2"), "{problem}");
        }
        assert!(Smtp::new("smtp://localhost", "not an address").is_err());
    }
}
