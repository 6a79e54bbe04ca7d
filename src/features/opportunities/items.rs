//! What an opportunity offers piece by piece, and what a mix of it costs. Pure, and the same code on the server and in the
//! browser: the page shows what the service will say.
//!
//! Promises: a mix is priced by its lines and by nothing else, so that its total is the sum of them to the last minor unit;
//! a package brings along everything that is only to be had with it; what cannot be had together, alone, or any more is
//! refused by name.

use crate::{
    features::partners::{rules::MAX_LINE_TEXT, views::BenefitInput},
    kernel::{
        error::Refusal,
        fields::{Check, FieldErrors},
        ids::ItemId,
        labels::{BenefitKind, labels},
        money::{Currency, MAX_MINOR, Money},
        text::Line,
    },
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// The most pieces of one opportunity.
pub const MAX_ITEMS: usize = 20;
const MAX_NAME: usize = 80;
const MAX_DETAILS: usize = 200;
const MAX_STOCK: i32 = 10_000;

labels! {
    /// How a piece can be had.
    ItemKind, "a kind" {
        // A bundle with a price of its own.
        Package = "Package",
        // Comes with its package, and only so.
        PackageOnly = "Package only",
        // On top of a package.
        AddOn = "Add-on",
        // Alone or beside anything.
        Standalone = "Standalone",
    }
}

/// A piece as a door receives it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct ItemInput {
    /// The piece's id, when it is an old one.
    pub id: String,
    /// `Package`, `Package only`, `Add-on` or `Standalone`.
    pub kind: String,
    pub name: String,
    pub details: String,
    /// One of the benefit kinds, word for word; `Custom` when empty.
    pub benefit: String,
    /// In major units of the opportunity's currency.
    #[cfg_attr(feature = "server", schema(value_type = f64, example = 25000.00))]
    pub price: super::views::NumberText,
    /// How many there are; as many as are asked for when empty.
    #[cfg_attr(feature = "server", schema(value_type = Option<i32>))]
    pub stock: super::views::NumberText,
    /// The name of the package that it belongs to (`Package only`) or is added to (`Add-on`; any package when empty).
    pub package: String,
    /// The names of pieces that it cannot be had together with.
    pub conflicts: Vec<String>,
}

impl ItemInput {
    /// A row that nobody filled.
    pub fn is_empty(&self) -> bool {
        [&self.kind, &self.name, &self.details, &self.price.0, &self.stock.0].iter().all(|text| text.trim().is_empty())
    }
}

/// A piece that was read; others are named by their place in the same list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ItemDraft {
    /// What the door named; kept only where the piece is known already.
    pub id: Option<ItemId>,
    /// Its row at the door, for problems that are found later.
    pub row: usize,
    pub kind: ItemKind,
    pub name: String,
    pub details: String,
    pub benefit: BenefitKind,
    pub price: Money,
    pub stock: Option<i32>,
    pub package: Option<usize>,
    pub conflicts: Vec<usize>,
}

/// A piece of an opportunity.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct Item {
    #[cfg_attr(feature = "server", schema(value_type = String, format = "uuid"))]
    pub id: ItemId,
    #[cfg_attr(feature = "server", schema(value_type = String))]
    pub kind: ItemKind,
    pub name: String,
    pub details: String,
    #[cfg_attr(feature = "server", schema(value_type = String))]
    pub benefit: BenefitKind,
    /// In minor units of the opportunity's currency.
    pub price_minor: i64,
    /// "₹25,000.00".
    pub price_label: String,
    pub stock: Option<i32>,
    /// How many are promised already.
    pub claimed: i32,
    #[cfg_attr(feature = "server", schema(value_type = Option<String>, format = "uuid"))]
    pub package_id: Option<ItemId>,
    #[cfg_attr(feature = "server", schema(value_type = Vec<String>))]
    pub conflicts: Vec<ItemId>,
}

impl Item {
    /// How many are left; nothing when there is no end of them.
    pub fn left(&self) -> Option<i32> {
        self.stock.map(|stock| (stock - self.claimed).max(0))
    }

