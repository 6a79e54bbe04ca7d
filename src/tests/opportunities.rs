//! What communities offer: editing without losing words, opening and closing, the list with its filters, orders and saved
//! views, priced mixes, places that are released and who waits for them, decisions that are released together.

use crate::town::{Answer, Browser, Town, sequel};
use commdesk::{
    features::{
        blocks::service as blocks,
        decisions::{
            service as decisions,
            views::{DecisionsInput, WaitingState},
        },
        opportunities::{
            board::Board,
            index::Opportunities,
            saved, service as opportunities,
            views::{OpportunityPage, OpportunityPatch, OpportunityStatus},
        },
        partners::service as partners,
        requests::{
            service as requests,
            views::{ApplyInput, RequestState, RevisionHash},
        },
        watching::service as watching,
    },
    http::site,
    kernel::{
        actor::Actor,
        error::{AppError, AppResult},
        ids::{EventId, OpportunityId, RequestId},
        page::PageRequest,
    },
    platform::{
        ctx::Ctx,
        index::{self, Kept},
    },
    seeds::people::{self, ASHA, Figure, MEI, PASSWORD, RAVI, TOMAS},
};
use http::{Method, StatusCode};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

/// The demo's people, after its story.
struct Cast {
    ctx: Ctx,
    /// Sponsor Admin of Acme Cloud.
    asha: Actor,
    /// Sponsor Admin of Lumen Data.
    tomas: Actor,
    /// Owner of Apex Circle.
    ravi: Actor,
    /// Owner of Harbour Devs.
    mei: Actor,
    hackfest: EventId,
}

async fn told(town: &Town) -> Cast {
    let ctx = town.ctx();
    let actor = async |figure: Figure| people::actor(&ctx, figure).await.expect("signed in");
    let (asha, tomas, ravi, mei) = (actor(ASHA).await, actor(TOMAS).await, actor(RAVI).await, actor(MEI).await);
    let hackfest =
        sqlx::query_scalar("select id from events where title like 'HackFest%'").fetch_one(&town.owner).await.expect("an event");
    Cast { hackfest: EventId(hackfest), ctx, asha, tomas, ravi, mei }
}

fn wire<T: DeserializeOwned>(value: Value) -> T {
    serde_json::from_value(value).expect("as on the wire")
}

fn code<T: std::fmt::Debug>(outcome: AppResult<T>) -> &'static str {
    outcome.expect_err("a refusal").code()
}

async fn count(town: &Town, what: &str) -> i64 {
    sqlx::query_scalar(sqlx::AssertSqlSafe(format!("select count(*) from {what}"))).fetch_one(&town.owner).await.expect("a count")
}

async fn signed_in(town: &Town, figure: Figure) -> Browser {
    let mut browser = town.visitor();
    let answer = browser.submit("/sign-in", "sign_in", &[("email", figure.email), ("password", PASSWORD)]).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text);
    browser
}

impl Cast {
    fn day(&self, days: i64) -> String {
        (self.ctx.now() + chrono::TimeDelta::days(days)).format("%Y-%m-%d").to_string()
    }

    async fn offer(&self, more: Value) -> OpportunityId {
        let mut body = json!({
            "eventId": self.hackfest.to_string(), "category": "Silver Sponsor", "places": 1, "decisionDeadline": self.day(30),
            "status": "Open", "budgetRange": {"min": 10000, "max": 50000, "currency": "INR"},
        });
        for (key, value) in more.as_object().expect("an object") {
            body[key] = value.clone();
        }
        opportunities::create(&self.ctx, &self.ravi, &wire(body)).await.expect("open")
    }

    async fn apply(&self, who: &Actor, opportunity: OpportunityId) -> RequestId {
        let input: ApplyInput = wire(json!({"amount": 20000, "message": "We come with mentors."}));
        requests::apply(&self.ctx, who, opportunity, &input).await.expect("applied")
    }

    async fn patch(&self, id: OpportunityId, body: Value) -> AppResult<OpportunityId> {
        decisions::edit(&self.ctx, &self.ravi, id, &wire::<OpportunityPatch>(body)).await
    }

    async fn status(&self, id: OpportunityId) -> OpportunityStatus {
        opportunities::get(&self.ctx, Some(&self.ravi), id).await.expect("theirs").status
    }
}

// ── Editing, closing, opening again ─────────────────────────────────────────────────────────────────────────────────

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

// ── The list ────────────────────────────────────────────────────────────────────────────────────────────────────────

async fn titles(cast: &Cast, who: Option<&Actor>, query: &str) -> Vec<String> {
    let page = opportunities::list(&cast.ctx, who, &Board::read(query), &PageRequest::default()).await.expect(query);
    page.items.into_iter().map(|row| row.title).collect()
}

#[tokio::test]
async fn every_filter_and_every_order() {
    sequel(async |town| {
        let cast = told(town).await;
        sqlx::query("update opportunities set status = 'Closed'").execute(&town.owner).await.expect("a clean list");
        let range = |min: u32, max: u32, currency: &str| json!({"min": min, "max": max, "currency": currency});
        for (title, days, more) in [
            ("A", 10, json!({"budgetRange": range(10_000, 300_000, "INR")})),
            ("B", 20, json!({"budgetRange": range(500_000, 600_000, "INR"), "category": "Gold Sponsor"})),
            ("C", 30, json!({"budgetRange": range(3_000, 9_000, "USD"), "category": "Media Partner"})),
        ] {
            let mut body = more;
            body["title"] = json!(title);
            body["decisionDeadline"] = json!(cast.day(days));
            cast.offer(body).await;
            town.house.clock.shift(60);
        }
        let list = async |query: &str| titles(&cast, None, query).await.concat();
        assert_eq!(list("").await, "ABC");
        assert_eq!(list("eventType=Hackathon&region=South+Asia&format=In+person").await, "ABC");
        assert_eq!(list("eventType=Meetup").await, "");
        assert_eq!(list("category=Gold+Sponsor").await, "B");
        // What the event is about is another filter than the role that is offered.
        assert_eq!((list("eventCategory=Technology").await, list("eventCategory=Data+Science").await), ("ABC".into(), String::new()));
        // Bands overlap, ends excluded, one currency only.
        assert_eq!(list("budget=INR:200000-500000").await, "A");
        assert_eq!(list("budget=INR:500000-2000000").await, "B");
        assert_eq!(list("budget=USD:2500-10000").await, "C");
        assert_eq!(list("technologies=rust,+cobol").await, "ABC");
        assert_eq!(list("technologies=cobol").await, "");
        assert_eq!(list(&format!("decidesFrom={}&decidesBy={}", cast.day(15), cast.day(25))).await, "B");
        assert_eq!(list("sort=newest").await, "CBA");
        assert_eq!(list("sort=budget&currency=INR").await, "BA");
        assert_eq!(list("q=hackfest+gold").await, "B");

        // Full ones are there for whoever asks for them.
        sqlx::query("update opportunities set status = 'Filled' where title = 'A'").execute(&town.owner).await.expect("full");
        assert_eq!(list("").await, "BC");
        assert_eq!(list("placeLeft=true").await, "BC");
        assert_eq!(list("placeLeft=false").await, "ABC");
        sqlx::query("update opportunities set status = 'Open' where title = 'A'").execute(&town.owner).await.expect("open");

        // Every order pages without a gap, and a cursor belongs to its order.
        sqlx::query(
            "update organizations set preferred_event_types = '{Hackathon}', technologies = '{rust,PostgreSQL}' where slug = 'acme-cloud'",
        )
        .execute(&town.owner)
        .await
        .expect("wishes");
        for query in ["", "sort=newest", "sort=budget&currency=INR", "sort=match"] {
            let board = Board::read(query);
            let whole = titles(&cast, Some(&cast.asha), query).await;
            let (mut walked, mut cursor) = (Vec::new(), None);
            loop {
                let page = PageRequest { limit: 1, cursor, offset: 0 };
                let found = opportunities::list(&cast.ctx, Some(&cast.asha), &board, &page).await.expect(query);
                walked.extend(found.items.into_iter().map(|row| row.title));
                cursor = found.next_cursor;
                if cursor.is_none() {
                    break;
                }
            }
            assert_eq!(walked, whole, "{query}");
        }
        let first = opportunities::list(&cast.ctx, None, &Board::default(), &PageRequest { limit: 1, ..PageRequest::default() })
            .await
            .expect("a page");
        let foreign = PageRequest { cursor: first.next_cursor, ..PageRequest::default() };
        assert_eq!(code(opportunities::list(&cast.ctx, None, &Board::read("sort=newest"), &foreign).await), "VALIDATION_ERROR");

        // The same through the API; what cannot be meant is named.
        let mut visitor = town.visitor();
        let answer = visitor.api(Method::GET, "/opportunities?budget=INR:500000-2000000&sort=budget", None).await;
        assert_eq!(answer.data()["items"][0]["title"], "B");
        let wrong = visitor.api(Method::GET, "/opportunities?sort=budget", None).await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(wrong.json()["error"]["fieldErrors"]["currency"].is_string() || wrong.text.contains("currency"));
        let page = visitor.open("/opportunities?sort=budget").await;
        assert_eq!(page.status, StatusCode::OK);
        assert!(page.text.contains("amounts of two currencies are not compared"), "the page says it beside its form");
    })
    .await;
}

