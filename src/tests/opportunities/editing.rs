//! Editing without losing words, closing and opening again, and what both sides see that changed since an application.

use crate::{
    common::{code, count, signed_in, told, wire},
    town::{Answer, sequel},
};
use commdesk::{
    features::{
        decisions::service as decisions,
        opportunities::{
            service as opportunities,
            views::{OpportunityPatch, OpportunityStatus},
        },
        requests::service as requests,
    },
    kernel::{actor::Actor, error::AppError},
    seeds::people::{ASHA, RAVI},
};
use http::{Method, StatusCode};
use serde_json::{Value, json};

#[tokio::test]
async fn a_patch_changes_what_it_names_and_a_stale_one_nothing() {
    sequel(async |town| {
        let cast = told(town).await;
        let id =
            cast.offer(json!({"description": "Workshops all day.", "benefits": [{"kind": "Booth", "text": "3 x 3 m"}]})).await;

        cast.patch(id, json!({"version": 1, "places": 3})).await.expect("saved");

        let it = opportunities::get(&cast.ctx, Some(&cast.ravi), id).await.expect("theirs");
        assert_eq!((it.places, it.version, it.description.as_str()), (3, 2, "Workshops all day."));
        assert_eq!(it.benefits.iter().map(|line| line.text.as_str()).collect::<Vec<_>>(), ["3 x 3 m"]);
        assert_eq!(code(cast.patch(id, json!({"version": 1, "title": "Mine"})).await), "VERSION_CONFLICT");
        assert!(
            matches!(cast.patch(id, json!({"title": "Mine"})).await, Err(AppError::Invalid(e)) if e.get("version").is_some())
        );
        let stranger = decisions::edit(&cast.ctx, &cast.mei, id, &wire(json!({"version": 2, "title": "Mine"}))).await;
        assert_eq!(code(stranger), "NOT_FOUND");
        let it = opportunities::get(&cast.ctx, Some(&cast.ravi), id).await.expect("theirs");
        assert_eq!((it.title.as_str(), it.version), ("Silver Sponsor", 2));

        // Through the API, once.
        let mut ravi = signed_in(town, RAVI).await;
        let path = format!("/opportunities/{id}");
        let body = json!({"version": 2, "budgetRange": {"min": "20000.50", "max": 60000, "currency": "INR"}});
        let key = [("idempotency-key", "edit-1")];
        let first = ravi.api_with(Method::PATCH, &path, Some(body.clone()), &key).await;
        assert_eq!(first.status, StatusCode::OK, "{}", first.text);
        assert_eq!(
            (&first.data()["version"], &first.data()["budgetRange"]["min"]["amountMinor"]),
            (&json!(3), &json!(2_000_050))
        );
        let again = ravi.api_with(Method::PATCH, &path, Some(body.clone()), &key).await;
        assert_eq!((again.status, &again.data()["version"]), (StatusCode::OK, &json!(3)), "a replay saves nothing");
        let stale = ravi.api(Method::PATCH, &path, Some(body)).await;
        assert_eq!((stale.status, stale.code().as_str()), (StatusCode::CONFLICT, "VERSION_CONFLICT"));
    })
    .await;
}

/// A page without the marks that stand between parts of a text.
fn plain(page: &Answer) -> String {
    page.text.replace("<!>", "")
}

