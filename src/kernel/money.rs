//! Money: whole minor units with a currency. It is read from decimal text and written as decimal text, and no float ever
//! comes near it; splitting conserves the last paisa.
//!
//! Does not convert between currencies and does not round: what does not fit is refused, never bent.

use super::labels::labels;
use serde::{Deserialize, Serialize};
use std::fmt;

/// The largest amount that is read, in minor units. Far above any sponsorship, and a thousand of them still add up.
pub const MAX_MINOR: i64 = 10_000_000_000_000;

labels! {
    /// What may be paid in, by its ISO 4217 code.
    Currency, "a currency" {
        Inr = "INR",
        Usd = "USD",
        Eur = "EUR",
        Gbp = "GBP",
    }
}

impl Currency {
    /// The ISO 4217 code.
    pub const fn code(self) -> &'static str {
        self.label()
    }

    /// How many decimals the currency has (ISO 4217). Nothing below assumes two: yen has none, dinars have three.
    pub const fn minor_digits(self) -> u32 {
        match self {
            Self::Inr | Self::Usd | Self::Eur | Self::Gbp => 2,
        }
    }

    /// Minor units in one major unit.
    pub const fn minor_per_major(self) -> i64 {
        10_i64.pow(self.minor_digits())
    }

    /// What stands in front of an amount.
    pub const fn symbol(self) -> &'static str {
        match self {
            Self::Inr => "₹",
            Self::Usd => "$",
            Self::Eur => "€",
            Self::Gbp => "£",
        }
    }

    /// For lists to choose from: "Indian rupee (₹)".
    pub const fn name(self) -> &'static str {
        match self {
            Self::Inr => "Indian rupee (₹)",
            Self::Usd => "US dollar ($)",
            Self::Eur => "Euro (€)",
            Self::Gbp => "Pound sterling (£)",
        }
    }

    /// The short units that people of this currency write, largest first: letters and major units.
    const fn short_units(self) -> &'static [(&'static str, i64)] {
        match self {
            Self::Inr => &[("Cr", 10_000_000), ("L", 100_000), ("k", 1_000)],
            Self::Usd | Self::Eur | Self::Gbp => &[("B", 1_000_000_000), ("M", 1_000_000), ("k", 1_000)],
        }
    }

    /// Digits of a whole number with this currency's commas: 350000 is 3,50,000 in rupees and 350,000 elsewhere.
    fn group(self, whole: u64) -> String {
        self.group_digits(&whole.to_string())
    }

    /// The same of digits, however many: leading zeros are not ours to take away while somebody types.
    pub(super) fn group_digits(self, digits: &str) -> String {
        let step = if self == Self::Inr { 2 } else { 3 };
        let mut grouped = String::with_capacity(digits.len() * 3 / 2);
        for (place, digit) in digits.chars().enumerate() {
            let left = digits.len() - place;
            if place > 0 && left >= 3 && (left - 3).is_multiple_of(step) {
                grouped.push(',');
            }
            grouped.push(digit);
        }
        grouped
    }
}

/// Why a text or number is no amount. The words are for the person who typed it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotMoney {
    #[error("Enter an amount.")]
    Empty,
    #[error("Write the amount in digits, with a dot before the decimals: 3500 or 3,500.50.")]
    NotDecimal,
    #[error("The commas are not where thousands or lakhs end. Write 350000, 350,000 or 3,50,000; decimals follow a dot.")]
    Grouping,
    #[error("{code} has {}. Shorten the amount.", decimals(*.digits))]
    TooFine { code: &'static str, digits: u32 },
    #[error("An amount cannot be below zero.")]
    Negative,
    #[error("Write the amount out in digits, without an exponent.")]
    Exponent,
    #[error(transparent)]
    TooMuch(#[from] TooMuchMoney),
}

/// An amount or a sum beyond what is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("This amount is larger than we can handle. Check the number of zeros.")]
pub struct TooMuchMoney;

/// Why two amounts cannot be put together.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MoneyMismatch {
    #[error("One amount is in {0} and the other in {1}. Use one currency.")]
    Currency(Currency, Currency),
    #[error(transparent)]
    TooMuch(#[from] TooMuchMoney),
}

fn decimals(digits: u32) -> String {
    match digits {
        0 => "no decimals".into(),
        1 => "one decimal at most".into(),
        2 => "two decimals at most".into(),
        many => format!("{many} decimals at most"),
    }
}

/// An amount: `minor` units (paise, cents, pence) of `currency`.
///
/// What is read from people is never negative; a ledger's entries may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Money {
    pub minor: i64,
    pub currency: Currency,
}