#[tokio::test]
async fn what_fits_says_why_and_the_order_is_the_same_sum() {
    sequel(async |town| {
        let cast = told(town).await;
        assert_eq!(
            code(opportunities::list(&cast.ctx, Some(&cast.asha), &Board::read("sort=match"), &PageRequest::default()).await),
            "VALIDATION_ERROR",
            "without wishes there is no match"
        );
        sqlx::query(
            "update organizations set preferred_event_types = '{Hackathon,Meetup}', supported_regions = '{South Asia}',
                    technologies = '{RUST,typescript,Go}' where slug = 'acme-cloud'",
        )
        .execute(&town.owner)
        .await
        .expect("wishes");

        let page = opportunities::list(&cast.ctx, Some(&cast.asha), &Board::read("sort=match"), &PageRequest::default())
            .await
            .expect("matched");

        let scores: Vec<i32> = page.items.iter().map(|row| row.fit.as_ref().expect("a fit").score).collect();
        let mut sorted = scores.clone();
        sorted.sort_by(|a, b| b.cmp(a));
        assert_eq!(scores, sorted, "the database sorts by what the rule says");
        let best = page.items[0].fit.as_ref().expect("a fit");
        assert_eq!(best.score, 30 + 25 + 20 + 15, "{best:?}");
        assert!(best.reasons.iter().any(|reason| reason.text == "You both use Rust, TypeScript"), "{best:?}");
        assert!(scores.iter().any(|score| *score < best.score));
        let plain =
            opportunities::list(&cast.ctx, Some(&cast.ravi), &Board::default(), &PageRequest::default()).await.expect("rows");
        assert!(plain.items.iter().all(|row| row.fit.is_none()), "a community has no match");

        let mut asha = signed_in(town, ASHA).await;
        let page = asha.open("/opportunities?sort=match").await;
        assert!(page.text.contains("Hackathon is a kind of event that you look for (+30)"), "the page says why");
    })
    .await;
}

/// What two communities offer, every field by a rule of its number, so that every filter meets every other one.
async fn many(town: &Town, cast: &Cast) {
    sqlx::query(
        "insert into events (id, community_id, slug, title, event_type, category, format, region, technologies, timezone, start_at,
                             end_at, status, created_by, created_at, updated_at)
         select md5('e' || n)::uuid, case when n % 3 = 0 then $2::uuid else $1::uuid end, 'many-' || n, 'Gathering ' || n,
                (array['Hackathon', 'Meetup', 'Workshop', 'Conference'])[1 + n % 4],
                (array['Technology', 'Data Science'])[1 + n / 2 % 2], (array['Online', 'Hybrid', 'In person'])[1 + n / 3 % 3],
                (array['Europe', 'South Asia', null, 'Global', 'Africa'])[1 + n % 5],
                case n % 7 when 0 then '{}' when 1 then array['Rust'] when 2 then array['Go', 'Rust', 'TypeScript']
                           when 3 then array['C++'] when 4 then array['Node.js', 'Go'] else array['rust', 'Rust'] end,
                'Asia/Kolkata', at + interval '60 days', at + interval '61 days', 'Upcoming', u.id, $3::timestamptz, $3::timestamptz
         from generate_series(1, 90) as n, (select id from users order by id limit 1) as u,
              lateral (select $3::timestamptz + n * interval '1 day' as at) as t",
    )
    .bind(cast.ravi.community().expect("Apex").0)
    .bind(cast.mei.community().expect("Harbour").0)
    .bind(cast.ctx.now())
    .execute(&town.owner)
    .await
    .expect("events");
    sqlx::query(
        "insert into opportunities (id, community_id, event_id, title, category, currency, budget_min, budget_max, places,
                                    decision_date, decision_at, event_snapshot, status, opened_at, created_by, created_at,
                                    updated_at, search_text)
         select md5('o' || n)::uuid, e.community_id, e.id, 'Offer ' || n,
                (array['Gold Sponsor', 'Media Partner', 'Silver Sponsor', 'Venue Partner', 'Title Sponsor'])[1 + n % 5],
                (array['INR', 'USD', 'INR'])[1 + n % 3], 1000000 * (n % 6), 1000000 * (n % 6) + 30000000 * (n % 4), 2,
                (at at time zone 'Asia/Kolkata')::date, at, '{}',
                case when n % 10 = 0 then 'Filled' when n % 11 = 0 then 'Draft' when n % 13 = 0 then 'Closed' else 'Open' end,
                $1::timestamptz - (n % 9) * interval '1 minute', e.created_by, $1::timestamptz, $1::timestamptz,
                'Offer ' || n || ' ' || (array['gold', 'goldfish', 'cloud-native été'])[1 + n % 3] || ' Wharf' || n % 2
         from generate_series(1, 90) as n join events e on e.id = md5('e' || n)::uuid,
              lateral (select $1::timestamptz + (n % 12) * interval '1 day' + interval '12 hours' as at) as t",
    )
    .bind(cast.ctx.now())
    .execute(&town.owner)
    .await
    .expect("opportunities");
}

/// Every page of a list, as it is answered.
async fn pages(ctx: &Ctx, who: Option<&Actor>, query: &str, limit: u32) -> Vec<OpportunityPage> {
    let (board, mut cursor, mut all) = (Board::read(query), None, Vec::new());
    loop {
        let page = PageRequest { limit, cursor, offset: 0 };
        let found = opportunities::list(ctx, who, &board, &page).await.expect(query);
        cursor = found.next_cursor.clone();
        all.push(found);
        if cursor.is_none() {
            return all;
        }
    }
}

/// What lists are asked for in these tests.
const ASKED: &[&str] = &[
    "",
    "sort=newest",
    "sort=match",
    "sort=budget&currency=INR",
    "sort=budget&budget=USD:50000-250000",
    "placeLeft=false",
    "placeLeft=false&sort=match",
    "eventType=Hackathon",
    "eventType=Meetup&sort=match",
    "eventCategory=Data+Science&sort=newest",
    "category=Gold+Sponsor",
    "category=Media+Partner&region=Europe",
    "format=Hybrid&region=South+Asia&sort=match",
    "region=Global",
    "currency=USD&sort=newest",
    "budget=INR:200000-500000",
    "technologies=Rust",
    "technologies=Go,C%2B%2B&sort=match",
    "q=gold",
    "q=offer+gold+wharf&sort=match",
    "q=gold&eventType=Conference&placeLeft=false",
    "q=native",
    "q=wharf1",
    "q=%C3%A9t%C3%A9&sort=newest",
    "q=zzz",
];

/// Some of it, for whatever is asked again and again.
const ASKED_AGAIN: &[&str] = &[
    "",
    "sort=newest",
    "placeLeft=false&sort=match",
    "eventType=Workshop&sort=match",
    "technologies=Go",
    "region=Europe&sort=budget&currency=INR",
    "q=gold",
];

/// The index says what the database says, to everybody, on every page.
async fn both_say_the_same(cast: &Cast, database: &Ctx, asked: &[&str], limit: u32, what: &str) {
    let (from, by) = (cast.day(2), cast.day(6));
    let days =
        [format!("decidesFrom={from}&decidesBy={by}"), format!("decidesFrom={by}&sort=newest"), format!("decidesBy={from}")];
    for query in asked.iter().copied().chain(days.iter().map(String::as_str)) {
        for who in [None, Some(&cast.ravi), Some(&cast.asha), Some(&cast.tomas)] {
            if query.contains("sort=match") && who.is_none_or(|who| who.organization().is_none()) {
                continue;
            }
            let (by_index, by_database) = (pages(&cast.ctx, who, query, limit).await, pages(database, who, query, limit).await);
            assert_eq!(by_index, by_database, "{what}: {query} as {:?}", who.and_then(Actor::organization));
        }
    }
}

/// The addresses of the opportunities that a page lists, in its order.
fn offers_in(html: &str) -> Vec<String> {
    let links = html.split("href=\"/opportunities/").skip(1).filter_map(|rest| rest.get(..36));
    links.filter(|id| id.parse::<uuid::Uuid>().is_ok()).map(str::to_owned).collect()
}

#[tokio::test]
async fn the_index_and_the_database_list_the_same() {
    sequel(async |town| {
        let cast = told(town).await;
        many(town, &cast).await;
        sqlx::query(
            "update organizations set preferred_event_types = '{Hackathon,Meetup}', technologies = '{RUST,typescript,Go}',
                    supported_regions = case slug when 'acme-cloud' then '{South Asia}'::text[] else '{Global}' end
             where slug in ('acme-cloud', 'lumen-data')",
        )
        .execute(&town.owner)
        .await
        .expect("wishes");
        // Another instance, whose index is never filled.
        let second = town.second_instance();
        let database = Ctx::background(&second, "database");
        index::fill::<Opportunities>(&cast.ctx).await.expect("filled");
        let kept = index::live::<Opportunities>(&cast.ctx).read(Kept::rows).expect("filled");
        assert!(kept > 70 && index::live::<Opportunities>(&database).read(Kept::rows).is_none());
        both_say_the_same(&cast, &database, ASKED, 25, "filled").await;
        let first = pages(&cast.ctx, Some(&cast.tomas), "sort=match", 7).await;
        assert_eq!(first, pages(&database, Some(&cast.tomas), "sort=match", 7).await);
        assert!(first.len() > 8, "there is something to compare");

        // Pages that are counted, a page after the last, and what people and programs read.
        let counted = PageRequest { limit: 9, offset: 27, cursor: None };
        let beyond = PageRequest { limit: 9, offset: 900, cursor: None };
        for page in [&counted, &beyond] {
            let board = Board::read("sort=match&placeLeft=false");
            let by_index = opportunities::list(&cast.ctx, Some(&cast.asha), &board, page).await.expect("a page");
            assert_eq!(by_index, opportunities::list(&database, Some(&cast.asha), &board, page).await.expect("a page"));
        }
        let router = site::router(second.clone());
        let mut asha = signed_in(town, ASHA).await;
        asha.workspace = Some("organization:acme-cloud".to_owned());
        let mut asha_there = asha.clone().on(&router);
        for query in ["", "?sort=match", "?q=gold&region=Europe", "?technologies=Go&sort=newest&placeLeft=false"] {
            let (page, there) =
                (asha.open(&format!("/opportunities{query}")).await, asha_there.open(&format!("/opportunities{query}")).await);
            assert_eq!(page.status, StatusCode::OK);
            assert!(!offers_in(&page.text).is_empty(), "{query}");
            assert_eq!(offers_in(&page.text), offers_in(&there.text), "{query}");
            let path = format!("/opportunities{query}");
            let (data, there) = (asha.api(Method::GET, &path, None).await, asha_there.api(Method::GET, &path, None).await);
            assert_eq!(data.data(), there.data(), "{query}");
        }
    })
    .await;
}

