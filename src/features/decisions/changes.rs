//! What changed since a request was made: the opportunity and the event as they were, against both as they are, line by line.
//! Pure.

use crate::kernel::{
    labels::BenefitKind,
    money::{Currency, Money},
};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// One line of a difference.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct DiffLine {
    pub kind: DiffKind,
    /// "Budget: ₹10,000.00 to ₹50,000.00".
    pub text: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub enum DiffKind {
    Same,
    Added,
    Removed,
}

/// The difference of two lists of lines: what stays in both keeps its order, what went stands before what came. Every old
/// line is the same or removed, every new one the same or added.
pub fn diff(old: &[String], new: &[String]) -> Vec<DiffLine> {
    // The lengths of the longest common lists of what is left on both sides.
    let mut common = vec![vec![0_usize; new.len() + 1]; old.len() + 1];
    for i in (0..old.len()).rev() {
        for j in (0..new.len()).rev() {
            common[i][j] = if old[i] == new[j] { common[i + 1][j + 1] + 1 } else { common[i + 1][j].max(common[i][j + 1]) };
        }
    }
    let line = |kind, text: &String| DiffLine { kind, text: text.clone() };
    let (mut i, mut j, mut lines) = (0, 0, Vec::new());
    while i < old.len() || j < new.len() {
        if i < old.len() && j < new.len() && old[i] == new[j] {
            lines.push(line(DiffKind::Same, &old[i]));
            (i, j) = (i + 1, j + 1);
        } else if i < old.len() && (j == new.len() || common[i + 1][j] >= common[i][j + 1]) {
            lines.push(line(DiffKind::Removed, &old[i]));
            i += 1;
        } else {
            lines.push(line(DiffKind::Added, &new[j]));
            j += 1;
        }
    }
    lines
}

/// A snapshot of an event in lines that people read; `label` writes a moment in a named zone.
pub fn event_lines(event: &Value, label: impl Fn(DateTime<Utc>, &str) -> String) -> Vec<String> {
    let moment = |key: &str| {
        let at = DateTime::parse_from_rfc3339(event[key].as_str()?).ok()?.to_utc();
        Some(label(at, &text(event, "timezone")))
    };
    let mut lines = Vec::new();
    let mut say = |word: &str, said: Option<String>| {
        lines.extend(said.filter(|said| !said.is_empty()).map(|said| format!("{word}: {said}")))
    };
    say("Event", Some(text(event, "title")));
    say("Begins", moment("startAt"));
    say("Ends", moment("endAt"));
    say("Time zone", Some(text(event, "timezone")));
    for (word, key) in [("Type", "eventType"), ("Topic", "category"), ("Format", "format"), ("Region", "region")] {
        say(word, Some(text(event, key)));
    }
    say(
        "Technologies",
        event["technologies"].as_array().map(|list| list.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(", ")),
    );
    say("Venue", Some(text(event, "venueName")));
    say("City", Some(text(event, "city")));
    say("People", event["maxAttendees"].as_i64().map(|count| count.to_string()));
    lines
}

/// An opportunity as a request kept it, and as it is now, in lines that people read. Of a piece only what was kept can be
/// compared: snapshots of the first schema know its kind, name, price and details.
pub fn offer_lines(kept: &Value, now: &Value) -> (Vec<String>, Vec<String>) {
    let whole = kept["schema"] == WHOLE_PIECES && now["schema"] == WHOLE_PIECES;
    (opportunity_lines(kept, whole), opportunity_lines(now, whole))
}

/// The schema of snapshots that keep all of a piece.
const WHOLE_PIECES: &str = "opportunity/2";

fn opportunity_lines(it: &Value, whole_pieces: bool) -> Vec<String> {
    let currency = Currency::parse(&text(it, "currency")).ok();
    let money = |minor: Option<i64>| match (minor, currency) {
        (Some(minor), Some(currency)) => Some(Money { minor, currency }.format()),
        _ => None,
    };
    let mut lines = Vec::new();
    let mut say = |word: &str, said: String| {
        if !said.is_empty() {
            lines.push(format!("{word}: {said}"));
        }
    };
    say("Offer", text(it, "title"));
    say("Role", text(it, "category"));
    if let (Some(min), Some(max)) = (money(it["budgetMinMinor"].as_i64()), money(it["budgetMaxMinor"].as_i64())) {
        say("Budget", format!("{min} to {max}"));
    }
    say("Places", it["places"].as_i64().map(|places| places.to_string()).unwrap_or_default());
    say("Decides by", text(it, "decisionDate"));
    for line in it["benefits"].as_array().into_iter().flatten() {
        let (kind, words) = (text(line, "kind"), text(line, "text"));
        say("Benefit", if words.is_empty() { kind } else { format!("{kind}: {words}") });
    }
    for item in it["items"].as_array().into_iter().flatten() {
        let price = money(item["priceMinor"].as_i64()).unwrap_or_default();
        let more = if whole_pieces { rest_of_piece(item) } else { String::new() };
        let details = text(item, "details");
        let colon = if details.is_empty() { "" } else { ": " };
        say(&text(item, "kind"), format!("{}, {price}{more}{colon}{details}", text(item, "name")));
    }
    for part in text(it, "description").lines().map(str::trim).filter(|part| !part.is_empty()) {
        say("Description", part.to_owned());
    }
    lines
}