impl Money {
    pub const fn zero(currency: Currency) -> Self {
        Self { minor: 0, currency }
    }

    /// A whole number of major units.
    ///
    /// # Errors
    /// Beyond [`MAX_MINOR`] on either side of zero.
    pub fn from_major(major: i64, currency: Currency) -> Result<Self, TooMuchMoney> {
        let minor = major.checked_mul(currency.minor_per_major()).ok_or(TooMuchMoney)?;
        if minor.unsigned_abs() > MAX_MINOR.unsigned_abs() { Err(TooMuchMoney) } else { Ok(Self { minor, currency }) }
    }

    /// Reads what a person typed, in major units: `3500`, `3,500.5`, `3,50,000`, `₹ 3,50,000.00`.
    ///
    /// Commas must stand where thousands or lakhs end, so that a European's `3,50` is refused, not read as 350.
    ///
    /// # Errors
    /// Not a decimal, below zero, finer than the currency, or above [`MAX_MINOR`].
    pub fn parse_major(text: &str, currency: Currency) -> Result<Self, NotMoney> {
        let text = text.trim();
        let text =
            text.strip_prefix(currency.symbol()).or_else(|| text.strip_prefix(currency.code())).unwrap_or(text).trim_start();
        if text.is_empty() {
            return Err(NotMoney::Empty);
        }
        if text.starts_with(['-', '\u{2212}']) {
            return Err(NotMoney::Negative);
        }
        let (whole, fraction) = match text.split_once('.') {
            Some((whole, fraction)) => (whole, Some(fraction)),
            None => (text, None),
        };
        let whole = ungroup(whole)?;
        Self::from_digits(&whole, fraction, currency)
    }

    /// Reads a number of the wire, in major units, from its own digits.
    ///
    /// # Errors
    /// As [`Money::parse_major`]; an exponent (`3.5e5`) is refused too, because it hides how many decimals were meant.
    pub fn from_json_number(number: &serde_json::Number, currency: Currency) -> Result<Self, NotMoney> {
        let text = number.to_string();
        if text.contains(['e', 'E']) {
            return Err(NotMoney::Exponent);
        }
        if text.starts_with('-') {
            return Err(NotMoney::Negative);
        }
        match text.split_once('.') {
            Some((whole, fraction)) => Self::from_digits(whole, Some(fraction), currency),
            None => Self::from_digits(&text, None, currency),
        }
    }

    fn from_digits(whole: &str, fraction: Option<&str>, currency: Currency) -> Result<Self, NotMoney> {
        let are_digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        if !are_digits(whole) || fraction.is_some_and(|fraction| !are_digits(fraction)) {
            return Err(NotMoney::NotDecimal);
        }
        let fraction = fraction.unwrap_or_default();
        let width = currency.minor_digits() as usize;
        if fraction.len() > width {
            return Err(NotMoney::TooFine { code: currency.code(), digits: currency.minor_digits() });
        }
        let digits = format!("{whole}{fraction:0<width$}");
        let minor: i64 = digits.parse().map_err(|_| TooMuchMoney)?;
        if minor > MAX_MINOR { Err(TooMuchMoney.into()) } else { Ok(Self { minor, currency }) }
    }

