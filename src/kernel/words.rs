//! Words of a text, as search sees them: the same for what is searched and for what is asked.
//!
//! Promises: accents and case make no difference; letters of every script stay; `C`, `C++` and `C#` are three words, and
//! `.NET` is not `net`; a word that is written together or apart (`Node.js`, `nodejs`, `e-commerce`) is found either way.
//! Pure. Knows no stems and no synonyms, and does not say what is relevant.

use super::normal::{composed, decomposed, is_mark};

/// The most characters of a word; what is longer is cut.
const LONGEST: usize = 40;
/// The most words of a question.
pub const MOST_ASKED: usize = 8;

/// A word of a text.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Word {
    /// As one word: `nodejs`.
    pub whole: String,
    /// Its parts, when it has several: `node` and `js`.
    pub parts: Vec<String>,
}

/// Lower case without accents; letters that are no accented ones are spelled out as people type them.
pub fn fold(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    let bare: String = decomposed(text).chars().filter(|c| !matches!(c, '\u{300}'..='\u{36f}')).collect();
    let mut folded = String::with_capacity(text.len());
    for c in composed(&bare).chars().flat_map(char::to_lowercase) {
        match c {
            'ß' => folded.push_str("ss"),
            'æ' => folded.push_str("ae"),
            'œ' => folded.push_str("oe"),
            'þ' => folded.push_str("th"),
            'ø' => folded.push('o'),
            'đ' | 'ð' => folded.push('d'),
            'ł' => folded.push('l'),
            'ı' => folded.push('i'),
            // A dotted capital I leaves its dot behind.
            '\u{307}' => {}
            _ => folded.push(c),
        }
    }
    folded
}

fn is_letter(c: char) -> bool {
    c.is_alphanumeric() || is_mark(c)
}

/// Scripts that leave no spaces between words.
pub const fn is_run_together(c: char) -> bool {
    matches!(c, '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{2ffff}')
}

/// The words of a text, in its order, repeated ones too.
pub fn words(text: &str) -> Vec<Word> {
    let text: Vec<char> = fold(text).chars().collect();
    let at = |place: usize| text.get(place).copied().unwrap_or(' ');
    let mut found = Vec::new();
    let mut place = 0;
    while place < text.len() {
        if !is_letter(text[place]) {
            // `.NET` and nothing else begins with a dot.
            let alone = place == 0 || !is_letter(at(place - 1));
            if alone && text[place..].starts_with(&['.', 'n', 'e', 't']) && !is_letter(at(place + 4)) {
                found.push(Word { whole: ".net".into(), parts: Vec::new() });
                place += 4;
            } else {
                place += 1;
            }
            continue;
        }
        let mut parts: Vec<String> = vec![String::new()];
        loop {
            let c = at(place);
            if is_letter(c) {
                parts.last_mut().expect("it begins with one").push(c);
                place += 1;
                continue;
            }
            let next = at(place + 1);
            let sign = match c {
                '+' if next == '+' && (!is_letter(at(place + 2)) || at(place + 2).is_ascii_digit()) && at(place + 2) != '+' => {
                    "++"
                }
                '#' if !is_letter(next) && next != '#' => "#",
                _ => "",
            };
            if !sign.is_empty() {
                parts.last_mut().expect("it begins with one").push_str(sign);
                place += sign.len();
                break;
            }
            match c {
                '\'' | '’' if is_letter(next) => place += 1,
                '.' | '-' | '‑' | '_' if is_letter(next) => {
                    parts.push(String::new());
                    place += 1;
                }
                _ => break,
            }
        }
        push_word(&mut found, &parts);
    }
    found
}

fn push_word(found: &mut Vec<Word>, parts: &[String]) {
    if parts.len() > 1 {
        let whole = parts.concat();
        if !whole.chars().any(is_run_together) {
            let mut word = Word { whole: cut(&whole), parts: parts.iter().map(|part| cut(part)).collect() };
            // `ASP.NET` is .NET too.
            if parts.last().is_some_and(|last| last == "net") {
                word.parts.push(".net".into());
            }
            found.push(word);
            return;
        }
    }
    for part in parts {
        push_part(found, part);
    }
}

/// A run of letters; where a script has no spaces, its letters in pairs.
fn push_part(found: &mut Vec<Word>, part: &str) {
    let mut push = |whole: String| found.push(Word { whole, parts: Vec::new() });
    if !part.chars().any(is_run_together) {
        push(cut(part));
        return;
    }
    let letters: Vec<char> = part.chars().collect();
    for run in letters.chunk_by(|a, b| is_run_together(*a) == is_run_together(*b)) {
        if run.len() < 3 || !is_run_together(run[0]) {
            push(cut(&run.iter().collect::<String>()));
        } else {
            for pair in run.windows(2) {
                push(pair.iter().collect());
            }
        }
    }
}

