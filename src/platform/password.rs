//! Passwords: Argon2id off the async threads, and the rules a new one has to meet.
//!
//! Promises: at most a few hashes run at once (each takes 19 MiB and a core), however many people sign in, and they give way
//! to whoever is served; an unknown address costs the same work as a known one. Does not do: counting wrong tries, deciding who
//! may sign in, storing.

use std::sync::Arc;
use std::time::Duration;

use argon2::password_hash::phc::PasswordHash;
use argon2::{Algorithm, Argon2, Params, PasswordHasher as _, PasswordVerifier as _, Version};
use thread_priority::{ThreadPriority, ThreadPriorityValue, set_current_thread_priority};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, oneshot};

use crate::kernel::error::{AppError, AppResult};

/// Memory in KiB, passes and lanes: the OWASP Password Storage Cheat Sheet's second choice for Argon2id.
const MEMORY_KIB: u32 = 19_456;
const PASSES: u32 = 2;
const LANES: u32 = 1;

/// Shortest and longest password, in characters.
pub const MIN_CHARS: usize = 12;
pub const MAX_CHARS: usize = 256;

/// Nobody's hash: what an unknown address is checked against. Its output is not the hash of any known password.
const BURN: &str = "$argon2id$v=19$m=19456,t=2,p=1$Y29tbWRlc2stbm9ib2R5cw$kq0mY3p8QhXv1cJtT5uZ0nG7eLwR2sFbA9dHiK4oMxU";
/// Longer waits than this are answered "busy" rather than piled up.
const PATIENCE: Duration = Duration::from_secs(10);
const PRODUCT: &str = "commdesk";
/// Of a hundred, where fifty is usual. On a busy core a thread that hashes gets about a twentieth of what one that serves gets:
/// little enough to be no burden, and enough that people are let in on a day when the machine has no rest.
const PRIORITY: u8 = 16;

/// Hashes at once: half of the machine's cores, so that a crowd that signs in leaves the others to everybody else; but no more
/// than eight, each of which takes 19 MiB.
fn permits() -> usize {
    std::thread::available_parallelism().map_or(1, |cores| (cores.get() / 2).min(8))
}

/// The place where passwords are hashed; one per process, cheap to clone.
#[derive(Clone, Debug)]
pub struct Passwords {
    gate: Arc<Semaphore>,
    door: Arc<Semaphore>,
    patience: Duration,
}

impl Default for Passwords {
    fn default() -> Self {
        Self::new(permits())
    }
}

impl Passwords {
    /// At most `permits` hashes at once (at least one).
    pub fn new(permits: usize) -> Self {
        let permits = permits.max(1);
        Self { gate: Arc::new(Semaphore::new(permits)), door: Arc::new(Semaphore::new(permits)), patience: PATIENCE }
    }

    /// A turn at the database for somebody who signs in, to be held for what comes before the hash. A hundred who come at once have to
    /// wait for their hashes anyway; without turns, all of their look-ups would stand before everybody else's. After the hash they
    /// come one by one.
    ///
    /// # Errors
    /// `Busy` after ten seconds of waiting.
    pub async fn step_up(&self) -> AppResult<OwnedSemaphorePermit> {
        self.wait_for(&self.door).await
    }

    /// A PHC string with a fresh salt, to be stored.
    ///
    /// # Errors
    /// `Busy` after ten seconds of waiting for a turn.
    pub async fn hash(&self, password: &str) -> AppResult<String> {
        let permit = self.turn().await?;
        let password = password.to_owned();
        run(permit, move || {
            hasher().hash_password(password.as_bytes()).map(|hash| hash.to_string()).map_err(|e| AppError::broken(e.to_string()))
        })
        .await?
    }

    /// Is this the password behind the stored PHC string?
    ///
    /// # Errors
    /// `Busy` as above; `Broken` when the stored string is no PHC string.
    pub async fn verify(&self, password: &str, stored: &str) -> AppResult<bool> {
        let permit = self.turn().await?;
        let (password, stored) = (password.to_owned(), stored.to_owned());
        run(permit, move || check(&password, &stored)).await?
    }

    /// As [`Passwords::verify`], and for an unknown address (`None`) the same work with the answer no, so that the time
    /// taken does not tell which addresses have an account.
    ///
    /// # Errors
    /// As [`Passwords::verify`].
    pub async fn verify_or_burn(&self, password: &str, stored: Option<&str>) -> AppResult<bool> {
        match stored {
            Some(stored) => self.verify(password, stored).await,
            None => self.verify(password, BURN).await.map(|_| false),
        }
    }