#[tokio::test]
async fn the_index_follows_what_changes_and_shows_nothing_that_is_gone() {
    sequel(async |town| {
        let cast = told(town).await;
        many(town, &cast).await;
        let database = Ctx::background(&town.second_instance(), "database");
        sqlx::query("update organizations set preferred_event_types = '{Workshop}' where slug in ('acme-cloud', 'lumen-data')")
            .execute(&town.owner)
            .await
            .expect("wishes");
        let own = cast.offer(json!({"title": "By hand", "places": 2})).await;
        index::fill::<Opportunities>(&cast.ctx).await.expect("filled");
        let all = async |who: Option<&Actor>| {
            let page = PageRequest { limit: 100, ..PageRequest::default() };
            opportunities::list(&cast.ctx, who, &Board::read("placeLeft=false"), &page).await.expect("a page")
        };
        // Whatever was committed before the word is known once the word is, and that at once.
        let followed = async |word: &str| {
            let word = format!("zz{word}");
            sqlx::query("update opportunities set search_text = $1 where id = md5('o1')::uuid")
                .bind(&word)
                .execute(&town.owner)
                .await
                .expect("changed");
            index::follow::<Opportunities>(&cast.ctx).await.expect("followed");
            assert!(index::live::<Opportunities>(&cast.ctx).read(Kept::rows).is_some(), "the index does not answer: {word}");
            assert_eq!(titles(&cast, None, &format!("q={word}")).await, ["Offer 1"], "the index does not follow: {word}");
        };
        let change = async |sql: &str| {
            let done = sqlx::query(sqlx::AssertSqlSafe(sql.to_owned())).execute(&town.owner).await.expect("changed");
            assert!(done.rows_affected() > 0, "{sql}");
        };

        // It is late, and shows nothing of what is gone; then it has heard of it.
        let before = all(None).await;
        opportunities::close(&cast.ctx, &cast.ravi, own).await.expect("closed");
        let late = all(None).await;
        assert_eq!((late.total, late.items.len() + 1), (before.total, before.items.len()), "the index answers");
        assert!(late.items.iter().all(|row| row.id != own));
        followed("closed").await;
        assert_eq!(all(None).await.total, before.total - 1);
        both_say_the_same(&cast, &database, ASKED_AGAIN, 100, "closed").await;

        for (word, sql) in [
            ("filled", "update opportunities set status = 'Filled' where id = md5('o2')::uuid"),
            ("hidden", "update opportunities set hidden_reason = 'Spam' where id = md5('o4')::uuid"),
            ("renamed", "update events set title = 'Renamed' where id = md5('e5')::uuid"),
            (
                "turned",
                "update events set event_type = 'Workshop', category = 'Technology', format = 'Online', region = 'Europe',
                        technologies = '{Rust,Go}' where id in (md5('e7')::uuid, md5('e8')::uuid)",
            ),
            ("archived", "update events set status = 'Archived' where id = md5('e14')::uuid"),
            ("private", "update events set public_visible = false where id = md5('e16')::uuid"),
            ("staffed", "update events set hidden_reason = 'Spam' where id = md5('e17')::uuid"),
            ("over", "update opportunities set decision_at = decision_at - interval '400 days' where id = md5('o19')::uuid"),
            ("moved", "update opportunities set event_id = md5('e28')::uuid where id = md5('o25')::uuid"),
        ] {
            change(sql).await;
            followed(word).await;
            both_say_the_same(&cast, &database, ASKED_AGAIN, 100, word).await;
        }

        // A community goes, and comes back; a block hides it from one organization only, at once.
        let there = all(None).await.total;
        let harbour = cast.mei.community().expect("Harbour").0;
        let theirs = all(None).await.items.iter().filter(|row| row.community.id.0 == harbour).count();
        assert!(theirs > 10);
        change("update communities set status = 'suspended' where slug = 'harbour-devs'").await;
        assert!(all(None).await.items.iter().all(|row| row.community.id.0 != harbour), "late, and not shown");
        followed("suspended").await;
        assert_eq!(all(None).await.total, there - i64::try_from(theirs).expect("small"));
        both_say_the_same(&cast, &database, ASKED_AGAIN, 100, "suspended").await;
        change("update communities set status = 'active' where slug = 'harbour-devs'").await;
        followed("restored").await;
        assert_eq!(all(None).await.total, there);
        blocks::block(&cast.ctx, &cast.tomas, harbour).await.expect("blocked");
        assert_eq!(all(Some(&cast.tomas)).await.total, there - i64::try_from(theirs).expect("small"));
        assert_eq!(all(Some(&cast.asha)).await.total, there);
        both_say_the_same(&cast, &database, ASKED_AGAIN, 25, "blocked").await;

        // What opens is found.
        cast.offer(json!({"title": "Late comer"})).await;
        followed("opened").await;
        assert_eq!(all(None).await.total, there + 1);
        both_say_the_same(&cast, &database, ASKED_AGAIN, 100, "opened").await;
    })
    .await;
}

#[tokio::test]
async fn what_opens_beside_a_transaction_that_stands_open_is_on_the_board() {
    sequel(async |town| {
        let cast = told(town).await;
        many(town, &cast).await;
        index::fill::<Opportunities>(&cast.ctx).await.expect("filled");
        let kept = || index::live::<Opportunities>(&cast.ctx).read(Kept::rows).expect("it answers");
        let before = kept();
        // Somebody has a transaction open, which holds a row of its own.
        let other = sqlx::PgPool::connect(&town.url(true)).await.expect("another connection");
        let mut open = other.begin().await.expect("a transaction");
        let slow = "update opportunities set search_text = 'zzslow' where id = md5('o1')::uuid";
        sqlx::query(slow).execute(&mut *open).await.expect("changed");

        // What opens is found, and what closes goes.
        let first = cast.offer(json!({"title": "Zzquick comer"})).await;
        index::follow::<Opportunities>(&cast.ctx).await.expect("followed");
        assert_eq!((titles(&cast, None, "q=zzquick").await, kept()), (vec!["Zzquick comer".to_owned()], before + 1));
        opportunities::close(&cast.ctx, &cast.ravi, first).await.expect("closed");
        cast.offer(json!({"title": "Zzsecond comer"})).await;
        index::follow::<Opportunities>(&cast.ctx).await.expect("followed");
        assert_eq!((titles(&cast, None, "q=zzsecond").await, kept()), (vec!["Zzsecond comer".to_owned()], before + 1));
        // An event that goes takes its own along.
        let gone = sqlx::query("update events set status = 'Archived' where id = md5('e2')::uuid").execute(&town.owner).await;
        assert_eq!(gone.expect("archived").rows_affected(), 1);
        index::follow::<Opportunities>(&cast.ctx).await.expect("followed");
        assert_eq!(kept(), before);
        assert_eq!(titles(&cast, None, "q=zzslow").await, [""; 0]);

        // And what that transaction changed, once it is committed.
        open.commit().await.expect("committed");
        index::follow::<Opportunities>(&cast.ctx).await.expect("followed");
        assert_eq!((titles(&cast, None, "q=zzslow").await, kept()), (vec!["Offer 1".to_owned()], before));
        other.close().await;
    })
    .await;
}

#[tokio::test]
async fn saved_views_are_ones_own_and_read_as_the_list_reads() {
    sequel(async |town| {
        let cast = told(town).await;
        let mut asha = signed_in(town, ASHA).await;
        let there = "/opportunities?q=hackfest&category=Gold+Sponsor&cursor=ff";
        let sent = asha.submit(there, "save-view", &[("name", "Gold"), ("query", "category=Gold+Sponsor&q=hackfest&x=1")]).await;
        assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.text);
        assert!(sent.location().starts_with("/opportunities?q=hackfest&category=Gold+Sponsor"), "{}", sent.location());
        let page = asha.open(sent.location()).await;
        assert!(page.text.contains("aria-label=\"Saved views\"") && page.text.contains("Edit this view"));
        let taken = asha.submit(there, "save-view", &[("name", "gold"), ("query", "")]).await;
        assert_eq!(taken.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(taken.text.contains("You have a search of this name already"));

        let view = saved::list(&cast.ctx, &cast.asha).await.expect("hers").items.remove(0);
        assert_eq!(view.query, Board::read(&view.query).query(), "one reader");
        assert_eq!(titles(&cast, None, &view.query).await, ["Gold Sponsor"]);
        assert!(saved::list(&cast.ctx, &cast.ravi).await.expect("his").items.is_empty());
        assert_eq!(code(watching::rename(&cast.ctx, &cast.ravi, view.id, "Mine now").await), "NOT_FOUND");
        assert_eq!(code(watching::delete(&cast.ctx, &cast.ravi, view.id).await), "NOT_FOUND");

        let id = view.id.to_string();
        let renamed = asha.submit("/opportunities", "rename-view", &[("view", &id), ("name", "Gold ones")]).await;
        assert_eq!(renamed.status, StatusCode::SEE_OTHER, "{}", renamed.text);
        let listed = asha.api(Method::GET, "/opportunities/views", None).await;
        assert_eq!(listed.data()["items"][0]["name"], "Gold ones");
        let made = asha.api(Method::POST, "/opportunities/views", Some(json!({"name": "New", "query": "sort=newest"}))).await;
        assert_eq!(made.status, StatusCode::CREATED, "{}", made.text);
        let wrong = asha.api(Method::POST, "/opportunities/views", Some(json!({"name": "Odd", "query": "sort=best"}))).await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        let gone = asha.submit("/opportunities", "delete-view", &[("view", &id), ("query", &view.query)]).await;
        assert_eq!(gone.status, StatusCode::SEE_OTHER);
        let left = asha.api(Method::GET, "/opportunities/views", None).await;
        assert_eq!(left.data()["items"].as_array().map(Vec::len), Some(1));
    })
    .await;
}

// ── Packages, add-ons and what stands alone ─────────────────────────────────────────────────────────────────────────