    /// Decimal text in major units with all of the currency's decimals and no commas: `350000.00`.
    pub fn to_major_string(self) -> String {
        let (whole, fraction) = self.parts();
        format!("{}{whole}{}", self.sign(), self.tail(fraction))
    }

    /// As people of the currency write it, in full: `₹3,50,000.00`, `$3,500.00`.
    pub fn format(self) -> String {
        let (whole, fraction) = self.parts();
        format!("{}{}{}{}", self.sign(), self.currency.symbol(), self.currency.group(whole), self.tail(fraction))
    }

    /// In full, without decimals that are all zero: `₹3,50,000`, `$3,500.50`.
    pub fn format_whole(self) -> String {
        let (whole, fraction) = self.parts();
        if fraction == 0 {
            format!("{}{}{}", self.sign(), self.currency.symbol(), self.currency.group(whole))
        } else {
            self.format()
        }
    }

    /// Short where that is exact to one decimal: `₹3.5L`, `₹2Cr`, `$3.5k`, `$500`; otherwise [`Money::format`], because a
    /// rounded amount would be a wrong one.
    pub fn format_short(self) -> String {
        self.short_form().unwrap_or_else(|| self.format())
    }

    /// For round amounts in lists and ranges: lakhs and crores where rupees allow it, full digits for the others.
    pub fn format_round(self) -> String {
        match self.currency {
            Currency::Inr => self.short_form().unwrap_or_else(|| self.format_whole()),
            Currency::Usd | Currency::Eur | Currency::Gbp => self.format_whole(),
        }
    }

    /// The sum.
    ///
    /// # Errors
    /// Two currencies, or a sum that no longer fits.
    pub fn checked_add(self, other: Self) -> Result<Self, MoneyMismatch> {
        if self.currency != other.currency {
            return Err(MoneyMismatch::Currency(self.currency, other.currency));
        }
        let minor = self.minor.checked_add(other.minor).ok_or(TooMuchMoney)?;
        Ok(Self { minor, currency: self.currency })
    }

    /// Parts in proportion to the weights, in their order, that sum back to the whole (largest remainder method; of equal
    /// remainders the earlier part is served first). Weights that are all zero count as equal; with no weights at all the
    /// whole is the one part.
    pub fn split(self, weights: &[u32]) -> Vec<Self> {
        if weights.is_empty() {
            return vec![self];
        }
        let even = vec![1; weights.len()];
        let weights = if weights.iter().all(|weight| *weight == 0) { &even[..] } else { weights };
        let total: u128 = weights.iter().copied().map(u128::from).sum();
        let amount = u128::from(self.minor.unsigned_abs());

        let mut shares: Vec<u128> = weights.iter().map(|weight| amount * u128::from(*weight) / total).collect();
        let left = amount - shares.iter().sum::<u128>();
        let mut by_remainder: Vec<usize> = (0..weights.len()).collect();
        by_remainder.sort_by_key(|place| std::cmp::Reverse(amount * u128::from(weights[*place]) % total));
        for place in by_remainder.into_iter().take(usize::try_from(left).expect("fewer units are left than there are parts")) {
            shares[place] += 1;
        }

        let negative = self.minor < 0;
        shares
            .into_iter()
            .map(|share| {
                let share = i128::try_from(share).expect("a share is no larger than the whole");
                let minor = i64::try_from(if negative { -share } else { share }).expect("a share is no larger than the whole");
                Self { minor, currency: self.currency }
            })
            .collect()
    }

    /// Whole major units and the minor rest, without the sign.
    fn parts(self) -> (u64, u64) {
        let per_major = self.currency.minor_per_major().unsigned_abs();
        let amount = self.minor.unsigned_abs();
        (amount / per_major, amount % per_major)
    }

