//! An amount while it is typed: commas appear where people of its currency put them, and the caret stays where it was.
//!
//! Promises never to change what is meant. Our own commas move as digits come and go; commas that somebody writes are theirs, and
//! stay until they stand where thousands or lakhs end: a European's `3,50` must reach the door as it is, which refuses it, and
//! not become 350. Of what was typed while nobody looked all is theirs. What is no amount is left alone.

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
    /// Several keys make one letter, which is not finished.
    Composed,
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

/// What stood in a field when we last looked: tells our commas from those of whoever types.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Before {
    text: String,
    /// Did we put its commas there?
    is_ours: bool,
}

impl Before {
    /// What a page was made with.
    pub fn written(text: &str) -> Self {
        Self { text: text.to_owned(), is_ours: true }
    }

    /// What was typed while nobody looked.
    pub fn typed(text: &str) -> Self {
        Self { text: text.to_owned(), is_ours: false }
    }

    /// What should stand in the field that holds `text` now, and where the caret is then; nothing when all is as it should be.
    /// Places are counted in letters.
    pub fn retyped(&mut self, text: &str, caret: usize, edit: Edit<'_>, currency: Currency) -> Option<(String, usize)> {
        let next = self.next(text, caret, edit, currency);
        let is_ours = match edit {
            Edit::PutIn(what) if what.contains(',') => false,
            Edit::Unknown => false,
            Edit::Composed => self.is_ours && text.matches(',').count() <= self.text.matches(',').count(),
            // Where theirs stood right, they stay theirs, though they may stand elsewhere in this currency.
            _ if next.is_some() => self.is_ours || !text.contains(',') || !is_one(text, currency),
            _ => self.is_ours,
        };
        let shown = next.as_ref().map_or(text, |(next, _)| next.as_str());
        *self = Self { text: shown.to_owned(), is_ours };
        next
    }

    /// As [`grouped`], of what stands in the field now.
    pub fn regrouped(&mut self, text: &str, currency: Currency) -> String {
        let next = grouped(text, currency);
        *self = Self { is_ours: self.is_ours || next != text, text: next.clone() };
        next
    }