fn cut(word: &str) -> String {
    word.chars().take(LONGEST).collect()
}

/// Every word under which a text is found, each once: whole ones and parts.
pub fn found_under(text: &str) -> Vec<String> {
    let mut all: Vec<String> = words(text).into_iter().flat_map(|word| std::iter::once(word.whole).chain(word.parts)).collect();
    all.sort_unstable();
    all.dedup();
    all
}

/// The words of a question, each once, at most [`MOST_ASKED`].
pub fn asked(text: &str) -> Vec<Word> {
    let mut list: Vec<Word> = Vec::new();
    for word in words(text) {
        if list.len() < MOST_ASKED && !list.contains(&word) {
            list.push(word);
        }
    }
    list
}

/// How many typing mistakes a word of this length is forgiven: none in short ones, in which every letter counts.
pub fn forgiven(word: &str) -> usize {
    match word.chars().count() {
        0..=3 => 0,
        4..=7 => 1,
        _ => 2,
    }
}

/// Typing mistakes between two words (a letter too many, missing, wrong, or two swapped), if there are at most `most`.
pub fn mistakes(a: &str, b: &str, most: usize) -> Option<usize> {
    // Most are too long or too short, and are not read any further.
    if a.chars().count().abs_diff(b.chars().count()) > most {
        return None;
    }
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let mut before: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=b.len()).collect();
    for i in 1..=a.len() {
        let mut row = vec![i; b.len() + 1];
        for j in 1..=b.len() {
            let wrong = usize::from(a[i - 1] != b[j - 1]);
            row[j] = (last[j] + 1).min(row[j - 1] + 1).min(last[j - 1] + wrong);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                row[j] = row[j].min(before[j - 2] + 1);
            }
        }
        if row.iter().min().is_some_and(|least| *least > most) {
            return None;
        }
        before = std::mem::replace(&mut last, row);
    }
    last.last().copied().filter(|mistakes| *mistakes <= most)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn under(text: &str) -> String {
        found_under(text).join(" ")
    }

    #[test]
    fn technologies_stay_apart() {
        assert_eq!(under("C, C++ and C#"), "and c c# c++");
        assert_eq!(under("c++17 / F# (g++)"), "17 c++ f# g++");
        assert_eq!(under("We use .NET and the net."), ".net and net the use we");
        assert_eq!(under("ASP.NET"), ".net asp aspnet net");
        assert_eq!(under("Node.js, nodejs"), "js node nodejs");
        assert_eq!(under("e-commerce; #rust a+b c#sharp"), "a b c commerce e ecommerce rust sharp");
    }

    #[test]
    fn accents_and_case_make_no_difference() {
        assert_eq!(under("Zürich Ünïcode ÉCOLE Łódź Straße İstanbul"), "ecole istanbul lodz strasse unicode zurich");
        assert_eq!(under("L'Oréal McDonald’s"), "loreal mcdonalds");
        assert_eq!(under("ﬁne ＡＢＣ"), "abc fine");
    }

    #[test]
    fn every_script_is_kept() {
        assert_eq!(found_under("שלום"), ["שלום"]);
        assert_eq!(found_under("عالم"), ["عالم"]);
        assert_eq!(under("हिन्दी समुदाय"), "समुदाय हिन्दी");
        assert_eq!(under("株式会社メルカリ"), "カリ メル ルカ 会社 式会 株式 社メ");
        assert_eq!(under("東京"), "東京");
        assert_eq!(under("🚀🎉"), "");
    }

    #[test]
    fn mistakes_are_counted() {
        assert_eq!(mistakes("rsut", "rust", 1), Some(1));
        assert_eq!(mistakes("kubernets", "kubernetes", 2), Some(1));
        assert_eq!(mistakes("pyton", "python", 1), Some(1));
        assert_eq!(mistakes("kubrnets", "kubernetes", 2), Some(2));
        assert_eq!(mistakes("java", "rust", 2), None);
        assert_eq!(mistakes("", "ab", 2), Some(2));
        assert_eq!((forgiven("go"), forgiven("rust"), forgiven("kubernetes")), (0, 1, 2));
    }

    proptest! {
        #[test]
        fn folding_again_changes_nothing(text in "\\PC{0,40}") {
            let once = fold(&text);
            prop_assert_eq!(fold(&once), once.clone());
        }

        #[test]
        fn words_are_found_under_themselves(text in "\\PC{0,60}") {
            let under = found_under(&text);
            for word in words(&text) {
                prop_assert!(under.contains(&word.whole));
                prop_assert!(word.whole.chars().count() <= LONGEST && !word.whole.is_empty());
            }
        }

        #[test]
        fn mistakes_have_no_direction(a in "[a-d]{0,8}", b in "[a-d]{0,8}") {
            prop_assert_eq!(mistakes(&a, &b, 3), mistakes(&b, &a, 3));
        }
    }
}
