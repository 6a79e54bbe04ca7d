//! An amount while it is typed: commas appear where people of its currency put them, and the caret stays where it was.
//!
//! Promises never to change what is meant. Our own commas move as digits come and go; commas that somebody writes are theirs, and
//! stay until they stand where thousands or lakhs end: a European's `3,50` must reach the door as it is, which refuses it, and
//! not become 350. What is no amount is left alone.

use super::money::{Currency, ungroup};

/// What was done to a text, as far as a browser says it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Edit<'a> {
    /// Typed or pasted.
    PutIn(&'a str),
    /// Taken away on the caret's left, as the backspace does.
    Before,
    /// Taken away on the caret's right.
    Behind,
    /// Taken back, filled in, or not said.
    Unknown,
}

/// What is stored, as a field shows it: `350000.50` is `3,50,000.50` in rupees.
pub fn grouped(text: &str, currency: Currency) -> String {
    match Parts::of(text, currency) {
        Some(parts) if parts.is_one() => parts.written(currency),
        _ => text.to_owned(),
    }
}

/// What should stand in a field that held `before` and holds `text` now, and where the caret is then; nothing when all is as it
/// should be. Places are counted in letters.
pub fn retyped(before: &str, text: &str, caret: usize, edit: Edit<'_>, currency: Currency) -> Option<(String, usize)> {
    let keeps_commas = match edit {
        Edit::PutIn(what) => !what.contains(','),
        Edit::Before | Edit::Behind => true,
        Edit::Unknown => false,
    };
    let now = Parts::of(text, currency)?;
    let was_one = Parts::of(before, currency).is_some_and(|parts| parts.is_one());
    if !(was_one && keeps_commas) && !now.is_one() {
        return None;
    }
    let mut letters: Vec<char> = text.chars().collect();
    let mut caret = caret.min(letters.len());
    // Who deletes a comma means the digit beyond it: the comma alone would only come back.
    if was_one && before != text && before.replace(',', "") == text.replace(',', "") {
        if edit == Edit::Before && caret > 0 {
            caret -= 1;
            letters.remove(caret);
        } else if edit == Edit::Behind && caret < letters.len() {
            letters.remove(caret);
        }
    }
    let left = letters[..caret].iter().filter(|letter| **letter != ',').count();
    let bare: String = letters.into_iter().filter(|letter| *letter != ',').collect();
    let next = Parts::of(&bare, currency)?.written(currency);
    let mut seen = 0;
    let passed = next.chars().take_while(|letter| {
        let is_left = seen < left;
        seen += usize::from(*letter != ',');
        is_left
    });
    let place = passed.count();
    (next != text).then_some((next, place))
}

/// An amount's text in its parts.
struct Parts<'a> {
    /// The currency's sign or code and spaces.
    sign: &'a str,
    /// Digits and commas.
    whole: &'a str,
    /// The dot, the decimals and spaces, if anything.
    tail: &'a str,
}

impl<'a> Parts<'a> {
    fn of(text: &'a str, currency: Currency) -> Option<Self> {
        let bare = text.trim_start();
        let bare =
            bare.strip_prefix(currency.symbol()).or_else(|| bare.strip_prefix(currency.code())).unwrap_or(bare).trim_start();
        let sign = &text[..text.len() - bare.len()];
        let end = bare.find(|letter: char| !letter.is_ascii_digit() && letter != ',').unwrap_or(bare.len());
        let (whole, tail) = bare.split_at(end);
        let is_tail = match tail.trim_end() {
            "" => true,
            tail => tail.strip_prefix('.').is_some_and(|it| it.bytes().all(|byte| byte.is_ascii_digit() || byte == b',')),
        };
        is_tail.then_some(Self { sign, whole, tail })
    }

    /// Do its commas stand where thousands or lakhs end?
    fn is_one(&self) -> bool {
        ungroup(self.whole).is_ok() && !self.tail.contains(',')
    }