    const fn sign(self) -> &'static str {
        if self.minor < 0 { "-" } else { "" }
    }

    /// The decimals with their dot; nothing for a currency without any.
    fn tail(self, fraction: u64) -> String {
        match self.currency.minor_digits() as usize {
            0 => String::new(),
            width => format!(".{fraction:0width$}"),
        }
    }

    fn short_form(self) -> Option<String> {
        let (whole, fraction) = self.parts();
        if fraction != 0 {
            return None;
        }
        let unit = self.currency.short_units().iter().find(|(_, size)| whole >= size.unsigned_abs());
        let (sign, symbol) = (self.sign(), self.currency.symbol());
        let Some((letters, size)) = unit else {
            return Some(format!("{sign}{symbol}{whole}"));
        };
        let tenth = size.unsigned_abs() / 10;
        if !whole.is_multiple_of(tenth) {
            return None;
        }
        let (units, tenths) = (self.currency.group(whole / tenth / 10), whole / tenth % 10);
        let decimal = if tenths == 0 { String::new() } else { format!(".{tenths}") };
        Some(format!("{sign}{symbol}{units}{decimal}{letters}"))
    }
}

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.format())
    }
}

/// Takes the commas out of a whole number if they stand where thousands (350,000) or lakhs (3,50,000) end.
pub(super) fn ungroup(text: &str) -> Result<String, NotMoney> {
    if !text.contains(',') {
        return Ok(text.to_owned());
    }
    if !text.bytes().all(|byte| byte.is_ascii_digit() || byte == b',') {
        return Err(NotMoney::NotDecimal);
    }
    let groups: Vec<usize> = text.split(',').map(str::len).collect();
    let (first, last) = (groups[0], groups[groups.len() - 1]);
    let between = &groups[1..groups.len() - 1];
    let thousands = (1..=3).contains(&first) && between.iter().all(|length| *length == 3);
    let lakhs = (1..=2).contains(&first) && between.iter().all(|length| *length == 2);
    if last == 3 && (thousands || lakhs) { Ok(text.replace(',', "")) } else { Err(NotMoney::Grouping) }
}

/// From `min` to `max`, both included, of one currency, never below zero.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(into = "RangeWire", try_from = "RangeWire")]
pub struct MoneyRange {
    min: Money,
    max: Money,
}

/// Why two amounts are no range.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotARange {
    #[error("One amount is in {0} and the other in {1}. Use one currency.")]
    Currency(Currency, Currency),
    #[error("An amount cannot be below zero.")]
    Negative,
    #[error("The lower amount is above the upper one. Swap them.")]
    UpsideDown,
}

impl MoneyRange {
    /// # Errors
    /// Two currencies, an amount below zero, or `min` above `max`.
    pub fn new(min: Money, max: Money) -> Result<Self, NotARange> {
        if min.currency != max.currency {
            Err(NotARange::Currency(min.currency, max.currency))
        } else if min.minor < 0 || max.minor < 0 {
            Err(NotARange::Negative)
        } else if min.minor > max.minor {
            Err(NotARange::UpsideDown)
        } else {
            Ok(Self { min, max })
        }
    }

    pub const fn min(self) -> Money {
        self.min
    }

    pub const fn max(self) -> Money {
        self.max
    }

    pub const fn currency(self) -> Currency {
        self.min.currency
    }

    /// Is the amount of this currency and between the ends?
    pub fn holds(self, amount: Money) -> bool {
        amount.currency == self.currency() && (self.min.minor..=self.max.minor).contains(&amount.minor)
    }

    /// Do the two have an amount in common?
    pub fn overlaps(self, other: Self) -> bool {
        self.currency() == other.currency() && self.min.minor <= other.max.minor && other.min.minor <= self.max.minor
    }