    async fn turn(&self) -> AppResult<OwnedSemaphorePermit> {
        self.wait_for(&self.gate).await
    }

    async fn wait_for(&self, gate: &Arc<Semaphore>) -> AppResult<OwnedSemaphorePermit> {
        match tokio::time::timeout(self.patience, Arc::clone(gate).acquire_owned()).await {
            Ok(Ok(permit)) => Ok(permit),
            Ok(Err(closed)) => Err(AppError::Broken(Box::new(closed))),
            Err(_) => Err(AppError::Busy { retry_after: 10 }),
        }
    }
}

/// Was this made with other settings than today's? Then hash again at the next sign-in, while the password is at hand.
pub fn needs_rehash(stored: &str) -> bool {
    let Ok(hash) = PasswordHash::new(stored) else { return true };
    let Ok(params) = Params::try_from(&hash) else { return true };
    hash.algorithm != argon2::ARGON2ID_IDENT
        || hash.version != Some(Version::V0x13.into())
        || (params.m_cost(), params.t_cost(), params.p_cost()) != (MEMORY_KIB, PASSES, LANES)
}

/// The rules of a new password. `email` is the address of the account.
///
/// Length and a list, no demands for digits and signs: NIST SP 800-63B, 5.1.1.2.
///
/// # Errors
/// One sentence that says what to do.
pub fn check_rules(password: &str, email: &str) -> Result<(), String> {
    let length = password.chars().count();
    if length < MIN_CHARS {
        return Err(format!("Use at least {MIN_CHARS} characters. A few words in a row are easy to remember."));
    }
    if length > MAX_CHARS {
        return Err(format!("Use at most {MAX_CHARS} characters."));
    }
    let plain = password.to_lowercase();
    let email = email.trim().to_lowercase();
    let mailbox = email.split('@').next().unwrap_or_default();
    if is_little_more_than(&plain, &email) || is_little_more_than(&plain, mailbox) {
        return Err("Choose a password that is not your e-mail address.".into());
    }
    if is_little_more_than(&plain, PRODUCT) {
        return Err("Choose a password that is not the name of this site.".into());
    }
    if is_common(&plain) {
        return Err("This password is among the first that others would try. Choose another one.".into());
    }
    Ok(())
}

/// True when nothing but a few characters remains after taking the word out wherever it stands.
fn is_little_more_than(password: &str, word: &str) -> bool {
    let word = letters_and_digits(word);
    if word.chars().count() < 3 {
        return false;
    }
    let password = letters_and_digits(password);
    let rest = password.replace(&word, "");
    rest.len() < password.len() && rest.chars().filter(|c| !c.is_ascii_digit()).count() < 4
}

fn letters_and_digits(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).collect()
}

fn is_common(password: &str) -> bool {
    let mut distinct: Vec<char> = password.chars().collect();
    distinct.sort_unstable();
    distinct.dedup();
    if distinct.len() < 5 {
        return true;
    }
    let plain = letters_and_digits(password);
    if RUNS.iter().any(|run| run.contains(&plain) || run.chars().rev().collect::<String>().contains(&plain)) {
        return true;
    }
    // "Passw0rd!2024" is "password" in a thin disguise.
    let undisguised: String = plain
        .chars()
        .map(|c| match c {
            '0' => 'o',
            '1' => 'i',
            '3' => 'e',
            '4' | '@' => 'a',
            '5' | '$' => 's',
            '7' => 't',
            other => other,
        })
        .collect();
    let stem = plain.trim_matches(|c: char| c.is_ascii_digit());
    let undisguised_stem = undisguised.trim_end_matches(|c: char| !c.is_alphabetic());
    COMMON.iter().any(|word| plain == *word || is_little_more_than(&plain, word) || stem == *word)
        || COMMON.iter().any(|word| is_little_more_than(undisguised_stem, word))
}

/// Walks along a keyboard or an alphabet; any stretch of one is no password.
const RUNS: &[&str] = &[
    "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz",
    "012345678901234567890123456789012345678901234567890123456789",
    "qwertyuiopasdfghjklzxcvbnmqwertyuiopasdfghjklzxcvbnm",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p",
    "qazwsxedcrfvtgbyhnujmikolp",
    "1q2w3e4r5t6y7u8i9o0p",
    "azertyuiopqsdfghjklmwxcvbn",
];