#[tokio::test]
async fn of_two_saves_of_one_version_one_is_kept_and_nothing_typed_is_lost() {
    sequel(async |town| {
        let cast = told(town).await;
        let id = cast.offer(json!({})).await;
        let (one, other) = (town.ctx(), town.ctx());
        let patch = |title: &str| wire::<OpportunityPatch>(json!({"version": 1, "title": title}));
        let (first, second) = (patch("Workshop partner"), patch("Prize partner"));

        let (a, b) =
            tokio::join!(decisions::edit(&one, &cast.ravi, id, &first), decisions::edit(&other, &cast.ravi, id, &second));

        assert_eq!(u8::from(a.is_ok()) + u8::from(b.is_ok()), 1);
        assert_eq!(if a.is_ok() { code(b) } else { code(a) }, "VERSION_CONFLICT");

        // Without scripts: the page comes back with what was typed, what is saved, and the newest version.
        let mut ravi = signed_in(town, RAVI).await;
        let day = cast.day(30);
        let event = cast.hackfest.to_string();
        let fields = [
            ("version", "1"),
            ("eventId", event.as_str()),
            ("category", "Silver Sponsor"),
            ("title", "Typed in vain?"),
            ("budgetRange.min", "10000"),
            ("budgetRange.max", "50000"),
            ("budgetRange.currency", "INR"),
            ("places", "1"),
            ("decisionDeadline", day.as_str()),
            ("items[0].kind", "Standalone"),
            ("items[0].name", "Talk"),
            ("items[0].price", "500"),
        ];
        let page = ravi.submit(&format!("/manage/opportunities/{id}"), "save", &fields).await;
        assert_eq!(page.status, StatusCode::CONFLICT);
        assert!(page.text.contains("Typed in vain?") && page.text.contains("What was saved meanwhile"), "both stand there");
        assert!(page.text.contains("name=\"version\" value=\"2\""), "saving again is a decision");
        for typed in ["<ins>Typed in vain?</ins>", "<ins>Talk 500, Standalone</ins>", "name=\"items[0].price\" value=\"500\""] {
            assert!(plain(&page).contains(typed), "{typed} beside what is saved: {}", page.text);
        }

        // What is wrong with a row stands at the row, which keeps what was typed.
        let mut wrong = fields.to_vec();
        wrong[0] = ("version", "2");
        wrong.push(("items[0].stock", "0"));
        let page = ravi.submit(&format!("/manage/opportunities/{id}"), "save", &wrong).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(page.text.contains("name=\"items[0].stock\" value=\"0\""), "{}", page.text);
        assert!(page.text.contains("id=\"save-items-0--stock-error\""), "{}", page.text);
    })
    .await;
}