    fn written(&self, currency: Currency) -> String {
        format!("{}{}{}", self.sign, currency.group_digits(&self.whole.replace(',', "")), self.tail)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::money::Money;
    use proptest::prelude::*;

    /// A field that is worked by keys: its text, and the caret in it.
    struct Field {
        text: String,
        caret: usize,
        currency: Currency,
    }

    impl Field {
        /// `|` is the caret.
        fn at(shown: &str, currency: Currency) -> Self {
            let caret = shown.chars().position(|letter| letter == '|').expect("the test's own caret");
            Self { text: shown.replace('|', ""), caret, currency }
        }

        fn edit(mut self, text: String, caret: usize, edit: Edit<'_>) -> Self {
            let next = retyped(&self.text, &text, caret, edit, self.currency);
            (self.text, self.caret) = next.unwrap_or((text, caret));
            self
        }

        fn put(self, what: &str) -> Self {
            let mut letters: Vec<char> = self.text.chars().collect();
            drop(letters.splice(self.caret..self.caret, what.chars()));
            let caret = self.caret + what.chars().count();
            self.edit(letters.into_iter().collect(), caret, Edit::PutIn(what))
        }

        fn keys(self, keys: &str) -> Self {
            keys.chars().fold(self, |field, key| field.put(&key.to_string()))
        }

        fn take(self, place: usize, caret: usize, edit: Edit<'_>) -> Self {
            let mut letters: Vec<char> = self.text.chars().collect();
            letters.remove(place);
            self.edit(letters.into_iter().collect(), caret, edit)
        }

        fn backspace(self) -> Self {
            let place = self.caret - 1;
            self.take(place, place, Edit::Before)
        }

        fn delete(self) -> Self {
            let place = self.caret;
            self.take(place, place, Edit::Behind)
        }

        fn shown(&self) -> String {
            let mut letters: Vec<char> = self.text.chars().collect();
            letters.insert(self.caret, '|');
            letters.into_iter().collect()
        }
    }

    fn inr(shown: &str) -> Field {
        Field::at(shown, Currency::Inr)
    }

    fn usd(shown: &str) -> Field {
        Field::at(shown, Currency::Usd)
    }

    #[test]
    fn digits_are_grouped_as_they_come() {
        assert_eq!(inr("|").keys("500000").shown(), "5,00,000|");
        assert_eq!(inr("|").keys("12345678.90").shown(), "1,23,45,678.90|");
        assert_eq!(usd("|").keys("1234567.5").shown(), "1,234,567.5|");
        assert_eq!(inr("|").keys("999").shown(), "999|");
        assert_eq!(inr("₹ |").keys("100000").shown(), "₹ 1,00,000|");
    }

    #[test]
    fn the_caret_stays_with_its_digits() {
        assert_eq!(inr("1,23|4").put("5").shown(), "12,35|4");
        assert_eq!(inr("|50,000").put("1").shown(), "1|,50,000");
        assert_eq!(inr("5,00,000|").backspace().shown(), "50,000|");
        assert_eq!(inr("5,|00,000").backspace().shown(), "|00,000");
        assert_eq!(inr("5|,00,000").delete().shown(), "5|0,000");
        assert_eq!(inr("5,|00,000").delete().shown(), "5|0,000");
        assert_eq!(usd("1,234|,567").backspace().shown(), "123|,567");
    }

    #[test]
    fn a_dot_comes_and_goes() {
        assert_eq!(inr("3,|500").put(".").shown(), "3.|500");
        assert_eq!(inr("3,500.|50").backspace().shown(), "3,50,0|50");
    }

    #[test]
    fn what_is_pasted_is_grouped_in_the_currency_s_way() {
        assert_eq!(inr("|").put("500000").shown(), "5,00,000|");
        assert_eq!(inr("|").put("500,000.00").shown(), "5,00,000.00|");
        assert_eq!(usd("|").put("5,00,000").shown(), "500,000|");
        assert_eq!(inr("|").put("₹3,50,000").shown(), "₹3,50,000|");
        assert_eq!(inr("1,0|00").put("55").shown(), "1,05,5|00");
    }

    #[test]
    fn commas_of_others_are_left_alone_until_they_stand_right() {
        // A European's decimals are refused at the door: they must arrive there.
        assert_eq!(inr("|").keys("3,50").shown(), "3,50|");
        assert_eq!(inr("|").keys("1000,50").shown(), "1,000,50|");
        assert_eq!(inr("|").put("3,50").shown(), "3,50|");
        assert_eq!(usd("|").keys("3.500,00").shown(), "3.500,00|");
        // By hand, as people write it; and in the other way, which is read too.
        assert_eq!(inr("|").keys("3,50,000").shown(), "3,50,000|");
        assert_eq!(inr("|").keys("350,000").shown(), "3,50,000|");
        assert_eq!(usd("|").keys("1,234,567").shown(), "1,234,567|");
        // Over what stood there, with nothing said of what was done.
        assert_eq!(retyped("3,500", "3,50", 4, Edit::Unknown, Currency::Inr), None);
        assert_eq!(retyped("3,500", "3,50", 4, Edit::PutIn("3,50"), Currency::Inr), None);
    }

    #[test]
    fn what_is_no_amount_is_left_alone() {
        for text in ["a lot", "5 000", "-5000", "1e5000", "$5000", "५०००००", "5000.00.0", "5000k"] {
            assert_eq!(retyped("", text, text.chars().count(), Edit::PutIn(text), Currency::Inr), None, "{text}");
            assert_eq!(grouped(text, Currency::Inr), text);
        }
        assert_eq!(grouped("", Currency::Inr), "");
        assert_eq!(grouped("350000.50", Currency::Inr), "3,50,000.50");
        assert_eq!(grouped("3,50,000", Currency::Usd), "350,000");
        assert_eq!(grouped("12,00", Currency::Inr), "12,00");
    }

    proptest! {
        /// Typed digit by digit or pasted at once, the same amount is meant as without us.
        #[test]
        fn what_is_meant_stays(digits in "[1-9][0-9]{0,10}", decimals in "(\\.[0-9]{2})?", currency in prop::sample::select(Currency::ALL)) {
            let plain = format!("{digits}{decimals}");
            let meant = Money::parse_major(&plain, currency);
            let typed = Field::at("|", currency).keys(&plain);
            let pasted = Field::at("|", currency).put(&plain);
            prop_assert_eq!(&typed.text, &pasted.text);
            prop_assert_eq!(typed.caret, typed.text.chars().count());
            prop_assert_eq!(Money::parse_major(&typed.text, currency), meant);
            prop_assert_eq!(grouped(&typed.text, currency), typed.text);
        }

        /// Whatever is done to whatever stands there: the caret stays inside, and digits are only moved apart.
        #[test]
        fn nothing_is_lost(before in "[0-9,.₹ a]{0,12}", text in "[0-9,.₹ a]{0,12}", caret in 0_usize..14, how in 0_usize..3) {
            let edit = [Edit::PutIn("5"), Edit::PutIn(","), Edit::Unknown][how];
            if let Some((next, place)) = retyped(&before, &text, caret, edit, Currency::Inr) {
                prop_assert_eq!(next.replace(',', ""), text.replace(',', ""));
                prop_assert!(place <= next.chars().count());
            }
        }
    }
}
