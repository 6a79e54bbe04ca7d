use unicode_normalization::{UnicodeNormalization as _, char::is_combining_mark};

/// NFKD: compatible characters are one, accents stand by themselves.
pub fn decomposed(text: &str) -> String {
    text.nfkd().collect()
}

/// NFC: letters with their accents in one, where there is such a letter.
pub fn composed(text: &str) -> String {
    text.nfc().collect()
}

/// An accent, a vowel sign, or whatever else stands on the character before it (general category M).
pub fn is_mark(c: char) -> bool {
    is_combining_mark(c)
}