/// Gold (1,000.50) brings a keynote (500); a dinner (200) on top of Gold; a workshop (50) on top of any; a booth (300, one
/// left) alone, not together with the keynote; Small (10).
async fn with_items(cast: &Cast, places: u32) -> (OpportunityId, Vec<(String, String)>) {
    let id = cast
        .offer(json!({"places": places, "items": [
            {"kind": "Package", "name": "Gold", "price": "1000.50"},
            {"kind": "Package only", "name": "Keynote", "price": 500, "package": "Gold", "benefit": "Keynote slot"},
            {"kind": "Add-on", "name": "Dinner", "price": 200, "package": "gold"},
            {"kind": "Add-on", "name": "Workshop", "price": 50, "benefit": "Workshop slot"},
            {"kind": "Standalone", "name": "Booth", "price": 300, "stock": 1, "conflicts": ["Keynote"], "benefit": "Booth"},
            {"kind": "Package", "name": "Small", "price": 10},
        ]}))
        .await;
    let it = opportunities::get(&cast.ctx, Some(&cast.ravi), id).await.expect("theirs");
    (id, it.items.into_iter().map(|item| (item.name, item.id.to_string())).collect())
}

fn ids(items: &[(String, String)], names: &[&str]) -> Vec<String> {
    names.iter().map(|name| items.iter().find(|(known, _)| known == name).expect(name).1.clone()).collect()
}

#[tokio::test]
async fn a_mix_is_priced_by_the_service_and_an_illegal_one_is_refused() {
    sequel(async |town| {
        let cast = told(town).await;
        let (opportunity, items) = with_items(&cast, 3).await;
        let apply = async |chosen: Vec<String>, amount: &str| {
            let input: ApplyInput = wire(json!({"items": chosen, "amount": amount}));
            requests::apply(&cast.ctx, &cast.asha, opportunity, &input).await
        };
        for (names, refusal) in [
            (&["Keynote"][..], "PACKAGE_ONLY"),
            (&["Dinner"], "PACKAGE_MISSING"),
            (&["Dinner", "Small"], "PACKAGE_MISSING"),
            (&["Workshop"], "PACKAGE_MISSING"),
            (&["Gold", "Small"], "ONE_PACKAGE"),
            (&["Gold", "Booth"], "ITEMS_CONFLICT"),
        ] {
            assert_eq!(code(apply(ids(&items, names), "").await), refusal, "{names:?}");
        }
        assert_eq!(code(apply(vec![uuid::Uuid::from_u128(7).to_string()], "").await), "ITEM_UNKNOWN");
        assert_eq!(code(apply(vec!["gold".into()], "").await), "ITEM_UNKNOWN");
        assert_eq!(code(apply(ids(&items, &["Gold", "Dinner"]), "1700.49").await), "WRONG_TOTAL");
        assert_eq!(count(town, &format!("requests where opportunity_id = '{opportunity}'")).await, 0);

        // The price is public, and the same through the API.
        let chosen = ids(&items, &["Gold", "Dinner"]);
        let mut visitor = town.visitor();
        let priced =
            visitor.api(Method::GET, &format!("/opportunities/{opportunity}/price?items={}", chosen.join(",")), None).await;
        assert_eq!((&priced.data()["totalMinor"], priced.data()["lines"].as_array().map(Vec::len)), (&json!(170_050), Some(3)));

        let id = apply(chosen, "1,700.50").await.expect("applied");
        let request = requests::get(&cast.ctx, &cast.asha, id).await.expect("theirs");
        assert_eq!(request.amount_minor, 170_050);
        let words: Vec<&str> = request.benefits.iter().map(|line| line.text.as_str()).collect();
        for line in ["Package: Gold", "Keynote", "Dinner"] {
            assert!(words.contains(&line), "{line} of {words:?}");
        }
        assert_eq!(count(town, &format!("request_items where request_id = '{id}'")).await, 3);

        // Prices that change later are not hers.
        let version = opportunities::get(&cast.ctx, Some(&cast.ravi), opportunity).await.expect("theirs").version;
        cast.patch(opportunity, json!({"version": version, "items": [{"kind": "Standalone", "name": "Other", "price": 1}]}))
            .await
            .expect("saved");
        let request = requests::get(&cast.ctx, &cast.asha, id).await.expect("theirs");
        assert_eq!(request.amount_minor, 170_050);
        let it = opportunities::get(&cast.ctx, None, opportunity).await.expect("public");
        assert_eq!(it.items.iter().map(|item| item.name.as_str()).collect::<Vec<_>>(), ["Other"]);
        let moved =
            cast.patch(opportunity, json!({"version": it.version, "budgetRange": {"min": 1, "max": 2, "currency": "USD"}})).await;
        assert!(
            matches!(moved, Err(AppError::Invalid(e)) if e.get("items").is_some()),
            "prices are never reread in another currency"
        );
    })
    .await;
}

#[tokio::test]
async fn without_scripts_the_total_is_seen_before_anything_is_sent() {
    sequel(async |town| {
        let cast = told(town).await;
        let (opportunity, items) = with_items(&cast, 3).await;
        let chosen = ids(&items, &["Gold", "Workshop"]);
        let mut asha = signed_in(town, ASHA).await;
        let path = format!("/opportunities/{opportunity}");
        let page = asha.open(&path).await;
        assert!(page.text.contains("Choose what you want") && page.text.contains("Comes with Gold"));
        let fields = [("currency", "INR"), ("items", chosen[0].as_str()), ("items", chosen[1].as_str()), ("message", "Us!")];

        let first = asha.submit(&path, "apply", &fields).await;

        assert_eq!(first.status, StatusCode::CONFLICT);
        assert!(
            first.text.contains("₹1,550.50") && first.text.contains("name=\"total\" value=\"1550.50\""),
            "the total is shown"
        );
        assert!(first.text.contains("Us!"), "and what was typed is kept");
        let both = asha.submit(&path, "apply", &[&fields[..], &[("total", "1550.50"), ("amount", "5")]].concat()).await;
        assert_eq!(both.status, StatusCode::UNPROCESSABLE_ENTITY);
        let sent = asha.submit(&path, "apply", &[&fields[..], &[("total", "1550.50")]].concat()).await;
        assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.text);
    })
    .await;
}

#[tokio::test]
async fn the_last_piece_in_stock_goes_to_one_of_two() {
    sequel(async |town| {
        let cast = told(town).await;
        let (opportunity, items) = with_items(&cast, 3).await;
        let booth = ids(&items, &["Booth"]);
        let mut sent = Vec::new();
        for who in [&cast.asha, &cast.tomas] {
            let input: ApplyInput = wire(json!({"items": booth}));
            let id = requests::apply(&cast.ctx, who, opportunity, &input).await.expect("applied");
            let seen = requests::get(&cast.ctx, &cast.ravi, id).await.expect("ours").revision_hash;
            sent.push((id, seen));
        }
        let (one, other) = (town.ctx(), town.ctx());

        let (a, b) = tokio::join!(
            requests::accept(&one, &cast.ravi, sent[0].0, &sent[0].1),
            requests::accept(&other, &cast.ravi, sent[1].0, &sent[1].1)
        );

        assert_eq!(u8::from(a.is_ok()) + u8::from(b.is_ok()), 1);
        assert_eq!(if a.is_ok() { code(b) } else { code(a) }, "ITEM_SOLD_OUT");
        assert_eq!(count(town, "item_claims where released_at is null").await, 1);
        assert_eq!(count(town, "place_claims k join opportunity_places p on p.id = k.place_id join opportunities o on o.id = p.opportunity_id where o.category = 'Silver Sponsor'").await, 1, "nothing of the loser is left");
        let late: ApplyInput = wire(json!({"items": booth}));
        let refused = requests::apply(&cast.ctx, &cast.tomas, opportunity, &late).await;
        assert!(matches!(code(refused), "ITEM_SOLD_OUT" | "DUPLICATE_REQUEST"));
        let it = opportunities::get(&cast.ctx, Some(&cast.ravi), opportunity).await.expect("theirs");
        let item = it.items.iter().find(|item| item.name == "Booth").expect("offered");
        assert_eq!((item.claimed, item.stock_label().as_str()), (1, "Sold out"));
    })
    .await;
}

// ── Places that are released, and who waits for them ────────────────────────────────────────────────────────────────

impl Cast {
    async fn seen(&self, who: &Actor, id: RequestId) -> RevisionHash {
        requests::get(&self.ctx, who, id).await.expect("theirs").revision_hash
    }

    async fn accept(&self, id: RequestId) {
        let seen = self.seen(&self.ravi, id).await;
        requests::accept(&self.ctx, &self.ravi, id, &seen).await.expect("accepted");
    }

    async fn wait(&self, id: RequestId) {
        let seen = self.seen(&self.ravi, id).await;
        decisions::wait(&self.ctx, &self.ravi, id, &seen).await.expect("in line");
    }

    async fn waiting(&self, who: &Actor, id: RequestId) -> Option<WaitingState> {
        decisions::place(&self.ctx, who, id).await.expect("theirs").place.waiting
    }

    async fn state(&self, who: &Actor, id: RequestId) -> RequestState {
        requests::get(&self.ctx, who, id).await.expect("theirs").state
    }
}

/// Live claims of an opportunity's places.
async fn taken(town: &Town, id: OpportunityId) -> i64 {
    count(
        town,
        &format!(
            "place_claims k join opportunity_places p on p.id = k.place_id where p.opportunity_id = '{id}' and k.released_at is null"
        ),
    )
    .await
}