    /// "₹2L – ₹5L", "$2,500 – $10,000"; one amount when both ends are the same. Both ends are written the same way: if one
    /// has no short form, neither is shortened.
    pub fn format(self) -> String {
        let short = |amount: Money| if amount.currency == Currency::Inr { amount.short_form() } else { None };
        let (min, max) = match (short(self.min), short(self.max)) {
            (Some(min), Some(max)) => (min, max),
            _ => (self.min.format_whole(), self.max.format_whole()),
        };
        if self.min == self.max { min } else { format!("{min} – {max}") }
    }
}

impl fmt::Display for MoneyRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&MoneyRange::format(*self))
    }
}

/// How a range is written down: minor units, so that it has one spelling.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct RangeWire {
    min_minor: i64,
    max_minor: i64,
    currency: Currency,
}

impl From<MoneyRange> for RangeWire {
    fn from(range: MoneyRange) -> Self {
        Self { min_minor: range.min.minor, max_minor: range.max.minor, currency: range.currency() }
    }
}

impl TryFrom<RangeWire> for MoneyRange {
    type Error = NotARange;

    fn try_from(wire: RangeWire) -> Result<Self, NotARange> {
        let of = |minor| Money { minor, currency: wire.currency };
        Self::new(of(wire.min_minor), of(wire.max_minor))
    }
}

/// An amount as answers show it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MoneyView {
    /// Major units as a JSON number with all decimals: `350000.00`.
    pub amount: serde_json::Number,
    /// The same in minor units: `35000000`.
    pub amount_minor: i64,
    pub currency: Currency,
    /// Ready to show: `₹3,50,000.00`.
    pub formatted: String,
}

impl From<Money> for MoneyView {
    fn from(money: Money) -> Self {
        let amount = money.to_major_string().parse().expect("an optional sign, digits, a dot and digits are a JSON number");
        Self { amount, amount_minor: money.minor, currency: money.currency, formatted: money.format() }
    }
}

/// A range as answers show it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MoneyRangeView {
    pub min: MoneyView,
    pub max: MoneyView,
    /// Ready to show: `₹2L – ₹5L`.
    pub formatted: String,
}