    /// "2 left", "Sold out"; empty when there is no end of them.
    pub fn stock_label(&self) -> String {
        match self.left() {
            None => String::new(),
            Some(0) => "Sold out".into(),
            Some(left) => format!("{left} left"),
        }
    }
}

/// Reads the pieces of an offer; each problem is noted under `items[n].…`. Wholly empty rows are left out.
pub fn read_items(check: &mut Check, inputs: &[ItemInput], currency: Option<Currency>) -> Vec<ItemDraft> {
    let filled: Vec<(usize, &ItemInput)> = inputs.iter().enumerate().filter(|(_, input)| !input.is_empty()).collect();
    if filled.len() > MAX_ITEMS {
        check.add("items", format!("These are {} pieces. Keep the {MAX_ITEMS} that matter.", filled.len()));
        return Vec::new();
    }
    let key = |text: &str| text.trim().to_lowercase();
    let names: Vec<String> = filled.iter().map(|(_, input)| key(&input.name)).collect();
    let place_of = |text: &str| names.iter().position(|name| *name == key(text));
    let mut drafts = Vec::new();
    for (place, (row, input)) in filled.iter().enumerate() {
        let path = |field: &str| format!("items[{row}].{field}");
        let kind = check.take(&path("kind"), ItemKind::parse(input.kind.trim()));
        let name = check.take(&path("name"), Line::parse(&input.name, 1, MAX_NAME, "name"));
        if names[..place].contains(&names[place]) && !names[place].is_empty() {
            check.add(&path("name"), "Another piece has this name. Give each one its own.");
        }
        let details = check.take(&path("details"), Line::parse(&input.details, 0, MAX_DETAILS, "details"));
        let benefit = match input.benefit.trim() {
            "" => Some(BenefitKind::Custom),
            text => check.take(&path("benefit"), BenefitKind::parse(text)),
        };
        let price = currency.and_then(|currency| check.take(&path("price"), Money::parse_major(&input.price.0, currency)));
        let stock = match input.stock.0.trim() {
            "" => Some(None),
            text => {
                let read = text.parse().ok().filter(|stock| (1..=MAX_STOCK).contains(stock));
                check.take(&path("stock"), read.ok_or("Write how many there are, 1 to 10,000, or leave it empty.")).map(Some)
            }
        };
        let package = match input.package.trim() {
            "" => None,
            text => place_of(text),
        };
        let names_package = package.is_some_and(|at| ItemKind::parse(filled[at].1.kind.trim()) == Ok(ItemKind::Package));
        match kind {
            Some(ItemKind::PackageOnly) if !names_package => {
                check.add(&path("package"), "Name the package that it comes with, as it is written in this list.");
            }
            Some(ItemKind::AddOn) if !input.package.trim().is_empty() && !names_package => {
                check.add(&path("package"), "Name a package of this list, or leave it empty for any package.");
            }
            Some(ItemKind::Package | ItemKind::Standalone) if !input.package.trim().is_empty() => {
                check.add(&path("package"), "Only add-ons and package-only pieces belong to a package.");
            }
            _ => {}
        }
        let mut conflicts = BTreeSet::new();
        for text in input.conflicts.iter().filter(|text| !text.trim().is_empty()) {
            match place_of(text) {
                Some(other) if other == place => check.add(&path("conflicts"), "A piece cannot exclude itself."),
                Some(other) if Some(other) == package => {
                    check.add(&path("conflicts"), "It cannot exclude the package that it belongs to.");
                }
                Some(other) => {
                    conflicts.insert(other);
                }
                None => check.add(&path("conflicts"), format!("There is no “{}” in this list.", text.trim())),
            }
        }
        if let (Some(kind), Some(name), Some(details), Some(benefit), Some(price), Some(stock)) =
            (kind, name, details, benefit, price, stock)
        {
            drafts.push(ItemDraft {
                id: input.id.trim().parse().ok(),
                row: *row,
                kind,
                name: name.into_string(),
                details: details.into_string(),
                benefit,
                price,
                stock,
                package,
                conflicts: conflicts.into_iter().collect(),
            });
        }
    }
    drafts
}

