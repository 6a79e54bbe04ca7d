//! The second factor: six digits from an authenticator app (RFC 6238, SHA-1, 30 seconds), and recovery codes for the day
//! the phone is gone.
//!
//! Promises: a code counts in its own half minute and the two beside it; the matched step is returned, so that the
//! caller, who stores the last one used, can refuse a code that was already spent. Does not do: storing, counting wrong
//! tries, reading the clock.

use qrcode::{Color, EcLevel, QrCode};
use totp_rs::{Algorithm, Builder, Totp};

use super::secrets;

/// Seconds of one step.
pub const STEP_SECONDS: u64 = 30;
/// How many recovery codes a person is given.
pub const RECOVERY_CODES: usize = 10;

/// Digits and letters that nobody confuses when reading them aloud (no i, l, o, u).
const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
const RECOVERY_CHARS: usize = 16;

/// A new secret: 160 random bits in base32, as an authenticator app takes it. Stored encrypted.
pub fn new_secret() -> String {
    totp_rs::Secret::from(secrets::random::<20>()).to_base32()
}

/// The address that the QR code carries. `account` is the person's e-mail address, `issuer` the product's name.
pub fn otpauth_url(secret: &str, account: &str, issuer: &str) -> String {
    let (account, issuer) = (percent(account), percent(issuer));
    format!(
        "otpauth://totp/{issuer}:{account}?secret={}&issuer={issuer}&algorithm=SHA1&digits=6&period={STEP_SECONDS}",
        percent(secret)
    )
}

/// A QR code as one SVG path, in a square of `side` units, four of them quiet around it because cameras need them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QrPath {
    pub side: u32,
    /// The `d` of a `<path>`: the dark modules, one rectangle for each run in a row.
    pub path: String,
}

/// The address as a QR code: a path rather than markup, so that a page draws it without taking raw HTML from anybody.
/// `None` when the text is too long for a QR code.
pub fn qr_path(url: &str) -> Option<QrPath> {
    const QUIET: usize = 4;
    let code = QrCode::with_error_correction_level(url, EcLevel::M).ok()?;
    let (width, modules) = (code.width(), code.to_colors());
    let mut path = String::new();
    for (y, row) in modules.chunks(width).enumerate() {
        let mut x = 0;
        while x < width {
            let run = row[x..].iter().take_while(|module| **module == Color::Dark).count();
            if run > 0 {
                path.push_str(&format!("M{} {}h{run}v1h-{run}z", x + QUIET, y + QUIET));
            }
            x += run.max(1);
        }
    }
    Some(QrPath { side: u32::try_from(width + 2 * QUIET).ok()?, path })
}

/// Checks six digits against the secret at a time in Unix seconds, one step of tolerance either side.
///
/// Returns the step that matched. The caller refuses it unless it is later than the last step that this secret was used
/// with, and stores it: a code read over somebody's shoulder is then worth nothing. A secret that is not base32 matches
/// nothing.
pub fn verify(secret: &str, code: &str, unix_seconds: u64) -> Option<u64> {
    let code: String = code.chars().filter(|c| !c.is_whitespace() && *c != '-').collect();
    if code.len() != 6 || !code.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    totp(secret)?.check(&code, unix_seconds)
}

/// The code of a time: for tests and for the development sign-in, never for a page.
pub fn code_at(secret: &str, unix_seconds: u64) -> Option<String> {
    Some(totp(secret)?.generate(unix_seconds).to_string())
}

/// Ten codes of 80 random bits, `xxxx-xxxx-xxxx-xxxx`. Shown once; stored as [`hash_recovery_code`].
pub fn recovery_codes() -> Vec<String> {
    (0..RECOVERY_CODES).map(|_| recovery_code()).collect()
}

/// What is stored of a recovery code. Spaces, dashes, case and look-alike letters make no difference, so that a code
/// copied from paper works.
pub fn hash_recovery_code(code: &str) -> [u8; 32] {
    let plain: String = code
        .chars()
        .filter(|c| c.is_ascii_alphanumeric())
        .map(|c| match c.to_ascii_lowercase() {
            'o' => '0',
            'i' | 'l' => '1',
            other => other,
        })
        .collect();
    secrets::hash_token(&plain)
}

fn recovery_code() -> String {
    let mut code = String::with_capacity(RECOVERY_CHARS + 3);
    for (index, byte) in secrets::random::<RECOVERY_CHARS>().into_iter().enumerate() {
        if index > 0 && index % 4 == 0 {
            code.push('-');
        }
        // 256 is a multiple of 32: taking five bits of a byte favours no letter.
        code.push(char::from(ALPHABET[usize::from(byte & 31)]));
    }
    code
}