    fn next(&self, text: &str, caret: usize, edit: Edit<'_>, currency: Currency) -> Option<(String, usize)> {
        let keeps_commas = match edit {
            Edit::PutIn(what) => !what.contains(','),
            Edit::Before | Edit::Behind => true,
            Edit::Unknown => false,
            Edit::Composed => return None,
        };
        Parts::of(text, currency)?;
        let was_one = is_one(&self.text, currency);
        let mut letters: Vec<char> = text.chars().collect();
        let mut caret = caret.min(letters.len());
        if let Edit::PutIn(what) = edit
            && self.is_ours
            && !keeps_commas
        {
            // A comma of theirs beside ours would make them one amount that nobody meant: `1000,500` is none, `1,000,500` is. Ours go.
            (letters, caret) = without_ours(&letters, caret, what)?;
        }
        let now: String = letters.iter().collect();
        if !(was_one && keeps_commas) && !is_one(&now, currency) {
            return (now != text).then_some((now, caret));
        }
        // Who deletes a comma means the digit beyond it: the comma alone would only come back.
        if was_one && self.text != text && self.text.replace(',', "") == text.replace(',', "") {
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
}

/// The letters without the commas that stood there before `what` was put in before the caret, and the caret's new place.
fn without_ours(letters: &[char], caret: usize, what: &str) -> Option<(Vec<char>, usize)> {
    let begins = caret.checked_sub(what.chars().count())?;
    if !letters[begins..caret].iter().copied().eq(what.chars()) {
        return None;
    }
    let is_ours = |place: usize| letters[place] == ',' && !(begins..caret).contains(&place);
    let gone = (0..begins).filter(|place| is_ours(*place)).count();
    let kept = (0..letters.len()).filter(|place| !is_ours(*place)).map(|place| letters[place]).collect();
    Some((kept, caret - gone))
}

fn is_one(text: &str, currency: Currency) -> bool {
    Parts::of(text, currency).is_some_and(|parts| parts.is_one())
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

    /// A field that is worked by keys: its text, the caret in it, and what we know of it.
    struct Field {
        text: String,
        caret: usize,
        currency: Currency,
        before: Before,
    }

    impl Field {
        /// `|` is the caret.
        fn at(shown: &str, currency: Currency) -> Self {
            let caret = shown.chars().position(|letter| letter == '|').expect("the test's own caret");
            let text = shown.replace('|', "");
            Self { before: Before::written(&text), text, caret, currency }
        }

        /// As it stands there when the program comes.
        fn typed_before(shown: &str, currency: Currency) -> Self {
            let field = Self::at(shown, currency);
            Self { before: Before::typed(&field.text), ..field }
        }

        fn edit(mut self, text: String, caret: usize, edit: Edit<'_>) -> Self {
            let next = self.before.retyped(&text, caret, edit, self.currency);
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
        assert_eq!(inr("|").keys("1000,50").shown(), "1000,50|");
        assert_eq!(inr("|").put("3,50").shown(), "3,50|");
        assert_eq!(usd("|").keys("3.500,00").shown(), "3.500,00|");
        // By hand, as people write it; and in the other way, which is read too.
        assert_eq!(inr("|").keys("3,50,000").shown(), "3,50,000|");
        assert_eq!(inr("|").keys("350,000").shown(), "3,50,000|");
        assert_eq!(usd("|").keys("1,234,567").shown(), "1,234,567|");
        // Over what stood there, with nothing said of what was done.
        let over = |edit: Edit<'_>| Before::written("3,500").retyped("3,50", 4, edit, Currency::Inr);
        assert_eq!(over(Edit::Unknown), None);
        assert_eq!(over(Edit::PutIn("3,50")), None);
    }

    #[test]
    fn what_was_typed_before_we_looked_is_theirs() {
        let field = |shown: &str| Field::typed_before(shown, Currency::Inr);
        assert_eq!(field("3,5|").keys("0").shown(), "3,50|");
        assert_eq!(field("3,50|").backspace().shown(), "3,5|");
        assert_eq!(Field::typed_before("1,234|", Currency::Usd).keys(",567").shown(), "1,234,567|");
        // Nor is a letter touched that is not finished, and it is known of afterwards.
        let composed = inr("|").edit("3,5".to_owned(), 3, Edit::Composed);
        assert_eq!(composed.keys("0").shown(), "3,50|");
    }

    #[test]
    fn a_comma_of_theirs_beside_ours_makes_no_other_amount() {
        for currency in [Currency::Inr, Currency::Usd] {
            let typed = Field::at("|", currency).keys("1000,500");
            assert_eq!(typed.shown(), "1000,500|");
            assert!(ungroup(&typed.text).is_err(), "the door refuses it");
            assert_eq!(Field::at("|", currency).keys("1000").put(",500").shown(), "1000,500|");
        }
        // Whoever takes their comma back has ours again.
        assert_eq!(inr("|").keys("1000,").backspace().keys("0").shown(), "10,000|");
        // Their own commas stay, in either way.
        assert_eq!(usd("|").keys("12,345,678").shown(), "12,345,678|");
        assert_eq!(inr("|").keys("1,23,45,678").shown(), "1,23,45,678|");
        assert_eq!(inr("1|,000").put(",").shown(), "1|,000");
    }

    #[test]
    fn what_is_no_amount_is_left_alone() {
        for text in ["a lot", "5 000", "-5000", "1e5000", "$5000", "५०००००", "5000.00.0", "5000k"] {
            let put = Before::written("").retyped(text, text.chars().count(), Edit::PutIn(text), Currency::Inr);
            assert_eq!(put, None, "{text}");
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
            if let Some((next, place)) = Before::written(&before).retyped(&text, caret, edit, Currency::Inr) {
                prop_assert_eq!(next.replace(',', ""), text.replace(',', ""));
                prop_assert!(place <= next.chars().count());
            }
        }
    }
}