/// Gives every piece its id: the one it has where it is among `known`, a new one otherwise; conflicts hold both ways.
///
/// # Errors
/// 422 where fewer are left in stock than are promised.
pub fn settle_items(drafts: Vec<ItemDraft>, known: &[Item], mut mint: impl FnMut() -> ItemId) -> Result<Vec<Item>, FieldErrors> {
    let mut errors = FieldErrors::default();
    let mut ids: Vec<ItemId> = Vec::with_capacity(drafts.len());
    for draft in &drafts {
        let kept = draft.id.filter(|id| known.iter().any(|item| item.id == *id) && !ids.contains(id));
        ids.push(kept.unwrap_or_else(&mut mint));
    }
    let mut items: Vec<Item> = Vec::with_capacity(drafts.len());
    for (place, draft) in drafts.iter().enumerate() {
        let claimed = known.iter().find(|item| item.id == ids[place]).map_or(0, |item| item.claimed);
        if draft.stock.is_some_and(|stock| stock < claimed) {
            errors.add(format!("items[{}].stock", draft.row), format!("{claimed} are promised already. Offer at least as many."));
        }
        let both_ways =
            drafts.iter().enumerate().filter(|(other, it)| draft.conflicts.contains(other) || it.conflicts.contains(&place));
        items.push(Item {
            id: ids[place],
            kind: draft.kind,
            name: draft.name.clone(),
            details: draft.details.clone(),
            benefit: draft.benefit,
            price_minor: draft.price.minor,
            price_label: draft.price.format(),
            stock: draft.stock,
            claimed,
            package_id: draft.package.map(|at| ids[at]),
            conflicts: both_ways.map(|(other, _)| ids[other]).collect(),
        });
    }
    if errors.is_empty() { Ok(items) } else { Err(errors) }
}

/// One line of a mix.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct MixLine {
    #[cfg_attr(feature = "server", schema(value_type = String, format = "uuid"))]
    pub item_id: ItemId,
    #[cfg_attr(feature = "server", schema(value_type = String))]
    pub kind: ItemKind,
    pub name: String,
    pub details: String,
    #[cfg_attr(feature = "server", schema(value_type = String))]
    pub benefit: BenefitKind,
    pub price_minor: i64,
    pub price_label: String,
}

/// What somebody chose, complete and priced.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct Mix {
    /// In the opportunity's order; what a package brings along too.
    pub lines: Vec<MixLine>,
    /// The sum of the lines, in minor units.
    pub total_minor: i64,
    #[cfg_attr(feature = "server", schema(value_type = String))]
    pub currency: Currency,
    /// "₹3,50,000.00".
    pub total_label: String,
}

impl Mix {
    pub fn total(&self) -> Money {
        Money { minor: self.total_minor, currency: self.currency }
    }

    /// Is it what the applicant was shown?
    ///
    /// # Errors
    /// 409 `WRONG_TOTAL`, with the total.
    pub fn must_cost(&self, shown: Money) -> Result<(), Refusal> {
        if shown == self.total() {
            return Ok(());
        }
        Err(Refusal::new(
            "WRONG_TOTAL",
            format!("What you chose costs {}. Nothing was sent yet: look at it again, then send it.", self.total_label),
        ))
    }

    /// The lines as benefits of an application.
    pub fn benefits(&self) -> Vec<BenefitInput> {
        self.lines
            .iter()
            .map(|line| {
                let mut text = match line.kind {
                    ItemKind::Package => format!("Package: {}", line.name),
                    _ => line.name.clone(),
                };
                if !line.details.is_empty() {
                    text = format!("{text}: {}", line.details);
                }
                BenefitInput {
                    id: String::new(),
                    kind: line.benefit.label().to_owned(),
                    text: text.chars().take(MAX_LINE_TEXT).collect(),
                }
            })
            .collect()
    }
}