/// Words that lists of stolen passwords begin with. A password that is one of them and little more is refused.
const COMMON: &[&str] = &[
    "password",
    "passwort",
    "motdepasse",
    "contrasena",
    "passphrase",
    "letmein",
    "welcome",
    "iloveyou",
    "administrator",
    "admin",
    "qwerty",
    "qwertz",
    "azerty",
    "qwertyuiop",
    "asdfghjkl",
    "zxcvbnm",
    "abc123",
    "a1b2c3d4",
    "monkey",
    "dragon",
    "football",
    "baseball",
    "basketball",
    "cricket",
    "superman",
    "batman",
    "starwars",
    "pokemon",
    "princess",
    "sunshine",
    "shadow",
    "master",
    "michael",
    "jennifer",
    "charlie",
    "jordan",
    "liverpool",
    "chelsea",
    "arsenal",
    "trustno",
    "changeme",
    "default",
    "secret",
    "temporary",
    "computer",
    "internet",
    "whatever",
    "freedom",
    "nothing",
    "forever",
    "family",
    "summer",
    "winter",
    "spring",
    "autumn",
    "monday",
    "friday",
    "january",
    "december",
    "correcthorsebatterystaple",
    "thisismypassword",
    "opensesame",
    "sponsor",
    "community",
    "hackathon",
    "developer",
    "krishna",
    "ganesh",
    "india",
    "bangalore",
    "mumbai",
    "google",
    "facebook",
    "linkedin",
    "microsoft",
    "samsung",
    "iphone",
    "testtest",
    "testing",
    "example",
    "guest",
    "root",
    "toor",
    "login",
];

fn hasher() -> Argon2<'static> {
    let params = Params::new(MEMORY_KIB, PASSES, LANES, None).expect("the settings above are within Argon2's bounds");
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
}

fn check(password: &str, stored: &str) -> AppResult<bool> {
    let hash = PasswordHash::new(stored).map_err(|e| AppError::broken(format!("a stored password hash is unreadable: {e}")))?;
    // No such password can have been set, so the answer is no whatever the hash says; the work is done all the same.
    let fits = password.chars().count() <= MAX_CHARS;
    let tried = if fits { password } else { "" };
    let right = hasher().verify_password(tried.as_bytes(), &hash).is_ok();
    Ok(right && fits)
}

/// The permit travels with the work: a caller who went away frees no place before the hash is done. The thread is the hash's own,
/// because one that has lowered its priority may not raise it again.
async fn run<T: Send + 'static>(permit: OwnedSemaphorePermit, work: impl FnOnce() -> T + Send + 'static) -> AppResult<T> {
    let (tell, told) = oneshot::channel();
    let thread = std::thread::Builder::new().name("password".into());
    thread
        .spawn(move || {
            give_way();
            let done = work();
            drop(permit);
            // Whoever asked may be gone.
            let _ = tell.send(done);
        })
        .map_err(|e| AppError::Broken(Box::new(e)))?;
    told.await.map_err(|e| AppError::Broken(Box::new(e)))
}