#[tokio::test]
async fn the_loser_of_the_last_place_waits_and_is_offered_it_when_it_is_released() {
    sequel(async |town| {
        let cast = told(town).await;
        let ctx = &cast.ctx;
        let opportunity = cast.offer(json!({})).await;
        let (hers, his) = (cast.apply(&cast.asha, opportunity).await, cast.apply(&cast.tomas, opportunity).await);
        let early = decisions::wait(ctx, &cast.ravi, hers, &cast.seen(&cast.ravi, hers).await).await;
        assert_eq!(code(early), "PLACE_FREE");
        let (seen_hers, seen_his) = (cast.seen(&cast.ravi, hers).await, cast.seen(&cast.ravi, his).await);
        let (one, other) = (town.ctx(), town.ctx());
        let (a, b) = tokio::join!(
            requests::accept(&one, &cast.ravi, hers, &seen_hers),
            requests::accept(&other, &cast.ravi, his, &seen_his)
        );
        assert_eq!(u8::from(a.is_ok()) + u8::from(b.is_ok()), 1, "one wins");
        let (winner, winning, loser, losing) = if a.is_ok() {
            assert_eq!(code(b), "NO_PLACE_LEFT");
            (&cast.asha, hers, &cast.tomas, his)
        } else {
            assert_eq!(code(a), "NO_PLACE_LEFT");
            (&cast.tomas, his, &cast.asha, hers)
        };
        assert_eq!(cast.status(opportunity).await, OpportunityStatus::Filled);

        cast.wait(losing).await;
        let again = decisions::wait(ctx, &cast.ravi, losing, &cast.seen(&cast.ravi, losing).await).await;
        assert_eq!(code(again), "ALREADY_WAITING");
        let place = decisions::place(ctx, loser, losing).await.expect("theirs").place;
        assert_eq!((place.waiting, place.position, place.can.take), (Some(WaitingState::Waiting), Some(1), false));
        assert_eq!(code(decisions::take(ctx, loser, losing).await), "STILL_WAITING");

        // Releasing is the community's, with a reason.
        assert_eq!(code(decisions::release(ctx, winner, winning, "No.").await), "FORBIDDEN");
        assert_eq!(code(decisions::release(ctx, &cast.mei, winning, "No.").await), "NOT_FOUND");
        assert_eq!(code(decisions::release(ctx, &cast.ravi, winning, " ").await), "VALIDATION_ERROR");
        assert_eq!(code(decisions::release(ctx, &cast.ravi, losing, "No.").await), "NO_PLACE_HELD");
        decisions::release(ctx, &cast.ravi, winning, "Their budget was cut.").await.expect("released");

        assert_eq!(taken(town, opportunity).await, 1, "the place is kept for whoever was next");
        assert_eq!(cast.status(opportunity).await, OpportunityStatus::Filled);
        assert_eq!(cast.waiting(loser, losing).await, Some(WaitingState::Offered));
        let wall = partners::wall(ctx, cast.hackfest).await.expect("a wall");
        assert!(wall.groups.iter().all(|group| group.heading() != "Silver Sponsor"), "they left the page");
        assert_eq!(code(decisions::release(ctx, &cast.ravi, winning, "Twice.").await), "NO_PLACE_HELD");
        town.drain().await;
        assert!(count(town, "mails where template = 'place_offered'").await >= 1);
        assert!(count(town, "mails where template = 'place_released'").await >= 1);

        assert_eq!(code(decisions::take(ctx, &cast.ravi, losing).await), "FORBIDDEN", "it is kept for the organization");
        decisions::take(ctx, loser, losing).await.expect("taken");

        assert_eq!(cast.state(loser, losing).await, RequestState::Accepted);
        assert_eq!(cast.waiting(loser, losing).await, Some(WaitingState::Taken));
        assert_eq!(taken(town, opportunity).await, 1);
        let wall = partners::wall(ctx, cast.hackfest).await.expect("a wall");
        assert!(wall.groups.iter().any(|group| group.heading() == "Silver Sponsor"));
        town.drain().await;
        assert_eq!(count(town, "deadlines where kind = 'place_offer'").await, 0);
    })
    .await;
}

#[tokio::test]
async fn the_line_keeps_its_order_and_an_offer_lapses_to_the_next() {
    sequel(async |town| {
        let cast = told(town).await;
        let ctx = &cast.ctx;
        let ingrid = people::actor(ctx, people::INGRID).await.expect("signed in");
        let opportunity = cast.offer(json!({"decisionDeadline": cast.day(40)})).await;
        let first = cast.apply(&ingrid, opportunity).await;
        let (second, third) = (cast.apply(&cast.tomas, opportunity).await, cast.apply(&cast.asha, opportunity).await);
        cast.accept(first).await;
        cast.wait(second).await;
        cast.wait(third).await;
        assert_eq!(decisions::place(ctx, &cast.asha, third).await.expect("hers").place.position, Some(2));

        decisions::release(ctx, &cast.ravi, first, "They asked for it.").await.expect("released");
        assert_eq!(cast.waiting(&cast.tomas, second).await, Some(WaitingState::Offered));
        assert_eq!(cast.waiting(&cast.asha, third).await, Some(WaitingState::Waiting));

        town.shift(3 * 86_400 - 60).await;
        assert_eq!(cast.waiting(&cast.tomas, second).await, Some(WaitingState::Offered), "never early");
        town.shift(120).await;
        assert_eq!(cast.waiting(&cast.tomas, second).await, Some(WaitingState::Lapsed));
        assert_eq!(cast.waiting(&cast.asha, third).await, Some(WaitingState::Offered));
        assert_eq!(code(decisions::take(ctx, &cast.tomas, second).await), "OFFER_LAPSED");
        assert_eq!(taken(town, opportunity).await, 1);

        // Somebody who withdraws leaves the line; nobody waits any more, so it opens again.
        requests::withdraw(ctx, &cast.asha, third).await.expect("withdrawn");
        town.drain().await;
        assert_eq!(cast.waiting(&cast.asha, third).await, Some(WaitingState::Left));
        assert_eq!((taken(town, opportunity).await, cast.status(opportunity).await), (0, OpportunityStatus::Open));
        // The one whose offer lapsed may be accepted after all, on the same place.
        cast.accept(second).await;
        assert_eq!((taken(town, opportunity).await, cast.status(opportunity).await), (1, OpportunityStatus::Filled));
        town.drain().await;
    })
    .await;
}

#[tokio::test]
async fn who_comes_when_it_is_full_applies_for_the_waiting_list() {
    sequel(async |town| {
        let cast = told(town).await;
        let ctx = &cast.ctx;
        let ingrid = people::actor(ctx, people::INGRID).await.expect("signed in");
        let opportunity = cast.offer(json!({"decisionDeadline": cast.day(40)})).await;
        let (first, lost) = (cast.apply(&ingrid, opportunity).await, cast.apply(&cast.tomas, opportunity).await);
        town.drain().await;
        cast.accept(first).await;
        town.drain().await;
        // Whoever loses the last place hears of it; whoever has it hears something better.
        let told = |who: &str| format!("mails where template = 'places_taken' and recipient = '{who}'");
        assert_eq!((count(town, &told("tomas@lumen.example")).await, count(town, &told("ingrid@fjord.example")).await), (1, 0));

        // The page offers the line, and an application for it says so.
        let it = opportunities::get(ctx, Some(&cast.asha), opportunity).await.expect("public");
        assert_eq!((it.can.apply, it.can.wait), (false, true));
        let mut asha = signed_in(town, ASHA).await;
        let path = format!("/opportunities/{opportunity}");
        assert!(asha.open(&path).await.text.contains("Apply for the waiting list"));
        let fields = [("amount", "20000"), ("message", "We would like to come, if somebody does not.")];
        let refused = asha.submit(&path, "apply", &fields).await;
        assert_eq!(refused.status, StatusCode::CONFLICT, "it is full, and nothing was said of a line");
        assert!(refused.text.contains("waiting list"), "{}", refused.text);
        let sent = asha.submit(&path, "apply", &[&fields[..], &[("waitingList", "true")]].concat()).await;
        assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.text);
        let hers: RequestId =
            sent.location().trim_start_matches("/requests/").split('?').next().unwrap_or_default().parse().expect("an id");
        assert_eq!(cast.waiting(&cast.asha, hers).await, Some(WaitingState::Waiting));

        // The one who lost the place waits too, behind her, by their own choice.
        let place = decisions::place(ctx, &cast.tomas, lost).await.expect("his").place;
        assert!(place.can.wait && place.waiting.is_none());
        decisions::wait(ctx, &cast.tomas, lost, &cast.seen(&cast.tomas, lost).await).await.expect("in line");
        assert_eq!(decisions::place(ctx, &cast.tomas, lost).await.expect("his").place.position, Some(2));
        assert_eq!(code(decisions::wait(ctx, &cast.tomas, lost, &cast.seen(&cast.tomas, lost).await).await), "ALREADY_WAITING");
        town.drain().await;
        assert_eq!(count(town, "notices where title like '%waits for a place%'").await, 2, "the community knows of both");

        // A place is free: it is kept for whoever is first, for the community's answer, and both are told.
        decisions::release(ctx, &cast.ravi, first, "They asked for it.").await.expect("released");
        town.drain().await;
        assert_eq!(
            (cast.waiting(&cast.asha, hers).await, cast.waiting(&cast.tomas, lost).await),
            (Some(WaitingState::Offered), Some(WaitingState::Waiting))
        );
        assert_eq!((taken(town, opportunity).await, cast.status(opportunity).await), (1, OpportunityStatus::Filled));
        let place = decisions::place(ctx, &cast.asha, hers).await.expect("hers").place;
        assert!(place.awaits_answer && !place.can.take, "nobody takes what was not agreed");
        assert_eq!(code(decisions::take(ctx, &cast.asha, hers).await), "NOT_YOUR_TURN");
        for who in ["asha@acme.example", "ravi@apex.example"] {
            assert_eq!(count(town, &format!("mails where template = 'place_offered' and recipient = '{who}'")).await, 1, "{who}");
        }
        // Nobody gets past the line.
        let seen = cast.seen(&cast.ravi, lost).await;
        assert_eq!(code(requests::accept(ctx, &cast.ravi, lost, &seen).await), "NO_PLACE_LEFT");

        // Not answered in time, it is kept for the next; the application stays.
        town.shift(3 * 86_400 + 60).await;
        assert_eq!(
            (cast.waiting(&cast.asha, hers).await, cast.waiting(&cast.tomas, lost).await),
            (Some(WaitingState::Lapsed), Some(WaitingState::Offered))
        );
        assert_eq!(cast.state(&cast.asha, hers).await, RequestState::Pending);
        cast.accept(lost).await;
        town.drain().await;
        assert_eq!(
            (cast.state(&cast.tomas, lost).await, cast.waiting(&cast.tomas, lost).await),
            (RequestState::Accepted, Some(WaitingState::Taken))
        );

        // She waits again; the community agrees beforehand, and then the place is hers to take.
        decisions::wait(ctx, &cast.asha, hers, &cast.seen(&cast.asha, hers).await).await.expect("in line again");
        let place = decisions::place(ctx, &cast.ravi, hers).await.expect("theirs").place;
        assert!(place.can.wait, "the community may agree to it");
        cast.wait(hers).await;
        decisions::release(ctx, &cast.ravi, lost, "They asked for it.").await.expect("released");
        decisions::take(ctx, &cast.asha, hers).await.expect("hers");
        assert_eq!(cast.state(&cast.asha, hers).await, RequestState::Accepted);
        town.drain().await;
    })
    .await;
}