/// Prices what was chosen, in whatever order and however often each piece is named. Who `waits` for a place of a full offer may
/// choose what is sold out: the place that becomes free brings its pieces back, and they are counted when it is taken.
///
/// # Errors
/// 409 `MIX_EMPTY`, `ITEM_UNKNOWN`, `PACKAGE_ONLY`, `PACKAGE_MISSING`, `ONE_PACKAGE`, `ITEMS_CONFLICT`, `ITEM_SOLD_OUT`,
/// `MIX_TOO_EXPENSIVE`.
pub fn price(items: &[Item], chosen: &[ItemId], currency: Currency, waits: bool) -> Result<Mix, Refusal> {
    if chosen.is_empty() {
        return Err(Refusal::new("MIX_EMPTY", "Choose at least one piece."));
    }
    let named: BTreeSet<ItemId> = chosen.iter().copied().collect();
    if named.iter().any(|id| !items.iter().any(|item| item.id == *id)) {
        return Err(Refusal::new(
            "ITEM_UNKNOWN",
            "Something that you chose is not offered here any more. Load the page again and choose anew.",
        ));
    }
    let has = |id: ItemId| named.contains(&id);
    let packages: Vec<&Item> = items.iter().filter(|item| item.kind == ItemKind::Package && has(item.id)).collect();
    if let [first, second, ..] = packages[..] {
        return Err(Refusal::new("ONE_PACKAGE", format!("Choose {} or {}, not both.", first.name, second.name)));
    }
    for item in items.iter().filter(|item| has(item.id)) {
        let package = item.package_id.and_then(|id| items.iter().find(|package| package.id == id));
        let name = package.map_or("a package", |package| package.name.as_str());
        let is_there = match item.package_id {
            Some(id) => has(id),
            None => !packages.is_empty(),
        };
        match item.kind {
            ItemKind::PackageOnly if !is_there => {
                return Err(Refusal::new("PACKAGE_ONLY", format!("{} is only to be had with {name}.", item.name)));
            }
            ItemKind::AddOn if !is_there => {
                return Err(Refusal::new("PACKAGE_MISSING", format!("{} is added to {name}. Choose that as well.", item.name)));
            }
            _ => {}
        }
    }
    // A package brings along what comes with it.
    let taken: Vec<&Item> = items
        .iter()
        .filter(|item| has(item.id) || (item.kind == ItemKind::PackageOnly && item.package_id.is_some_and(has)))
        .collect();
    for (place, item) in taken.iter().enumerate() {
        if let Some(other) = taken[place + 1..].iter().find(|other| item.conflicts.contains(&other.id)) {
            return Err(Refusal::new(
                "ITEMS_CONFLICT",
                format!("{} and {} cannot be had together. Choose one of them.", item.name, other.name),
            ));
        }
        if item.left() == Some(0) && !waits {
            return Err(sold_out(&item.name));
        }
    }
    let total = taken
        .iter()
        .try_fold(0_i64, |sum, item| sum.checked_add(item.price_minor))
        .filter(|total| *total <= MAX_MINOR)
        .ok_or_else(|| Refusal::new("MIX_TOO_EXPENSIVE", "This is more than one offer can hold. Choose fewer pieces."))?;
    Ok(Mix {
        lines: taken
            .iter()
            .map(|item| MixLine {
                item_id: item.id,
                kind: item.kind,
                name: item.name.clone(),
                details: item.details.clone(),
                benefit: item.benefit,
                price_minor: item.price_minor,
                price_label: item.price_label.clone(),
            })
            .collect(),
        total_minor: total,
        currency,
        total_label: Money { minor: total, currency }.format(),
    })
}