/// A system that refuses hashes at the usual priority, which is slower for others and nothing worse.
fn give_way() {
    if let Ok(value) = ThreadPriorityValue::try_from(PRIORITY)
        && let Err(error) = set_current_thread_priority(ThreadPriority::Crossplatform(value))
    {
        tracing::debug!(?error, "passwords are hashed at the usual priority");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Instant;

    #[tokio::test]
    async fn a_hash_verifies_its_password_and_no_other() {
        let passwords = Passwords::default();
        let stored = passwords.hash("correct donkey battery").await.expect("a hash");

        assert!(stored.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
        assert!(passwords.verify("correct donkey battery", &stored).await.expect("checked"));
        assert!(!passwords.verify("correct donkey batterz", &stored).await.expect("checked"));
        assert!(!passwords.verify("", &stored).await.expect("checked"));
        assert_ne!(stored, passwords.hash("correct donkey battery").await.expect("a hash"), "salts differ");
    }

    #[tokio::test]
    async fn an_unknown_address_costs_the_same_and_is_never_right() {
        let passwords = Passwords::default();
        let stored = passwords.hash("correct donkey battery").await.expect("a hash");
        assert!(PasswordHash::new(BURN).is_ok());
        assert!(!needs_rehash(BURN), "the same settings, or the time would tell");

        let mut known = Duration::ZERO;
        let mut unknown = Duration::ZERO;
        for _ in 0..3 {
            let start = Instant::now();
            assert!(!passwords.verify_or_burn("wrong", Some(&stored)).await.expect("checked"));
            known += start.elapsed();
            let start = Instant::now();
            assert!(!passwords.verify_or_burn("wrong", None).await.expect("checked"));
            unknown += start.elapsed();
        }

        assert!(unknown * 4 > known && known * 4 > unknown, "known {known:?}, unknown {unknown:?}");
    }

    #[tokio::test]
    async fn a_password_beyond_the_limit_is_wrong_and_a_broken_hash_is_an_error() {
        let passwords = Passwords::default();
        let stored = passwords.hash("").await.expect("a hash");

        assert!(!passwords.verify(&"x".repeat(100_000), &stored).await.expect("checked"));
        assert!(matches!(passwords.verify("x", "plain text").await, Err(AppError::Broken(_))));
    }

    #[tokio::test]
    async fn the_gate_bounds_how_many_run_at_once() {
        let passwords = Passwords::new(1);
        let held = passwords.turn().await.expect("a turn");
        let waiting = tokio::spawn({
            let passwords = passwords.clone();
            async move { passwords.hash("correct donkey battery").await }
        });
        tokio::time::sleep(Duration::from_millis(50)).await;
        assert!(!waiting.is_finished());

        drop(held);

        assert!(waiting.await.expect("no panic").is_ok());
    }

    #[tokio::test]
    async fn whoever_waits_too_long_is_told_to_come_back() {
        let passwords = Passwords { patience: Duration::from_millis(20), ..Passwords::new(1) };
        let _held = passwords.turn().await.expect("a turn");

        assert!(matches!(passwords.hash("x").await, Err(AppError::Busy { retry_after: 10 })));
    }

    /// How nice this thread is to others (proc(5), the 19th field), where the system says so.
    fn nice() -> Option<i32> {
        let line = std::fs::read_to_string("/proc/thread-self/stat").ok()?;
        line.rsplit_once(')')?.1.split_whitespace().nth(16)?.parse().ok()
    }

    #[tokio::test]
    async fn a_hash_gives_way_and_leaves_the_thread_of_whoever_asks_as_it_was() {
        let Some(before) = nice() else { return };
        let permit = Passwords::new(1).turn().await.expect("a turn");

        let during = run(permit, nice).await.expect("a thread").expect("as above");

        assert!(during > before, "{during} is no nicer than {before}");
        assert_eq!(nice(), Some(before));
    }

    #[tokio::test]
    async fn who_stands_at_the_door_holds_up_no_hash() {
        let passwords = Passwords { patience: Duration::from_millis(20), ..Passwords::new(1) };
        let _held = passwords.step_up().await.expect("a turn");

        assert!(matches!(passwords.step_up().await, Err(AppError::Busy { retry_after: 10 })));
        assert!(passwords.hash("correct donkey battery").await.is_ok());
    }

    #[test]
    fn other_settings_ask_for_a_new_hash() {
        assert!(needs_rehash("$argon2id$v=19$m=4096,t=3,p=1$Y29tbWRlc2stbm9ib2R5cw$kq0mY3p8QhXv1cJtT5uZ0nG7eLwR2sFbA9dHiK4oMxU"));
        assert!(needs_rehash("$argon2i$v=19$m=19456,t=2,p=1$Y29tbWRlc2stbm9ib2R5cw$kq0mY3p8QhXv1cJtT5uZ0nG7eLwR2sFbA9dHiK4oMxU"));
        assert!(needs_rehash("something else"));
    }

    #[test]
    fn good_passwords_pass() {
        for good in [
            "correct donkey battery",
            "my sponsor pays on time",
            "tr0ubadour-and-3-friends",
            "ഒരു നീണ്ട രഹസ്യവാക്ക്",
            "пароль который длинный",
            &"ab3d5".repeat(50),
        ] {
            assert_eq!(check_rules(good, "asha@acme.example"), Ok(()), "{good}");
        }
    }

    #[test]
    fn bad_passwords_are_refused_in_words() {
        for (bad, says) in [
            ("", "at least 12"),
            ("elevenchars", "at least 12"),
            ("asha.rao@acme.example", "e-mail"),
            ("asha.rao2024!!", "e-mail"),
            ("AshaRaoAshaRao", "e-mail"),
            ("CommDesk2024!", "name of this site"),
            ("commdeskcommdesk", "name of this site"),
            ("password1234", "first that others"),
            ("Passw0rd!2024", "first that others"),
            ("123456789012", "first that others"),
            ("abababababab", "first that others"),
            ("qwertyuiopas", "first that others"),
            ("1q2w3e4r5t6y", "first that others"),
            ("zyxwvutsrqpon", "first that others"),
            ("iloveyou123456", "first that others"),
        ] {
            let message = check_rules(bad, "Asha.Rao@acme.example").expect_err(bad);
            assert!(message.contains(says), "{bad}: {message}");
        }
        assert!(check_rules(&"x".repeat(257), "a@b.example").expect_err("long").contains("at most 256"));
    }
}