fn totp(secret: &str) -> Option<Totp> {
    let secret = totp_rs::Secret::try_from_base32(secret.trim().to_ascii_uppercase()).ok()?;
    Builder::new()
        .with_algorithm(Algorithm::SHA1)
        .with_digits(6)
        .with_skew(1)
        .with_step_duration(STEP_SECONDS)
        .with_secret(secret)
        .build()
        .ok()
}

/// Percent-encoding of everything but letters, digits and `-._~`; apps do not read `+` as a space.
fn percent(text: &str) -> String {
    text.bytes().fold(String::with_capacity(text.len()), |mut out, byte| {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
        out
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    /// "12345678901234567890" in base32: the secret of RFC 6238, appendix B.
    const RFC_SECRET: &str = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";

    #[test]
    fn codes_are_those_of_the_rfc() {
        for (time, code) in [(59, "287082"), (1_111_111_109, "081804"), (1_234_567_890, "005924"), (20_000_000_000, "353130")] {
            assert_eq!(code_at(RFC_SECRET, time).as_deref(), Some(code));
            assert_eq!(verify(RFC_SECRET, code, time), Some(time / 30));
        }
    }

    #[test]
    fn a_code_counts_one_step_either_side_and_says_which_step_it_was() {
        let now = 1_750_000_000;
        let code = code_at(RFC_SECRET, now).expect("a code");
        let step = now / 30;

        assert_eq!(verify(RFC_SECRET, &code, now - 30), Some(step));
        assert_eq!(verify(RFC_SECRET, &code, now + 30), Some(step));
        assert_eq!(verify(RFC_SECRET, &code, now - 61), None);
        assert_eq!(verify(RFC_SECRET, &code, now + 61), None);
    }

    #[test]
    fn what_is_not_six_digits_matches_nothing() {
        let code = code_at(RFC_SECRET, 59).expect("a code");

        for wrong in ["", "28708", "2870821", "28708a", "２８７０８２", "000000", "-----", &format!("{code}{code}")] {
            assert_eq!(verify(RFC_SECRET, wrong, 59), None, "{wrong:?}");
        }
        assert_eq!(verify(RFC_SECRET, " 287 082 ", 59), Some(1));
        assert_eq!(verify("not base32!", &code, 59), None);
        assert_eq!(verify("", &code, 59), None);
    }

    #[test]
    fn new_secrets_are_distinct_and_work() {
        let (a, b) = (new_secret(), new_secret());
        assert_ne!(a, b);
        assert_eq!(a.len(), 32);

        let code = code_at(&a, 1_750_000_000).expect("a code");

        assert!(verify(&a, &code, 1_750_000_000).is_some());
    }

    #[test]
    fn the_address_escapes_what_people_are_called() {
        let url = otpauth_url("ABC", "asha+work@acme.example", "Comm Desk:&?");

        assert_eq!(
            url,
            "otpauth://totp/Comm%20Desk%3A%26%3F:asha%2Bwork%40acme.example?secret=ABC&issuer=Comm%20Desk%3A%26%3F&algorithm=SHA1&digits=6&period=30"
        );
    }

    #[test]
    fn the_qr_code_is_one_path_inside_its_square() {
        let qr = qr_path(&otpauth_url(&new_secret(), "asha@acme.example", "CommDesk")).expect("short enough");

        // The finder in the corner: a line of seven after four quiet modules.
        assert!(qr.path.starts_with("M4 4h7v1h-7z"));
        assert!(qr.path.chars().all(|c| c.is_ascii_digit() || "Mhvz -".contains(c)));
        assert!(qr.side > 29 && (qr.side - 8 - 17).is_multiple_of(4));
        assert!(qr_path(&"x".repeat(5_000)).is_none());
    }

    #[test]
    fn recovery_codes_are_ten_distinct_ones_and_forgive_how_they_are_typed() {
        let codes = recovery_codes();
        assert_eq!(codes.iter().collect::<BTreeSet<_>>().len(), RECOVERY_CODES);
        assert!(codes.iter().all(|c| c.len() == 19 && c.split('-').all(|group| group.len() == 4)));

        let spaced = codes[0].to_uppercase().replace('-', " ").replace('0', "O").replace('1', "l");

        assert_eq!(hash_recovery_code(&codes[0]), hash_recovery_code(&spaced));
        assert_ne!(hash_recovery_code(&codes[0]), hash_recovery_code(&codes[1]));
    }
}