impl From<MoneyRange> for MoneyRangeView {
    fn from(range: MoneyRange) -> Self {
        Self { min: range.min.into(), max: range.max.into(), formatted: range.format() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn inr(minor: i64) -> Money {
        Money { minor, currency: Currency::Inr }
    }

    fn usd(minor: i64) -> Money {
        Money { minor, currency: Currency::Usd }
    }

    #[test]
    fn what_people_type_is_read() {
        for (text, minor) in [
            ("0", 0),
            ("350000", 35_000_000),
            ("3,50,000", 35_000_000),
            ("350,000", 35_000_000),
            ("  3,50,000.00 ", 35_000_000),
            ("₹3,50,000", 35_000_000),
            ("₹ 3,50,000", 35_000_000),
            ("INR 500.5", 50_050),
            ("12,34,567.89", 123_456_789),
            ("1,234,567.89", 123_456_789),
            ("0.01", 1),
            ("000012", 1_200),
            ("100000000000", MAX_MINOR),
        ] {
            assert_eq!(Money::parse_major(text, Currency::Inr), Ok(inr(minor)), "{text}");
        }
    }

    #[test]
    fn what_is_no_amount_is_refused() {
        use NotMoney::{Empty, Grouping, Negative, NotDecimal, TooMuch};
        let fine = NotMoney::TooFine { code: "INR", digits: 2 };
        for (text, why) in [
            ("", Empty),
            ("₹", Empty),
            ("-5", Negative),
            ("\u{2212}5", Negative),
            ("3,50", Grouping),
            ("3,5,000", Grouping),
            ("35,00,00", Grouping),
            ("1,23,456,789", Grouping),
            (",500", Grouping),
            ("500,", Grouping),
            ("1,,000", Grouping),
            ("3.500,00", NotDecimal),
            ("5.", NotDecimal),
            (".5", NotDecimal),
            ("1.2.3", NotDecimal),
            ("5 000", NotDecimal),
            ("+5", NotDecimal),
            ("1e5", NotDecimal),
            ("0x10", NotDecimal),
            ("$500", NotDecimal),
            ("५००", NotDecimal),
            ("NaN", NotDecimal),
            ("5\u{0}", NotDecimal),
            ("5.001", fine.clone()),
            ("5.000", fine),
            ("100000000000.01", TooMuch(TooMuchMoney)),
            ("99999999999999999999999999", TooMuch(TooMuchMoney)),
        ] {
            assert_eq!(Money::parse_major(text, Currency::Inr), Err(why), "{text:?}");
        }
        assert_eq!(NotMoney::TooFine { code: "INR", digits: 2 }.to_string(), "INR has two decimals at most. Shorten the amount.");
    }

    #[test]
    fn numbers_of_the_wire_are_read_digit_by_digit() {
        let read = |text: &str| {
            let number: serde_json::Number = serde_json::from_str(text).expect("the test's own JSON");
            Money::from_json_number(&number, Currency::Usd)
        };
        assert_eq!(read("350000"), Ok(usd(35_000_000)));
        assert_eq!(read("0.1"), Ok(usd(10)));
        assert_eq!(read("3500.50"), Ok(usd(350_050)));
        assert_eq!(read("99999999999.99"), Ok(usd(9_999_999_999_999)));
        assert_eq!(read("0.29999999999999998"), Err(NotMoney::TooFine { code: "USD", digits: 2 }));
        assert_eq!(read("3.5e5"), Err(NotMoney::Exponent));
        assert_eq!(read("1E400"), Err(NotMoney::Exponent));
        assert_eq!(read("-1"), Err(NotMoney::Negative));
        assert_eq!(read("100000000000.01"), Err(NotMoney::TooMuch(TooMuchMoney)));
        assert_eq!(read("123456789012345678901234567890"), Err(NotMoney::TooMuch(TooMuchMoney)));
    }

    #[test]
    fn each_currency_is_written_as_its_people_write_it() {
        assert_eq!(inr(35_000_000).format(), "₹3,50,000.00");
        assert_eq!(inr(123_456_789_012).format(), "₹1,23,45,67,890.12");
        assert_eq!(inr(99_999).format(), "₹999.99");
        assert_eq!(usd(350_000).format(), "$3,500.00");
        assert_eq!(Money { minor: 350_000, currency: Currency::Eur }.format(), "€3,500.00");
        assert_eq!(Money { minor: 123_456_789, currency: Currency::Gbp }.format(), "£1,234,567.89");
        assert_eq!(usd(-350_001).format(), "-$3,500.01");
        assert_eq!(usd(0).format(), "$0.00");
        assert_eq!(inr(i64::MIN).to_major_string(), "-92233720368547758.08");
        assert_eq!(inr(35_000_000).to_major_string(), "350000.00");
        assert_eq!(inr(5).to_major_string(), "0.05");
        assert_eq!(inr(35_000_000).format_whole(), "₹3,50,000");
        assert_eq!(inr(35_000_001).format_whole(), "₹3,50,000.01");
    }

    #[test]
    fn the_short_form_never_rounds() {
        assert_eq!(inr(35_000_000).format_short(), "₹3.5L");
        assert_eq!(inr(2_000_000_000).format_short(), "₹2Cr");
        assert_eq!(inr(5_000_000).format_short(), "₹50k");
        assert_eq!(inr(35_500_000).format_short(), "₹3,55,000.00");
        assert_eq!(inr(35_000_001).format_short(), "₹3,50,000.01");
        assert_eq!(inr(99_900).format_short(), "₹999");
        assert_eq!(inr(MAX_MINOR).format_short(), "₹10,000Cr");
        assert_eq!(usd(350_000).format_short(), "$3.5k");
        assert_eq!(usd(150_000_000).format_short(), "$1.5M");
        assert_eq!(usd(-350_000).format_short(), "-$3.5k");
        assert_eq!(usd(0).format_short(), "$0");
    }

    #[test]
    fn sums_keep_their_currency_and_their_bounds() {
        assert_eq!(inr(1).checked_add(inr(2)), Ok(inr(3)));
        assert_eq!(inr(1).checked_add(usd(2)), Err(MoneyMismatch::Currency(Currency::Inr, Currency::Usd)));
        assert_eq!(inr(i64::MAX).checked_add(inr(1)), Err(MoneyMismatch::TooMuch(TooMuchMoney)));
        assert_eq!(Money::from_major(i64::MAX, Currency::Inr), Err(TooMuchMoney));
    }

    #[test]
    fn splits_serve_the_largest_remainders() {
        let minors = |parts: Vec<Money>| parts.into_iter().map(|part| part.minor).collect::<Vec<_>>();
        assert_eq!(minors(inr(10_000).split(&[70, 20, 10])), [7_000, 2_000, 1_000]);
        assert_eq!(minors(inr(100).split(&[1, 1, 1])), [34, 33, 33]);
        assert_eq!(minors(inr(-100).split(&[1, 1, 1])), [-34, -33, -33]);
        assert_eq!(minors(inr(5).split(&[0, 0])), [3, 2]);
        assert_eq!(minors(inr(5).split(&[0, 3])), [0, 5]);
        assert_eq!(minors(inr(5).split(&[])), [5]);
    }

    #[test]
    fn ranges_hold_together() {
        let range = MoneyRange::new(inr(20_000_000), inr(50_000_000)).expect("in order");
        assert_eq!(range.format(), "₹2L – ₹5L");
        assert!(range.holds(inr(20_000_000)) && range.holds(inr(50_000_000)) && !range.holds(inr(50_000_001)));
        assert!(!range.holds(usd(20_000_000)));
        assert_eq!(MoneyRange::new(usd(250_000), usd(1_000_000)).expect("in order").format(), "$2,500 – $10,000");
        assert_eq!(MoneyRange::new(inr(35_500_000), inr(50_000_000)).expect("in order").format(), "₹3,55,000 – ₹5,00,000");
        assert_eq!(MoneyRange::new(inr(20_000_000), inr(20_000_000)).expect("in order").format(), "₹2L");
        assert_eq!(MoneyRange::new(inr(2), inr(1)), Err(NotARange::UpsideDown));
        assert_eq!(MoneyRange::new(inr(-1), inr(1)), Err(NotARange::Negative));
        assert_eq!(MoneyRange::new(inr(1), usd(1)), Err(NotARange::Currency(Currency::Inr, Currency::Usd)));
        let json = serde_json::to_string(&range).expect("plain data");
        assert_eq!(json, r#"{"minMinor":20000000,"maxMinor":50000000,"currency":"INR"}"#);
        assert_eq!(serde_json::from_str::<MoneyRange>(&json).expect("it was just written"), range);
        assert!(serde_json::from_str::<MoneyRange>(r#"{"minMinor":2,"maxMinor":1,"currency":"INR"}"#).is_err());
    }

    #[test]
    fn the_wire_shows_a_number_with_its_decimals() {
        let view = MoneyView::from(inr(35_000_000));
        let json = serde_json::to_string(&view).expect("plain data");
        assert_eq!(json, r#"{"amount":350000.00,"amountMinor":35000000,"currency":"INR","formatted":"₹3,50,000.00"}"#);
        assert_eq!(serde_json::from_str::<MoneyView>(&json).expect("it was just written"), view);
    }

    /// Amounts, what is nearly one, and anything at all.
    fn typed() -> impl Strategy<Value = String> {
        prop_oneof!["[0-9]{1,3}(,[0-9]{2,3}){0,6}(\\.[0-9]{0,3})?", "[0-9]{1,25}", "[-₹$ 0-9.,]{0,25}", ".{0,40}"]
    }

    fn any_currency() -> impl Strategy<Value = Currency> {
        prop::sample::select(Currency::ALL)
    }

    proptest! {
        #[test]
        fn what_is_written_reads_back(minor in 0..=MAX_MINOR, currency in any_currency()) {
            let money = Money { minor, currency };
            prop_assert_eq!(Money::parse_major(&money.to_major_string(), currency), Ok(money));
            prop_assert_eq!(Money::parse_major(&money.format(), currency), Ok(money));
            prop_assert_eq!(Money::parse_major(&money.format_whole(), currency), Ok(money));
            prop_assert_eq!(Money::from_json_number(&MoneyView::from(money).amount, currency), Ok(money));
        }

        #[test]
        fn both_groupings_mean_the_same(minor in 0..=MAX_MINOR, currency in any_currency()) {
            let bare = |of: Currency| Money { minor, currency: of }.format().trim_start_matches(of.symbol()).to_owned();
            let money = Money { minor, currency };
            prop_assert_eq!(Money::parse_major(&bare(Currency::Inr), currency), Ok(money));
            prop_assert_eq!(Money::parse_major(&bare(Currency::Usd), currency), Ok(money));
        }

        #[test]
        fn indian_groups_are_three_then_twos(minor in 0..=MAX_MINOR) {
            let text = inr(minor).format_whole();
            let whole = text.trim_start_matches('₹').split('.').next().unwrap_or_default().to_owned();
            let groups: Vec<usize> = whole.split(',').map(str::len).collect();
            for (from_right, length) in groups.iter().rev().enumerate() {
                let full = if from_right == 0 { 3 } else { 2 };
                let least = if from_right + 1 == groups.len() { 1 } else { full };
                prop_assert!((least..=full).contains(length));
            }
        }

        #[test]
        // Round amounts: hardly any other has a short form.
        fn the_short_form_is_exact(digits in 0_i64..10_000, zeros in 0_u32..8, currency in any_currency()) {
            let major = digits * 10_i64.pow(zeros);
            let money = Money::from_major(major, currency).expect("within bounds");
            if let Some(short) = money.short_form() {
                let bare = short.trim_start_matches(currency.symbol()).replace(',', "");
                let letters = bare.trim_start_matches(|c: char| c.is_ascii_digit() || c == '.');
                let size = currency.short_units().iter().find(|(unit, _)| *unit == letters).map_or(1, |(_, size)| *size);
                let number = bare.trim_end_matches(letters);
                let (units, tenths) = number.split_once('.').unwrap_or((number, "0"));
                let back = units.parse::<i64>().expect("digits") * size + tenths.parse::<i64>().expect("a digit") * size / 10;
                prop_assert_eq!(back, major);
            }
        }

        #[test]
        fn splits_always_sum(minor in any::<i64>(), weights in prop::collection::vec(any::<u32>(), 0..12)) {
            let parts = inr(minor).split(&weights);
            prop_assert_eq!(parts.iter().map(|part| i128::from(part.minor)).sum::<i128>(), i128::from(minor));
            prop_assert_eq!(parts.len(), weights.len().max(1));
        }

        #[test]
        fn no_part_is_a_unit_off_its_share(minor in 0..=MAX_MINOR, weights in prop::collection::vec(0_u32..10_000, 1..12)) {
            let total: i128 = weights.iter().map(|weight| i128::from(*weight)).sum();
            prop_assume!(total > 0);
            for (part, weight) in inr(minor).split(&weights).iter().zip(&weights) {
                let difference = i128::from(part.minor) * total - i128::from(minor) * i128::from(*weight);
                prop_assert!(difference.abs() < total);
            }
        }

        #[test]
        fn nothing_typed_can_break_it(text in typed(), currency in any_currency()) {
            if let Ok(money) = Money::parse_major(&text, currency) {
                prop_assert!((0..=MAX_MINOR).contains(&money.minor));
            }
        }
    }
}