#[tokio::test]
async fn a_line_is_for_what_is_full_and_staff_look_first_there_too() {
    sequel(async |town| {
        let cast = told(town).await;
        let ctx = &cast.ctx;
        let ingrid = people::actor(ctx, people::INGRID).await.expect("signed in");
        let opportunity = cast.offer(json!({"decisionDeadline": cast.day(40)})).await;
        let waits = |message: &str| -> ApplyInput { wire(json!({"amount": 20000, "message": message, "waitingList": true})) };
        // Where a place is free it is an application like every other.
        let first = decisions::apply(ctx, &ingrid, opportunity, &waits("We film it.")).await.expect("applied");
        assert_eq!(cast.waiting(&ingrid, first).await, None);
        cast.accept(first).await;

        // Held by staff, it is in line, and its turn does not come before they have looked.
        let spam = "See https://a.example https://b.example https://c.example and www.d.example";
        let held = decisions::apply(ctx, &cast.asha, opportunity, &waits(spam)).await.expect("kept");
        let behind = decisions::apply(ctx, &cast.tomas, opportunity, &waits("We come with mentors.")).await.expect("applied");
        town.drain().await;
        assert_eq!(
            count(town, "notices where title like 'Acme Cloud waits for a place%'").await,
            0,
            "the community does not know of it"
        );
        decisions::release(ctx, &cast.ravi, first, "They asked for it.").await.expect("released");
        assert_eq!(
            (cast.waiting(&cast.asha, held).await, cast.waiting(&cast.tomas, behind).await),
            (Some(WaitingState::Waiting), Some(WaitingState::Offered))
        );
        town.drain().await;
    })
    .await;
}

#[tokio::test]
async fn taking_a_kept_place_and_its_lapse_at_once_have_one_outcome() {
    sequel(async |town| {
        let cast = told(town).await;
        let opportunity = cast.offer(json!({})).await;
        let (hers, his) = (cast.apply(&cast.asha, opportunity).await, cast.apply(&cast.tomas, opportunity).await);
        cast.accept(hers).await;
        cast.wait(his).await;
        decisions::release(&cast.ctx, &cast.ravi, hers, "A change of plans.").await.expect("released");
        let (one, other) = (town.ctx(), town.ctx());

        let (taking, again) = tokio::join!(decisions::take(&one, &cast.tomas, his), decisions::take(&other, &cast.tomas, his));

        assert_eq!(u8::from(taking.is_ok()) + u8::from(again.is_ok()), 1);
        assert_eq!(taken(town, opportunity).await, 1);
        let settled = (town.ctx(), town.ctx());
        let (a, b) = tokio::join!(decisions::settle(&settled.0, opportunity), decisions::settle(&settled.1, opportunity));
        a.and(b).expect("settling twice is settling once");
        assert_eq!(taken(town, opportunity).await, 1);
        town.drain().await;
    })
    .await;
}

#[tokio::test]
async fn a_place_that_was_kept_too_long_is_taken_by_no_door_before_the_sweeper_comes() {
    sequel(async |town| {
        let cast = told(town).await;
        let ctx = &cast.ctx;
        let ingrid = people::actor(ctx, people::INGRID).await.expect("signed in");
        let opportunity = cast.offer(json!({"decisionDeadline": cast.day(40)})).await;
        let first = cast.apply(&ingrid, opportunity).await;
        let (second, third) = (cast.apply(&cast.tomas, opportunity).await, cast.apply(&cast.asha, opportunity).await);
        cast.accept(first).await;
        // He waits for his answer too, so that the place is kept for the community's yes; she is behind him.
        decisions::wait(ctx, &cast.tomas, second, &cast.seen(&cast.tomas, second).await).await.expect("in line");
        cast.wait(third).await;
        decisions::release(ctx, &cast.ravi, first, "They asked for it.").await.expect("released");
        assert_eq!(cast.waiting(&cast.tomas, second).await, Some(WaitingState::Offered));
        town.drain().await;

        // Its time is over, and nobody has swept.
        town.house.clock.shift(3 * 86_400 + 1);
        let seen = cast.seen(&cast.ravi, second).await;
        assert_eq!(code(requests::accept(ctx, &cast.ravi, second, &seen).await), "OFFER_LAPSED");
        assert_eq!(cast.state(&cast.tomas, second).await, RequestState::Pending);
        assert_eq!(taken(town, opportunity).await, 1, "it is still kept until it is offered to the next");

        // The sweeper gives it to whoever is next, who takes it in time; then it is kept for nobody any more.
        town.shift(1).await;
        assert_eq!(
            (cast.waiting(&cast.tomas, second).await, cast.waiting(&cast.asha, third).await),
            (Some(WaitingState::Lapsed), Some(WaitingState::Offered))
        );
        assert_eq!(count(town, "place_claims where kept_until is not null and released_at is null").await, 1);
        decisions::take(ctx, &cast.asha, third).await.expect("hers");
        assert_eq!(count(town, "place_claims where kept_until is not null and released_at is null").await, 0);
        assert_eq!(cast.state(&cast.asha, third).await, RequestState::Accepted);
        let seen = cast.seen(&cast.ravi, second).await;
        assert_eq!(code(requests::accept(ctx, &cast.ravi, second, &seen).await), "NO_PLACE_LEFT");
        town.drain().await;
    })
    .await;
}

#[tokio::test]
async fn a_place_through_its_doors() {
    sequel(async |town| {
        let cast = told(town).await;
        let opportunity = cast.offer(json!({})).await;
        let (hers, his) = (cast.apply(&cast.asha, opportunity).await, cast.apply(&cast.tomas, opportunity).await);
        cast.accept(hers).await;
        let mut ravi = signed_in(town, RAVI).await;
        let page = ravi.open(&format!("/requests/{his}")).await;
        assert!(page.text.contains("Every place is taken") && page.text.contains("Put on the waiting list"));
        let seen = cast.seen(&cast.ravi, his).await.to_string();
        let sent = ravi.submit(&format!("/requests/{his}"), "wait-for-place", &[("revisionHash", &seen)]).await;
        assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.text);
        let page = ravi.open(&format!("/requests/{hers}")).await;
        assert!(page.text.contains("Release the place"));
        let why = ravi.submit(&format!("/requests/{hers}"), "release-place", &[("reason", "")]).await;
        assert_eq!(why.status, StatusCode::UNPROCESSABLE_ENTITY);
        let released = ravi
            .api(Method::PATCH, &format!("/requests/{hers}/place/release"), Some(json!({"reason": "A change of plans."})))
            .await;
        assert_eq!(released.data()["releaseReason"], "A change of plans.");
        let mut tomas = signed_in(town, TOMAS).await;
        let page = tomas.open(&format!("/requests/{his}")).await;
        assert!(page.text.contains("A place is kept for you"));
        let taken = tomas.api(Method::PATCH, &format!("/requests/{his}/place/take"), None).await;
        assert_eq!((taken.status, &taken.data()["waiting"]), (StatusCode::OK, &json!("Taken")));
        let mut stranger = signed_in(town, MEI).await;
        let hidden = stranger.api(Method::GET, &format!("/requests/{his}/place"), None).await;
        assert_eq!(hidden.status, StatusCode::NOT_FOUND);
        town.drain().await;
    })
    .await;
}