#[tokio::test]
async fn two_wordings_of_pieces_stand_side_by_side() {
    sequel(async |town| {
        let cast = told(town).await;
        let id = cast
            .offer(json!({"benefits": [{"kind": "Booth", "text": "3 x 3 m"}], "items": [
                {"kind": "Package", "name": "Gold", "price": 1000},
                {"kind": "Package only", "name": "Keynote", "price": "500.50", "package": "Gold", "benefit": "Keynote slot",
                    "details": "Ten minutes"},
                {"kind": "Standalone", "name": "Booth", "price": 300, "stock": 2, "conflicts": ["Keynote"], "benefit": "Booth"},
            ]}))
            .await;
        let read = opportunities::get(&cast.ctx, Some(&cast.ravi), id).await.expect("theirs");
        let ids: Vec<String> = read.items.iter().map(|item| item.id.to_string()).collect();
        let (path, day, event) = (format!("/manage/opportunities/{id}"), cast.day(30), cast.hackfest.to_string());
        let (min, max) = (read.budget_range.min.amount.to_string(), read.budget_range.max.amount.to_string());
        // As the page was read, with prices as people write them.
        let fields: &[(&str, &str)] = &[
            ("version", "1"),
            ("eventId", &event),
            ("category", "Silver Sponsor"),
            ("title", &read.title),
            ("budgetRange.min", &min),
            ("budgetRange.max", &max),
            ("budgetRange.currency", "INR"),
            ("places", "1"),
            ("decisionDeadline", &day),
            ("benefits[0].kind", "Booth"),
            ("benefits[0].text", "3 x 3 m"),
            ("items[0].id", &ids[0]),
            ("items[0].kind", "Package"),
            ("items[0].name", "Gold"),
            ("items[0].price", "1,000"),
            ("items[0].benefit", "Custom"),
            ("items[1].id", &ids[1]),
            ("items[1].kind", "Package only"),
            ("items[1].name", "Keynote"),
            ("items[1].price", "500.5"),
            ("items[1].benefit", "Keynote slot"),
            ("items[1].details", "Ten minutes"),
            ("items[1].package", "Gold"),
            ("items[1].conflicts", "Booth"),
            ("items[2].id", &ids[2]),
            ("items[2].kind", "Standalone"),
            ("items[2].name", "Booth"),
            ("items[2].price", "300.00"),
            ("items[2].stock", "2"),
            ("items[2].benefit", "Booth"),
            ("items[2].conflicts", "Keynote"),
        ];
        let with = |changes: &[(&'static str, &'static str)]| {
            let mut typed = fields.to_vec();
            for (name, value) in changes {
                typed.iter_mut().filter(|field| field.0 == *name).for_each(|field| field.1 = *value);
            }
            typed
        };
        let mut ravi = signed_in(town, RAVI).await;

        // Somebody else saves another title: of the pieces there is nothing to compare.
        cast.patch(id, json!({"version": 1, "title": "Workshop partner"})).await.expect("saved");
        let page = ravi.submit(&path, "save", &with(&[])).await;
        assert_eq!(page.status, StatusCode::CONFLICT);
        assert!(page.text.contains("What was saved meanwhile") && plain(&page).contains("<dt>Title</dt>"), "{}", page.text);
        for same in ["Packages and extras", "Benefits", "Budget from", "Places"] {
            assert!(!plain(&page).contains(&format!("<dt>{same}</dt>")), "{same}: {}", page.text);
        }

        // Then what a piece costs, how many there are and what excludes it; here its details were typed anew.
        let mut pieces = json!([
            {"kind": "Package", "name": "Gold", "price": 1000},
            {"kind": "Package only", "name": "Keynote", "price": "500.50", "package": "Gold", "benefit": "Keynote slot",
                "details": "Ten minutes"},
            {"kind": "Standalone", "name": "Booth", "price": "350", "stock": 1, "benefit": "Booth"},
        ]);
        for (piece, known) in pieces.as_array_mut().expect("a list").iter_mut().zip(&ids) {
            piece["id"] = json!(known);
        }
        cast.patch(id, json!({"version": 2, "items": pieces})).await.expect("saved");
        let page = ravi.submit(&path, "save", &with(&[("items[1].details", "Twenty minutes")])).await;

        assert_eq!(page.status, StatusCode::CONFLICT);
        assert!(plain(&page).contains("<dt>Packages and extras</dt>"), "{}", page.text);
        for wording in [
            "Gold 1000, Package, benefit Custom; Keynote 500.5, Package only, benefit Keynote slot, details Ten minutes, package Gold; \
             Booth 350, Standalone, how many 1, benefit Booth",
            "Gold 1000, Package, benefit Custom; Keynote 500.5, Package only, benefit Keynote slot, details Twenty minutes, \
             package Gold, not with Booth; Booth 300, Standalone, how many 2, benefit Booth, not with Keynote",
        ] {
            assert!(plain(&page).contains(wording), "{wording}: {}", page.text);
        }
        assert!(page.text.contains("value=\"Twenty minutes\""), "what was typed stands in its field");

        // Saving again is a decision: it keeps what was typed.
        let saved = ravi.submit(&path, "save", &with(&[("version", "3"), ("items[1].details", "Twenty minutes")])).await;
        assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.text);
        let it = opportunities::get(&cast.ctx, Some(&cast.ravi), id).await.expect("theirs");
        let kept: Vec<_> = it.items.iter().map(|item| (item.details.as_str(), item.price_minor, item.stock)).collect();
        assert_eq!(kept, [("", 100_000, None), ("Twenty minutes", 50_050, None), ("", 30_000, Some(2))]);
        assert_eq!(it.items.iter().map(|item| item.id.to_string()).collect::<Vec<_>>(), ids, "the same pieces");
    })
    .await;
}

#[tokio::test]
async fn the_deadline_closes_it_tells_applicants_and_a_new_day_opens_it_again() {
    sequel(async |town| {
        let cast = told(town).await;
        let id = cast.offer(json!({"decisionDeadline": cast.day(5), "places": 2})).await;
        let request = cast.apply(&cast.asha, id).await;
        town.drain().await;

        town.shift(5 * 86_400 - 86_400).await;
        assert_eq!(cast.status(id).await, OpportunityStatus::Open, "never early");
        town.shift(2 * 86_400).await;

        assert_eq!(cast.status(id).await, OpportunityStatus::Closed);
        let facts = "facts where name = 'opportunity_closed' and payload::text like '%deadlinePassed%'";
        assert_eq!(count(town, facts).await, 1);
        assert_eq!(count(town, "mails where template = 'applications_closed' and recipient = 'asha@acme.example'").await, 1);
        assert_eq!(count(town, "mails where template = 'applications_closed' and recipient = 'tomas@lumen.example'").await, 0);
        let theirs = requests::get(&cast.ctx, &cast.asha, request).await.expect("theirs");
        assert!(theirs.state.is_open(), "the application stays");

        // Opening again names a day that is ahead.
        let version = opportunities::get(&cast.ctx, Some(&cast.ravi), id).await.expect("theirs").version;
        let late = cast.patch(id, json!({"version": version, "status": "Open"})).await;
        assert!(matches!(late, Err(AppError::Invalid(e)) if e.get("decisionDeadline").is_some()));
        let words = cast.patch(id, json!({"version": version, "title": "New"})).await;
        assert_eq!(code(words), "OPPORTUNITY_CLOSED", "a closed one is not edited by the way");
        let mut ravi = signed_in(town, RAVI).await;
        let page = ravi.open(&format!("/manage/opportunities/{id}")).await;
        assert!(page.text.contains("Open again"));
        let (version, day) = (version.to_string(), cast.day(20));
        let sent = ravi
            .submit(&format!("/manage/opportunities/{id}"), "reopen", &[("version", &version), ("decisionDeadline", &day)])
            .await;
        assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.text);

        assert_eq!(cast.status(id).await, OpportunityStatus::Open);
        assert_eq!(count(town, "facts where name = 'opportunity_reopened'").await, 1);
        cast.apply(&cast.tomas, id).await;
        town.shift(21 * 86_400).await;
        assert_eq!(cast.status(id).await, OpportunityStatus::Closed, "and the new day closes it");
    })
    .await;
}