/// What a piece is and whether it can be had: ", as Booth, 2 in stock, belongs to Gold, not together with Dinner".
fn rest_of_piece(item: &Value) -> String {
    let mut said = String::new();
    let mut say = |word: &str, what: String| {
        if !what.is_empty() {
            said.push_str(&format!(", {word}{what}"));
        }
    };
    say("as ", Some(text(item, "benefit")).filter(|benefit| benefit != BenefitKind::Custom.label()).unwrap_or_default());
    say("", item["stock"].as_i64().map(|stock| format!("{stock} in stock")).unwrap_or_default());
    say("belongs to ", text(item, "package"));
    let conflicts: Vec<&str> = item["conflicts"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    say("not together with ", conflicts.join(", "));
    said
}

fn text(value: &Value, key: &str) -> String {
    value[key].as_str().unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    fn lines(text: &str) -> Vec<String> {
        text.split_whitespace().map(str::to_owned).collect()
    }

    fn shown(old: &str, new: &str) -> String {
        diff(&lines(old), &lines(new))
            .into_iter()
            .map(|line| match line.kind {
                DiffKind::Same => line.text,
                DiffKind::Added => format!("+{}", line.text),
                DiffKind::Removed => format!("-{}", line.text),
            })
            .collect::<Vec<_>>()
            .join(" ")
    }

    #[test]
    fn what_stays_stays_in_place() {
        assert_eq!(shown("a b c", "a x c"), "a -b +x c");
        assert_eq!(shown("", "a"), "+a");
        assert_eq!(shown("a", ""), "-a");
        assert_eq!(shown("a b", "b a"), "-a b +a");
        assert_eq!(shown("a a b", "a b b"), "a -a b +b");
    }

    #[test]
    fn snapshots_are_read_by_people() {
        let offer = json!({"title": "Gold", "category": "Gold Sponsor", "currency": "INR", "budgetMinMinor": 100, "budgetMaxMinor": 250,
            "places": 2, "decisionDate": "2027-03-01", "benefits": [{"kind": "Booth", "text": "3 x 3 m"}, {"kind": "Tickets", "text": ""}],
            "items": [{"kind": "Add-on", "name": "Dinner", "priceMinor": 500, "details": ""},
                {"kind": "Package", "name": "Stage", "priceMinor": 900, "details": "Ten minutes"}], "description": "One\n\nTwo"});
        assert_eq!(
            offer_lines(&offer, &Value::Null).0,
            [
                "Offer: Gold",
                "Role: Gold Sponsor",
                "Budget: ₹1.00 to ₹2.50",
                "Places: 2",
                "Decides by: 2027-03-01",
                "Benefit: Booth: 3 x 3 m",
                "Benefit: Tickets",
                "Add-on: Dinner, ₹5.00",
                "Package: Stage, ₹9.00: Ten minutes",
                "Description: One",
                "Description: Two"
            ]
        );
        let event = json!({"title": "HackFest", "startAt": "2027-03-14T03:30:00Z", "timezone": "Asia/Kolkata", "technologies": ["Rust"], "maxAttendees": 500});
        assert_eq!(
            event_lines(&event, |at, zone| format!("{} in {zone}", at.format("%H:%M"))),
            ["Event: HackFest", "Begins: 03:30 in Asia/Kolkata", "Time zone: Asia/Kolkata", "Technologies: Rust", "People: 500"]
        );
        assert!(event_lines(&Value::Null, |_, _| String::new()).is_empty() && opportunity_lines(&Value::Null, true).is_empty());
    }

    #[test]
    fn a_piece_is_compared_by_what_was_kept_of_it() {
        let whole = json!({"schema": "opportunity/2", "currency": "INR", "items": [
            {"kind": "Package", "name": "Gold", "priceMinor": 900, "details": "", "benefit": "Custom", "stock": null, "package": null,
                "conflicts": []},
            {"kind": "Add-on", "name": "Dinner", "priceMinor": 500, "details": "Ten seats", "benefit": "Tickets", "stock": 2,
                "package": "Gold", "conflicts": ["Booth", "Lunch"]}]});
        let (kept, now) = offer_lines(&whole, &whole);
        assert_eq!(
            kept,
            [
                "Package: Gold, ₹9.00",
                "Add-on: Dinner, ₹5.00, as Tickets, 2 in stock, belongs to Gold, not together with Booth, Lunch: Ten seats"
            ]
        );
        assert_eq!(kept, now);

        // Kept before stock and the rest were: that they are known now is no change, a new price is.
        let old = json!({"schema": "opportunity/1", "currency": "INR", "items": [
            {"kind": "Package", "name": "Gold", "priceMinor": 900, "details": ""},
            {"kind": "Add-on", "name": "Dinner", "priceMinor": 400, "details": "Ten seats"}]});
        let (kept, now) = offer_lines(&old, &whole);
        assert_eq!(kept, ["Package: Gold, ₹9.00", "Add-on: Dinner, ₹4.00: Ten seats"]);
        assert_eq!(now, ["Package: Gold, ₹9.00", "Add-on: Dinner, ₹5.00: Ten seats"]);
    }

    proptest! {
        /// Leaving out what was added gives the old lines; leaving out what was removed gives the new ones; and lines that are
        /// equal on both sides differ in nothing.
        #[test]
        fn both_sides_can_be_read_from_it(old in prop::collection::vec("[abc]", 0..12), new in prop::collection::vec("[abc]", 0..12)) {
            let all = diff(&old, &new);
            let without = |kind| all.iter().filter(|line| line.kind != kind).map(|line| line.text.clone()).collect::<Vec<_>>();
            prop_assert_eq!(without(DiffKind::Added), old.clone());
            prop_assert_eq!(without(DiffKind::Removed), new);
            prop_assert!(diff(&old, &old).iter().all(|line| line.kind == DiffKind::Same));
        }
    }
}
