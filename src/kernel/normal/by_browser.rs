use js_sys::{JsString, RegExp};

thread_local! {
    static MARK: RegExp = RegExp::new(r"^\p{M}$", "u");
}

/// NFKD: compatible characters are one, accents stand by themselves.
pub fn decomposed(text: &str) -> String {
    JsString::from(text).normalize("NFKD").into()
}

/// NFC: letters with their accents in one, where there is such a letter.
pub fn composed(text: &str) -> String {
    JsString::from(text).normalize("NFC").into()
}

/// An accent, a vowel sign, or whatever else stands on the character before it (general category M).
pub fn is_mark(c: char) -> bool {
    // No mark stands below U+0300, and nearly everything does.
    c >= '\u{300}' && MARK.with(|mark| mark.test(c.encode_utf8(&mut [0; 4])))
}