#[tokio::test]
async fn both_sides_see_what_changed_since_the_application() {
    sequel(async |town| {
        let cast = told(town).await;
        let opportunity = cast.offer(json!({"places": 2, "benefits": [{"kind": "Booth", "text": "3 x 3 m"}]})).await;
        let id = cast.apply(&cast.asha, opportunity).await;
        let changes = async |who: &Actor| {
            let place = decisions::place(&cast.ctx, who, id).await.expect("theirs").place;
            place.changes.into_iter().map(|line| format!("{:?} {}", line.kind, line.text)).collect::<Vec<_>>()
        };
        assert!(changes(&cast.asha).await.is_empty(), "nothing has changed yet");

        cast.patch(opportunity, json!({"version": 1, "places": 3, "benefits": [{"kind": "Booth", "text": "2 x 2 m"}]}))
            .await
            .expect("saved");
        sqlx::query("update events set venue_name = 'Dome' where id = $1")
            .bind(cast.hackfest.0)
            .execute(&town.owner)
            .await
            .expect("moved");

        let seen = changes(&cast.asha).await;
        for line in [
            "Removed Places: 2",
            "Added Places: 3",
            "Removed Benefit: Booth: 3 x 3 m",
            "Added Benefit: Booth: 2 x 2 m",
            "Added Venue: Dome",
        ] {
            assert!(seen.iter().any(|said| said == line), "{line} of {seen:?}");
        }
        assert_eq!(changes(&cast.ravi).await, seen, "the same for both sides");
        let mut asha = signed_in(town, ASHA).await;
        let page = asha.open(&format!("/requests/{id}")).await;
        assert!(page.text.contains("Changed since you applied") && page.text.contains("2 x 2 m"));
        let request = requests::get(&cast.ctx, &cast.asha, id).await.expect("hers");
        assert!(request.benefits.iter().any(|line| line.text == "3 x 3 m"), "the agreed wording stays");
    })
    .await;
}