#[tokio::test]
async fn more_places_go_to_the_line_first_and_then_to_everybody() {
    sequel(async |town| {
        let cast = told(town).await;
        let ctx = &cast.ctx;
        let ingrid = people::actor(ctx, people::INGRID).await.expect("signed in");
        let opportunity = cast.offer(json!({})).await;
        let (first, second) = (cast.apply(&ingrid, opportunity).await, cast.apply(&cast.tomas, opportunity).await);
        let third = cast.apply(&cast.asha, opportunity).await;
        cast.accept(first).await;
        cast.wait(second).await;
        cast.wait(third).await;
        assert_eq!(cast.status(opportunity).await, OpportunityStatus::Filled);
        assert_eq!(code(cast.patch(opportunity, json!({"version": 1, "title": "Mine"})).await), "PLACES_TAKEN");
        let by_hand = cast.patch(opportunity, json!({"version": 1, "status": "Open"})).await;
        assert_eq!(code(by_hand), "OPPORTUNITY_NOT_DRAFT");

        // One more: kept for whoever is next, so that it stays full for everybody else.
        let mut ravi = signed_in(town, RAVI).await;
        let path = format!("/manage/opportunities/{opportunity}");
        let page = ravi.open(&path).await;
        assert!(page.text.contains("Offer more places"), "{}", page.text);
        let day = cast.day(30);
        let few = ravi.submit(&path, "add-places", &[("version", "1"), ("places", "1"), ("decisionDeadline", &day)]).await;
        assert_eq!(few.status, StatusCode::CONFLICT);
        let sent = ravi.submit(&path, "add-places", &[("version", "1"), ("places", "2"), ("decisionDeadline", &day)]).await;
        assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.text);
        assert_eq!(cast.waiting(&cast.tomas, second).await, Some(WaitingState::Offered), "in the same transaction");
        assert_eq!(cast.waiting(&cast.asha, third).await, Some(WaitingState::Waiting));
        assert_eq!((taken(town, opportunity).await, cast.status(opportunity).await), (2, OpportunityStatus::Filled));

        // Two more: one for the next in line, one for everybody. `Open` says what happens anyway.
        let body = json!({"version": 2, "places": 4, "status": "Open"});
        let more = ravi.api(Method::PATCH, &format!("/opportunities/{opportunity}"), Some(body)).await;
        assert_eq!((more.status, &more.data()["status"]), (StatusCode::OK, &json!("Open")), "{}", more.text);
        assert_eq!((&more.data()["placesLeft"], &more.data()["can"]["addPlaces"]), (&json!(1), &json!(false)));
        assert_eq!(cast.waiting(&cast.asha, third).await, Some(WaitingState::Offered));
        let why: String = sqlx::query_scalar("select payload from facts where name = 'opportunity_reopened' and subject_id = $1")
            .bind(opportunity.0)
            .fetch_one(&town.owner)
            .await
            .expect("once");
        let why: Value = serde_json::from_str(&why).expect("JSON");
        assert_eq!((&why["why"], &why["from"]), (&json!("placesAdded"), &json!("Filled")));

        // Taken or kept: it is not taken away.
        let body = json!({"version": 3, "places": 2});
        let fewer = ravi.api(Method::PATCH, &format!("/opportunities/{opportunity}"), Some(body)).await;
        assert_eq!((fewer.status, fewer.code().as_str()), (StatusCode::CONFLICT, "PLACES_TAKEN"));
        decisions::take(ctx, &cast.tomas, second).await.expect("taken");
        town.drain().await;
        assert_eq!(taken(town, opportunity).await, 3);

        // A full one whose day is over needs a new day as well.
        let late = cast.offer(json!({"decisionDeadline": cast.day(2)})).await;
        let request = cast.apply(&cast.asha, late).await;
        cast.accept(request).await;
        town.shift(3 * 86_400).await;
        let refused = cast.patch(late, json!({"version": 1, "places": 2})).await;
        assert!(matches!(refused, Err(AppError::Invalid(e)) if e.get("decisionDeadline").is_some()));
        cast.patch(late, json!({"version": 1, "places": 2, "decisionDeadline": cast.day(20)})).await.expect("again");
        assert_eq!(cast.status(late).await, OpportunityStatus::Open);
        assert_eq!(count(town, &format!("deadlines where kind = 'opportunity_decision' and subject_id = '{late}'")).await, 1);
    })
    .await;
}

#[tokio::test]
async fn more_places_and_an_acceptance_by_chance_leave_the_line_its_turn() {
    sequel(async |town| {
        let cast = told(town).await;
        let ingrid = people::actor(&cast.ctx, people::INGRID).await.expect("signed in");
        let opportunity = cast.offer(json!({})).await;
        let (first, second) = (cast.apply(&ingrid, opportunity).await, cast.apply(&cast.tomas, opportunity).await);
        let by_chance = cast.apply(&cast.asha, opportunity).await;
        cast.accept(first).await;
        cast.wait(second).await;
        let seen = cast.seen(&cast.ravi, by_chance).await;
        let patch = wire::<OpportunityPatch>(json!({"version": 1, "places": 2}));
        let (one, other) = (town.ctx(), town.ctx());

        let (more, accepted) = tokio::join!(
            decisions::edit(&one, &cast.ravi, opportunity, &patch),
            requests::accept(&other, &cast.ravi, by_chance, &seen)
        );

        more.expect("more places");
        assert_eq!(code(accepted), "NO_PLACE_LEFT", "the new place is kept for whoever waited");
        assert_eq!(cast.waiting(&cast.tomas, second).await, Some(WaitingState::Offered));
        assert_eq!((taken(town, opportunity).await, cast.status(opportunity).await), (2, OpportunityStatus::Filled));
        town.drain().await;
    })
    .await;
}

#[tokio::test]
async fn more_places_while_an_offer_lapses_offer_each_place_once() {
    sequel(async |town| {
        let cast = told(town).await;
        let ingrid = people::actor(&cast.ctx, people::INGRID).await.expect("signed in");
        let opportunity = cast.offer(json!({})).await;
        let (first, second) = (cast.apply(&ingrid, opportunity).await, cast.apply(&cast.tomas, opportunity).await);
        let third = cast.apply(&cast.asha, opportunity).await;
        cast.accept(first).await;
        cast.wait(second).await;
        cast.wait(third).await;
        decisions::release(&cast.ctx, &cast.ravi, first, "They asked for it.").await.expect("released");
        assert_eq!(cast.waiting(&cast.tomas, second).await, Some(WaitingState::Offered));
        // His time runs out, and nobody has swept yet.
        town.house.clock.shift(3 * 86_400 + 60);
        let patch = wire::<OpportunityPatch>(json!({"version": 1, "places": 2}));
        let (one, other) = (town.ctx(), town.ctx());

        let (more, lapsed) =
            tokio::join!(decisions::edit(&one, &cast.ravi, opportunity, &patch), decisions::settle(&other, opportunity));

        more.and(lapsed.map(|()| opportunity)).expect("both");
        assert_eq!(cast.waiting(&cast.tomas, second).await, Some(WaitingState::Lapsed));
        assert_eq!(cast.waiting(&cast.asha, third).await, Some(WaitingState::Offered));
        assert_eq!(count(town, &format!("waiting_list where opportunity_id = '{opportunity}' and state = 'Offered'")).await, 1);
        assert_eq!((taken(town, opportunity).await, cast.status(opportunity).await), (1, OpportunityStatus::Open));
        town.shift(60).await;
        assert_eq!(taken(town, opportunity).await, 1);
    })
    .await;
}

#[tokio::test]
async fn fewer_places_and_an_acceptance_at_once_never_promise_more_than_there_is() {
    sequel(async |town| {
        let cast = told(town).await;
        let opportunity = cast.offer(json!({"places": 2})).await;
        let hers = cast.apply(&cast.asha, opportunity).await;
        let seen = cast.seen(&cast.ravi, hers).await;
        let patch = wire::<OpportunityPatch>(json!({"version": 1, "places": 1}));
        let (one, other) = (town.ctx(), town.ctx());

        let (fewer, accepted) = tokio::join!(
            decisions::edit(&one, &cast.ravi, opportunity, &patch),
            requests::accept(&other, &cast.ravi, hers, &seen)
        );

        accepted.expect("there is a place either way");
        let (places, status) = match fewer {
            Ok(_) => (1, OpportunityStatus::Filled),
            Err(error) => {
                assert_eq!(error.code(), "PLACES_TAKEN");
                (2, OpportunityStatus::Open)
            }
        };
        let it = opportunities::get(&cast.ctx, Some(&cast.ravi), opportunity).await.expect("theirs");
        assert_eq!((it.places, it.status, taken(town, opportunity).await), (places, status, 1));
        town.drain().await;
    })
    .await;
}

// ── Decisions that are not yet said ─────────────────────────────────────────────────────────────────────────────────

#[tokio::test]
async fn decisions_are_secret_until_they_are_released_together() {
    sequel(async |town| {
        let cast = told(town).await;
        let ctx = &cast.ctx;
        let ingrid = people::actor(ctx, people::INGRID).await.expect("signed in");
        let opportunity = cast.offer(json!({})).await;
        let (hers, his) = (cast.apply(&cast.asha, opportunity).await, cast.apply(&cast.tomas, opportunity).await);
        let third = cast.apply(&ingrid, opportunity).await;
        town.drain().await;
        let mails = count(town, "mails").await;
        let before = requests::get(ctx, &cast.asha, hers).await.expect("hers");
        let row = |id: RequestId, decision: &str, seen: &RevisionHash| {
            json!({"requestId": id.to_string(), "decision": decision, "reason": "Budget", "note": "Next year.", "revisionHash": seen.as_str()})
        };
        let seen = async |id| cast.seen(&cast.ravi, id).await;
        let all: DecisionsInput = wire(json!({"decisions": [
            row(hers, "Decline", &seen(hers).await), row(his, "Accept", &seen(his).await), row(third, "Accept", &seen(third).await),
        ]}));
        decisions::prepare(ctx, &cast.ravi, opportunity, &all).await.expect("prepared");
        town.drain().await;

        // Nobody hears or sees anything.
        assert_eq!(count(town, "mails").await, mails);
        assert_eq!(requests::get(ctx, &cast.asha, hers).await.expect("hers"), before, "not a word of it");
        assert_eq!(code(decisions::decisions(ctx, &cast.asha, opportunity).await), "FORBIDDEN");
        assert_eq!(code(decisions::decisions(ctx, &cast.mei, opportunity).await), "NOT_FOUND");
        let screen = decisions::decisions(ctx, &cast.ravi, opportunity).await.expect("theirs");
        assert_eq!((screen.view.prepared, screen.view.items.len()), (3, 3));
        let wrong: DecisionsInput = wire(json!({"decisions": [{"requestId": hers.to_string(), "decision": "Decline", "reason": ""}]}));
        let refused = decisions::prepare(ctx, &cast.ravi, opportunity, &wrong).await;
        assert!(matches!(refused, Err(AppError::Invalid(e)) if e.get("decisions[0].reason").is_some()));
        let stale: DecisionsInput = wire(json!({"decisions": [row(hers, "Accept", &RevisionHash::of("another"))]}));
        assert_eq!(code(decisions::prepare(ctx, &cast.ravi, opportunity, &stale).await), "STALE_REVISION");

        // Released together; there is one place, so one acceptance stays prepared with its reason. Twice at once is once.
        let (one, other) = (town.ctx(), town.ctx());
        let (a, b) = tokio::join!(
            decisions::release_decisions(&one, &cast.ravi, opportunity),
            decisions::release_decisions(&other, &cast.ravi, opportunity)
        );
        assert!(a.is_ok() || b.is_ok());
        town.drain().await;
        assert_eq!(cast.state(&cast.asha, hers).await, RequestState::Rejected);
        let accepted = [cast.state(&cast.tomas, his).await, cast.state(&ingrid, third).await];
        assert_eq!(accepted.iter().filter(|state| **state == RequestState::Accepted).count(), 1);
        assert_eq!(count(town, "mails where template = 'request_rejected' and recipient = 'asha@acme.example'").await, 1);
        let told = "mails where template = 'request_accepted' and recipient in ('tomas@lumen.example', 'ingrid@fjord.example') and subject like '%Silver%'";
        assert_eq!(count(town, told).await, 1);
        let screen = decisions::decisions(ctx, &cast.ravi, opportunity).await.expect("theirs");
        assert_eq!((screen.view.items.len(), screen.view.prepared), (1, 1));
        assert!(screen.view.items[0].problem.contains("waiting list"), "{}", screen.view.items[0].problem);

        // Taken back, nothing is left to release.
        let left = screen.view.items[0].request_id;
        let back: DecisionsInput = wire(json!({"decisions": [{"requestId": left.to_string(), "decision": ""}]}));
        decisions::prepare(ctx, &cast.ravi, opportunity, &back).await.expect("taken back");
        assert_eq!(code(decisions::release_decisions(ctx, &cast.ravi, opportunity).await), "NOTHING_PREPARED");
    })
    .await;
}