/// What whoever comes too late for a piece is told.
pub fn sold_out(name: &str) -> Refusal {
    Refusal::new("ITEM_SOLD_OUT", format!("{name} is sold out. Choose something else."))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use uuid::Uuid;

    fn id(number: u128) -> ItemId {
        ItemId(Uuid::from_u128(number))
    }

    fn item(number: u128, kind: ItemKind, price_minor: i64) -> Item {
        Item {
            id: id(number),
            kind,
            name: format!("Piece {number}"),
            details: String::new(),
            benefit: BenefitKind::Custom,
            price_minor,
            price_label: String::new(),
            stock: None,
            claimed: 0,
            package_id: None,
            conflicts: Vec::new(),
        }
    }

    /// 1 a package with 2 in it; 3 added to it; 4 added to any; 5 alone; 6 another package; 7 alone, sold out.
    fn offer() -> Vec<Item> {
        let mut items = vec![
            item(1, ItemKind::Package, 10_000),
            item(2, ItemKind::PackageOnly, 2_500),
            item(3, ItemKind::AddOn, 700),
            item(4, ItemKind::AddOn, 30),
            item(5, ItemKind::Standalone, 5),
            item(6, ItemKind::Package, 99),
            item(7, ItemKind::Standalone, 1),
        ];
        items[1].package_id = Some(id(1));
        items[2].package_id = Some(id(1));
        items[4].conflicts = vec![id(2)];
        items[1].conflicts = vec![id(5)];
        (items[6].stock, items[6].claimed) = (Some(1), 1);
        items
    }

    fn code(chosen: &[u128]) -> &'static str {
        let chosen: Vec<ItemId> = chosen.iter().map(|number| id(*number)).collect();
        price(&offer(), &chosen, Currency::Inr, false).expect_err("refused").code
    }

    #[test]
    fn every_illegal_mix_has_its_reason() {
        assert_eq!(code(&[]), "MIX_EMPTY");
        // Who waits for a place waits for what is sold out, too.
        assert_eq!(code(&[7]), "ITEM_SOLD_OUT");
        assert!(price(&offer(), &[id(7)], Currency::Inr, true).is_ok());
        assert_eq!(code(&[1, 77]), "ITEM_UNKNOWN");
        assert_eq!(code(&[2]), "PACKAGE_ONLY");
        assert_eq!(code(&[2, 6]), "PACKAGE_ONLY");
        assert_eq!(code(&[3]), "PACKAGE_MISSING");
        assert_eq!(code(&[3, 6]), "PACKAGE_MISSING");
        assert_eq!(code(&[4]), "PACKAGE_MISSING");
        assert_eq!(code(&[1, 6]), "ONE_PACKAGE");
        assert_eq!(code(&[1, 5]), "ITEMS_CONFLICT", "with what the package brings along");
        assert_eq!(code(&[7]), "ITEM_SOLD_OUT");
        let mix = price(&offer(), &[id(4), id(1)], Currency::Inr, false).expect("fine");
        assert_eq!(mix.lines.iter().map(|line| line.item_id).collect::<Vec<_>>(), [id(1), id(2), id(4)]);
        assert_eq!((mix.total_minor, mix.total_label.as_str()), (12_530, "₹125.30"));
        assert!(mix.must_cost(mix.total()).is_ok());
        let less = Money { minor: 12_529, currency: Currency::Inr };
        assert_eq!(mix.must_cost(less).expect_err("less").code, "WRONG_TOTAL");
        assert_eq!(mix.must_cost(Money { minor: 12_530, currency: Currency::Usd }).expect_err("other").code, "WRONG_TOTAL");
        let huge = vec![Item { price_minor: MAX_MINOR, ..item(1, ItemKind::Standalone, 0) }, item(2, ItemKind::Standalone, 1)];
        assert_eq!(price(&huge, &[id(1), id(2)], Currency::Inr, false).expect_err("too much").code, "MIX_TOO_EXPENSIVE");
    }

    #[test]
    fn pieces_are_read_by_their_names_and_keep_their_ids() {
        let row = |kind: &str, name: &str, price: &str, package: &str, conflicts: &[&str]| ItemInput {
            kind: kind.into(),
            name: name.into(),
            price: price.into(),
            package: package.into(),
            conflicts: conflicts.iter().map(|text| (*text).to_owned()).collect(),
            ..ItemInput::default()
        };
        let mut check = Check::default();
        let rows = [
            row("Package only", "Keynote", "10", "gold", &[]),
            ItemInput::default(),
            row("Package", "Gold", "100.50", "", &[]),
            row("Standalone", "Booth", "5", "", &["KEYNOTE"]),
        ];
        let drafts = read_items(&mut check, &rows, Some(Currency::Inr));
        check.finish().expect("fine");
        let known = [item(9, ItemKind::Standalone, 0)];
        let mut next = 100;
        let items = settle_items(drafts, &known, || {
            next += 1;
            id(next)
        })
        .expect("fine");
        assert_eq!(items[0].package_id, Some(items[1].id));
        assert_eq!((&items[0].conflicts[..], &items[2].conflicts[..]), (&[items[2].id][..], &[items[0].id][..]));

        let mut check = Check::default();
        let wrong = [
            row("Package only", "A", "1", "", &["Nothing"]),
            row("Add-on", "a", "x", "B", &["a"]),
            row("Standalone", "C", "-1", "A", &["C"]),
            row("Gift", "", "1", "", &[]),
        ];
        read_items(&mut check, &wrong, Some(Currency::Inr));
        let errors = check.finish().expect_err("wrong");
        let fields: Vec<&str> = errors.0.keys().map(String::as_str).collect();
        for field in [
            "items[0].package",
            "items[0].conflicts",
            "items[1].name",
            "items[1].price",
            "items[1].package",
            "items[2].package",
            "items[2].conflicts",
            "items[2].price",
            "items[3].kind",
            "items[3].name",
        ] {
            assert!(fields.contains(&field), "{field} of {fields:?}");
        }
    }

    #[test]
    fn what_is_promised_stays_in_stock() {
        let known = [Item { claimed: 3, stock: Some(5), ..item(1, ItemKind::Standalone, 10) }];
        let draft = |stock: i32| ItemDraft {
            id: Some(id(1)),
            row: 4,
            kind: ItemKind::Standalone,
            name: "Piece".into(),
            details: String::new(),
            benefit: BenefitKind::Custom,
            price: Money { minor: 10, currency: Currency::Inr },
            stock: Some(stock),
            package: None,
            conflicts: Vec::new(),
        };
        assert!(settle_items(vec![draft(3)], &known, || id(2)).is_ok());
        assert!(settle_items(vec![draft(2)], &known, || id(2)).expect_err("fewer").get("items[4].stock").is_some());
    }

    proptest! {
        /// Whatever is chosen: either it is refused, or the total is the sum of its lines, each of which is a piece of the
        /// offer at its price, once; order and repetition change nothing; and everything chosen is there.
        #[test]
        fn the_total_is_the_sum_of_the_lines(
            prices in prop::collection::vec(0_i64..1_000_000_000, 7),
            mut chosen in prop::collection::vec(1_u128..8, 1..10),
        ) {
            let mut items = offer();
            for (item, price) in items.iter_mut().zip(&prices) {
                item.price_minor = *price;
            }
            let ids: Vec<ItemId> = chosen.iter().map(|number| id(*number)).collect();
            let first = price(&items, &ids, Currency::Eur, false);
            chosen.reverse();
            chosen.extend_from_within(..);
            let again: Vec<ItemId> = chosen.iter().map(|number| id(*number)).collect();
            prop_assert_eq!(&first, &price(&items, &again, Currency::Eur, false));
            if let Ok(mix) = first {
                prop_assert_eq!(mix.total_minor, mix.lines.iter().map(|line| line.price_minor).sum::<i64>());
                let unique: BTreeSet<ItemId> = mix.lines.iter().map(|line| line.item_id).collect();
                prop_assert_eq!(unique.len(), mix.lines.len());
                for line in &mix.lines {
                    let of = items.iter().find(|item| item.id == line.item_id).expect("of the offer");
                    prop_assert_eq!(of.price_minor, line.price_minor);
                }
                prop_assert!(ids.iter().all(|id| unique.contains(id)));
            }
        }
    }
}