#[tokio::test]
async fn a_piece_that_changed_in_any_way_is_seen() {
    sequel(async |town| {
        let cast = told(town).await;
        let offered = json!([
            {"kind": "Package", "name": "Gold", "price": 1000},
            {"kind": "Package", "name": "Small", "price": 10},
            {"kind": "Package only", "name": "Keynote", "price": 500, "package": "Gold", "benefit": "Keynote slot"},
            {"kind": "Add-on", "name": "Dinner", "price": 200, "package": "Gold", "details": "Ten seats"},
            {"kind": "Standalone", "name": "Booth", "price": 300, "stock": 2, "conflicts": ["Keynote"], "benefit": "Booth"},
        ]);
        let opportunity = cast.offer(json!({"places": 2, "items": offered.clone()})).await;
        let id = cast.apply(&cast.asha, opportunity).await;
        let theirs = async || opportunities::get(&cast.ctx, Some(&cast.ravi), opportunity).await.expect("theirs");
        let changes = async || {
            let place = decisions::place(&cast.ctx, &cast.asha, id).await.expect("hers").place;
            place.changes.into_iter().map(|line| format!("{:?} {}", line.kind, line.text)).collect::<Vec<_>>()
        };
        let save = async |items: Value| {
            let version = theirs().await.version;
            cast.patch(opportunity, json!({"version": version, "items": items})).await.expect("saved");
        };
        // As the form sends them: with the ids that they have.
        let mut pieces = offered;
        for (piece, item) in pieces.as_array_mut().expect("a list").iter_mut().zip(theirs().await.items) {
            assert_eq!(piece["name"], item.name.as_str());
            piece["id"] = json!(item.id.to_string());
        }
        assert!(changes().await.is_empty(), "nothing has changed yet");

        let keynote = "Package only: Keynote, ₹500.00, as Keynote slot, belongs to Gold, not together with Booth";
        let dinner = "Add-on: Dinner, ₹200.00, belongs to Gold: Ten seats";
        let booth = "Standalone: Booth, ₹300.00, as Booth, 2 in stock, not together with Keynote";
        for (place, part, value, seen) in [
            (
                4,
                "kind",
                json!("Add-on"),
                &[(booth, "Add-on: Booth, ₹300.00, as Booth, 2 in stock, not together with Keynote")][..],
            ),
            (3, "price", json!(250), &[(dinner, "Add-on: Dinner, ₹250.00, belongs to Gold: Ten seats")]),
            (3, "details", json!("Five seats"), &[(dinner, "Add-on: Dinner, ₹200.00, belongs to Gold: Five seats")]),
            (3, "package", json!("Small"), &[(dinner, "Add-on: Dinner, ₹200.00, belongs to Small: Ten seats")]),
            (3, "package", json!(""), &[(dinner, "Add-on: Dinner, ₹200.00: Ten seats")]),
            (3, "benefit", json!("Tickets"), &[(dinner, "Add-on: Dinner, ₹200.00, as Tickets, belongs to Gold: Ten seats")]),
            (4, "stock", json!(1), &[(booth, "Standalone: Booth, ₹300.00, as Booth, 1 in stock, not together with Keynote")]),
            (4, "stock", json!(""), &[(booth, "Standalone: Booth, ₹300.00, as Booth, not together with Keynote")]),
            (
                4,
                "conflicts",
                json!(["Small"]),
                &[
                    ("Package: Small, ₹10.00", "Package: Small, ₹10.00, not together with Booth"),
                    (keynote, "Package only: Keynote, ₹500.00, as Keynote slot, belongs to Gold"),
                    (booth, "Standalone: Booth, ₹300.00, as Booth, 2 in stock, not together with Small"),
                ],
            ),
            (
                4,
                "name",
                json!("Stand"),
                &[
                    (keynote, "Package only: Keynote, ₹500.00, as Keynote slot, belongs to Gold, not together with Stand"),
                    (booth, "Standalone: Stand, ₹300.00, as Booth, 2 in stock, not together with Keynote"),
                ],
            ),
        ] {
            let mut changed = pieces.clone();
            changed[place][part] = value.clone();
            save(changed).await;
            let mut said = changes().await;
            let mut expected: Vec<String> =
                seen.iter().flat_map(|(old, new)| [format!("Removed {old}"), format!("Added {new}")]).collect();
            said.sort();
            expected.sort();
            assert_eq!(said, expected, "{part} {value}");
        }

        // A piece that went, and one that came.
        let mut other = pieces.clone();
        other[1] = json!({"kind": "Standalone", "name": "Flags", "price": 5});
        save(other).await;
        assert_eq!(changes().await, ["Removed Package: Small, ₹10.00", "Added Standalone: Flags, ₹5.00"]);
        let mut asha = signed_in(town, ASHA).await;
        let page = asha.open(&format!("/requests/{id}")).await.text;
        assert!(page.contains("Changed since you applied") && page.contains("Flags, ₹5.00"));
        save(pieces).await;
        assert!(changes().await.is_empty(), "as it was");

        // What was kept before all of a piece was: only what it knows is compared.
        sqlx::query(
            "update requests set opportunity_snapshot = (opportunity_snapshot::jsonb || jsonb_build_object(
                 'schema', 'opportunity/1',
                 'items', (select jsonb_agg(it.value - 'benefit' - 'stock' - 'package' - 'conflicts')
                           from jsonb_array_elements(opportunity_snapshot::jsonb -> 'items') it)))::text
             where id = $1",
        )
        .bind(id.0)
        .execute(&town.owner)
        .await
        .expect("an old one");
        assert!(changes().await.is_empty(), "a longer memory is no change");
    })
    .await;
}