#[tokio::test]
async fn what_was_prepared_goes_with_its_request_and_is_never_said() {
    sequel(async |town| {
        let cast = told(town).await;
        let ctx = &cast.ctx;
        let ingrid = people::actor(ctx, people::INGRID).await.expect("signed in");
        let opportunity = cast.offer(json!({"places": 3, "decisionDeadline": cast.day(40)})).await;
        let (hers, his) = (cast.apply(&cast.asha, opportunity).await, cast.apply(&cast.tomas, opportunity).await);
        let third = cast.apply(&ingrid, opportunity).await;
        let mut rows = Vec::new();
        for (id, decision) in [(hers, "Accept"), (his, "Accept"), (third, "Decline")] {
            let seen = cast.seen(&cast.ravi, id).await;
            rows.push(json!({"requestId": id.to_string(), "decision": decision, "reason": "Budget", "note": "Next year.", "revisionHash": seen.as_str()}));
        }
        let all: DecisionsInput = wire(json!({ "decisions": rows }));
        decisions::prepare(ctx, &cast.ravi, opportunity, &all).await.expect("prepared");
        let prepared = async |id: RequestId| count(town, &format!("prepared_decisions where request_id = '{}'", id.0)).await;
        town.drain().await;
        assert_eq!((prepared(hers).await, prepared(his).await, prepared(third).await), (1, 1, 1), "they stand while it is open");

        // Taken back while it is being said: what is on its way says nothing, and nothing is left of it.
        sqlx::query("update prepared_decisions set releasing_at = prepared_at where request_id = $1")
            .bind(hers.0)
            .execute(&town.owner)
            .await
            .expect("on its way");
        requests::withdraw(ctx, &cast.asha, hers).await.expect("withdrawn");
        let apex = cast.ravi.community().expect("his");
        decisions::go_on(ctx, opportunity, apex, cast.ravi.user()).await.expect("nothing can be said");
        assert_eq!(cast.state(&cast.asha, hers).await, RequestState::Withdrawn);
        town.drain().await;
        assert_eq!((prepared(hers).await, prepared(his).await, prepared(third).await), (0, 1, 1));

        // Answered by hand, it is not answered again.
        let seen = cast.seen(&cast.ravi, third).await;
        requests::accept(ctx, &cast.ravi, third, &seen).await.expect("a change of mind");
        town.drain().await;
        assert_eq!((prepared(his).await, prepared(third).await), (1, 0));

        // Nobody answered in time.
        sqlx::query("update requests set expires_at = opened_at where id = $1")
            .bind(his.0)
            .execute(&town.owner)
            .await
            .expect("its time is over");
        requests::expire_due(ctx, his).await.expect("swept");
        town.drain().await;
        assert_eq!(cast.state(&cast.tomas, his).await, RequestState::Expired);
        assert_eq!(count(town, "prepared_decisions").await, 0);
        assert_eq!(code(decisions::release_decisions(ctx, &cast.ravi, opportunity).await), "NOTHING_PREPARED");
        assert_eq!(cast.state(&ingrid, third).await, RequestState::Accepted);
        town.drain().await;
    })
    .await;
}

#[tokio::test]
async fn a_release_that_was_cut_off_goes_on_and_the_page_works_without_scripts() {
    sequel(async |town| {
        let cast = told(town).await;
        let opportunity = cast.offer(json!({"places": 2})).await;
        let (hers, his) = (cast.apply(&cast.asha, opportunity).await, cast.apply(&cast.tomas, opportunity).await);
        let mut ravi = signed_in(town, RAVI).await;
        let path = format!("/manage/opportunities/{opportunity}/decisions");
        let page = ravi.open(&path).await;
        assert!(page.text.contains("Acme Cloud") && page.text.contains("Save without telling anybody"), "{}", page.status);
        let (id, other) = (hers.to_string(), his.to_string());
        let (seen, seen_other) = (cast.seen(&cast.ravi, hers).await.to_string(), cast.seen(&cast.ravi, his).await.to_string());
        let fields = [
            ("decisions[0].requestId", id.as_str()),
            ("decisions[0].decision", "Accept"),
            ("decisions[0].revisionHash", seen.as_str()),
            ("decisions[1].requestId", other.as_str()),
            ("decisions[1].decision", "Decline"),
            ("decisions[1].revisionHash", seen_other.as_str()),
        ];
        let wrong = ravi.submit(&path, "prepare", &fields).await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY, "declining says why");
        let sent = ravi.submit(&path, "prepare", &[&fields[..], &[("decisions[1].reason", "Budget")]].concat()).await;
        assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.text);
        // As if the process had died after the first decision was said, before that was noted.
        cast.accept(hers).await;
        sqlx::query("update prepared_decisions set releasing_at = prepared_at")
            .execute(&town.owner)
            .await
            .expect("half released");
        // It goes on by itself, for whoever released it: nobody has to press again, and run twice it is said once.
        let apex = cast.ravi.community().expect("his");
        decisions::go_on(&cast.ctx, opportunity, apex, cast.ravi.user()).await.expect("said");
        decisions::go_on(&cast.ctx, opportunity, apex, cast.ravi.user()).await.expect("nothing is left");
        assert_eq!(cast.state(&cast.asha, hers).await, RequestState::Accepted);
        assert_eq!(cast.state(&cast.tomas, his).await, RequestState::Rejected);
        assert_eq!(count(town, "prepared_decisions").await, 0);

        // By whoever has no seat there any more, nothing is said; it is prepared again, and says why.
        let ingrid = people::actor(&cast.ctx, people::INGRID).await.expect("signed in");
        let third = cast.apply(&ingrid, opportunity).await;
        let (id, seen) = (third.to_string(), cast.seen(&cast.ravi, third).await.to_string());
        let fields = [
            ("decisions[0].requestId", id.as_str()),
            ("decisions[0].decision", "Accept"),
            ("decisions[0].revisionHash", seen.as_str()),
        ];
        assert_eq!(ravi.submit(&path, "prepare", &fields).await.status, StatusCode::SEE_OTHER);
        sqlx::query("update prepared_decisions set releasing_at = prepared_at")
            .execute(&town.owner)
            .await
            .expect("cut off at once");
        decisions::go_on(&cast.ctx, opportunity, apex, cast.mei.user()).await.expect("nothing to say for her");
        assert_eq!(cast.state(&ingrid, third).await, RequestState::Pending);
        let page = ravi.open(&path).await;
        assert!(page.text.contains("Release it again") && page.text.contains("Release the decision"));

        let released = ravi.submit(&path, "release-decisions", &[]).await;

        assert_eq!(released.status, StatusCode::SEE_OTHER, "{}", released.text);
        assert_eq!(cast.state(&ingrid, third).await, RequestState::Accepted);
        assert_eq!(count(town, "prepared_decisions").await, 0);
        town.drain().await;

        // The fact of a release wakes the job.
        let offer = cast.offer(json!({"category": "Bronze Sponsor"})).await;
        let hers = cast.apply(&cast.asha, offer).await;
        let row = json!({"requestId": hers.to_string(), "decision": "Decline", "reason": "Budget", "revisionHash": cast.seen(&cast.ravi, hers).await.as_str()});
        let input: DecisionsInput = wire(json!({"decisions": [row]}));
        decisions::prepare(&cast.ctx, &cast.ravi, offer, &input).await.expect("prepared");
        let cut_off = tokio::time::timeout(std::time::Duration::ZERO, decisions::release_decisions(&cast.ctx, &cast.ravi, offer)).await;
        if cut_off.is_err() {
            // Cut off before it was stated: then it was not released.
            decisions::release_decisions(&cast.ctx, &cast.ravi, offer).await.expect("released");
        }
        town.drain().await;
        assert_eq!(cast.state(&cast.asha, hers).await, RequestState::Rejected);
        let done = "jobs where consumer = 'decisions-released' and state <> 'done'";
        assert_eq!(count(town, done).await, 0);
    })
    .await;
}

// ── What changed since ──────────────────────────────────────────────────────────────────────────────────────────────

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

#[tokio::test]
async fn the_pages_of_an_event_and_of_a_community_lead_to_what_they_offer() {
    sequel(async |town| {
        told(town).await;
        let open = sqlx::query_scalar::<_, uuid::Uuid>(
            "select id from opportunities where category = 'Platinum Sponsor' and status = 'Open'",
        )
        .fetch_one(&town.owner)
        .await
        .expect("the demo has one");
        let theirs = format!("/opportunities/{open}");
        for (page, title) in
            [("/events/hackfest-2027", "Support this event"), ("/communities/apex-circle", "What they look for now")]
        {
            let shown = town.visitor().open(page).await.text;
            assert!(shown.contains(title) && shown.contains(&theirs), "{page}");
            assert!(!shown.contains("HarbourConf"), "only their own: {page}");
        }
        assert!(!town.visitor().open("/communities/newgrove").await.text.contains("What they look for now"));
        // What staff took off the marketplace is not offered there either.
        sqlx::query("update opportunities set hidden_reason = 'A test of it.' where id = $1")
            .bind(open)
            .execute(&town.owner)
            .await
            .expect("hidden");
        assert!(!town.visitor().open("/events/hackfest-2027").await.text.contains(&theirs));
    })
    .await;
}
