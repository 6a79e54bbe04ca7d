//! How people come into workspaces, what becomes of their seats, and how somebody asks to join: services and doors, races
//! included.

use crate::{
    common::{code, count, signed_in, who},
    town::{Answer, Browser, Chosen, Town, sequel},
};
use commdesk::{
    features::{
        accounts::service as accounts,
        members::{
            joins, policy,
            rules::{MemberStatus, roster::newcomer},
            service::{self, PhotoChange},
            views::{InviteInput, JoinDecision, JoinInput, MemberPatch},
        },
    },
    kernel::{
        actor::{Actor, OrganizationRole},
        error::AppResult,
        ids::{InvitationId, JoinRequestId, MemberId},
        page::PageRequest,
        text::Paragraph,
    },
    platform::ctx::Ctx,
    seeds::people::{self, ASHA, Figure, KOFI, MALLORY, PASSWORD, RAVI, TOMAS},
};
use http::{Method, StatusCode};
use serde_json::json;

const LENA: Figure = Figure { name: "Lena Fischer", email: "lena@acme.example", role: "" };
const NOOR: Figure = Figure { name: "Noor Aziz", email: "noor@apex.example", role: "" };

const ACME: &str = "organization:acme-cloud";
const APEX: &str = "community:apex-circle";

/// The person, signed in anew and acting for this workspace.
async fn acting(town: &Town, figure: Figure, key: &str) -> Actor {
    people::sign_in(&town.ctx(), figure).await.expect("signed in").actor(Some(key)).expect("their workspace")
}

async fn invite(town: &Town, actor: &Actor, email: &str, role: &str) -> AppResult<InvitationId> {
    let input = InviteInput { email: email.into(), role: role.into(), name: String::new() };
    let parsed = input.parse(policy::may_see(actor)?)?;
    let id = service::invite(&town.ctx(), actor, &parsed).await?;
    town.drain().await;
    Ok(id)
}

/// The newest link with this path that was mailed to the address.
fn mailed(town: &Town, email: &str, path: &str) -> String {
    let letters = town.post.letters();
    let letter = letters.iter().rev().find(|letter| letter.to == email && letter.text.contains(path));
    let letter = letter.unwrap_or_else(|| panic!("no letter to {email} with {path}"));
    let at = letter.text.find(path).expect("a link") + path.len();
    letter.text[at..].chars().take_while(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_')).collect()
}

fn letters_to(town: &Town, email: &str) -> Vec<String> {
    town.post.letters().into_iter().filter(|letter| letter.to == email).map(|letter| letter.subject).collect()
}

async fn patch(town: &Town, actor: &Actor, id: MemberId, patch: MemberPatch) -> AppResult<()> {
    let change = patch.parse(policy::may_see(actor)?)?;
    let done = service::change(&town.ctx(), actor, id, &change, PhotoChange::Keep).await;
    town.drain().await;
    done
}

fn to(status: &str, reason: &str) -> MemberPatch {
    MemberPatch { status: Some(status.into()), reason: reason.into(), ..MemberPatch::default() }
}

async fn member_id(town: &Town, actor: &Actor, name: &str) -> MemberId {
    let all = service::list(&town.ctx(), actor, "", &PageRequest { limit: 100, ..PageRequest::default() }).await.expect("a list");
    all.items.into_iter().find(|member| member.name == name).unwrap_or_else(|| panic!("{name} is not there")).member_id
}

/// Invited, accepted, with a password: a member who can act.
async fn newly(town: &Town, by: &Actor, figure: Figure, role: &str) -> Actor {
    invite(town, by, figure.email, role).await.expect("invited");
    let token = mailed(town, figure.email, "/invitations/");
    let accepted = service::accept(&town.ctx(), None, &token, figure.name).await.expect("a new person");
    let link = accepted.activation_token.expect("a way to a password");
    let purposes = [commdesk::features::accounts::rules::LinkPurpose::Activate];
    accounts::use_link(&town.ctx(), &link, &purposes, Some(PASSWORD)).await.expect("a fresh link");
    town.drain().await;
    acting(town, figure, &accepted.workspace).await
}

#[tokio::test]
async fn a_new_person_comes_in_by_the_mailed_link() {
    sequel(async |town| {
        let mut asha = signed_in(town, ASHA).await;
        let page = asha.open("/people").await;
        assert_eq!(page.status, StatusCode::OK);
        assert!(page.text.contains("Invite somebody") && page.text.contains("DevRel Manager"), "{}", page.text);
        assert!(!page.text.contains("Partnership Manager"), "a sponsor has no roles of partners");
        let refused = asha.submit("/people", "invite", &[("email", "nowhere"), ("role", "Boss"), ("_as", ACME)]).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(refused.text.contains("nowhere"), "what was typed stays");
        let fields = [("email", "Lena@Acme.example"), ("role", "DevRel Manager"), ("_as", ACME), ("_key", "one")];
        for _ in 0..2 {
            let sent = asha.submit("/people", "invite", &fields).await;
            assert_eq!(
                (sent.status, sent.location()),
                (StatusCode::SEE_OTHER, "/people?done=invited&as=organization:acme-cloud")
            );
        }
        town.drain().await;
        assert_eq!(letters_to(town, LENA.email).len(), 1, "a click sent twice invites once");
        assert!(asha.open("/people").await.text.contains(LENA.email));
        let twice = asha.submit("/people", "invite", &[("email", LENA.email), ("role", "DevRel Manager"), ("_as", ACME)]).await;
        assert_eq!(twice.status, StatusCode::CONFLICT);

        // Looking accepts nothing, however often a scanner of mails does it.
        let token = mailed(town, LENA.email, "/invitations/");
        let path = format!("/invitations/{token}");
        let mut lena = town.visitor();
        for _ in 0..3 {
            let seen = lena.open(&path).await;
            assert_eq!(seen.status, StatusCode::OK);
            assert!(seen.text.contains("Join Acme Cloud") && seen.text.contains("Your name"), "{}", seen.text);
        }
        assert_eq!(count(town, "invitations where accepted_at is not null").await, 0);
        assert_eq!(lena.submit(&path, "accept", &[("name", "")]).await.status, StatusCode::UNPROCESSABLE_ENTITY);
        let accepted = lena.submit(&path, "accept", &[("name", LENA.name), ("_key", "k1")]).await;
        assert_eq!(accepted.status, StatusCode::SEE_OTHER, "{}", accepted.text);
        assert!(accepted.location().starts_with("/link/"), "{}", accepted.location());
        // Pressed again before the password: in once, and on to the password again.
        let again = lena.submit(&path, "accept", &[("_key", "k1")]).await;
        assert!(again.location().starts_with("/link/"), "{}", again.text);
        let link = again.location().to_owned();
        let noted = count(town, "idempotency_keys where result like '%/link/%'").await;
        assert_eq!(noted, 0, "a way to a password is noted nowhere");
        assert_eq!(lena.submit(&link, "use_link", &[("password", PASSWORD)]).await.status, StatusCode::SEE_OTHER);
        town.drain().await;

        let me = acting(town, LENA, ACME).await;
        assert_eq!(me.acting.as_ref().expect("a seat").role_label(), "DevRel Manager");
        assert_eq!(me.person.name, LENA.name);
        assert_eq!(
            count(town, "organization_members m join users u on u.id = m.user_id where u.email = 'lena@acme.example'").await,
            1
        );
        // From now on her address has a password: the link leads to signing in, and her browser finds it done.
        assert!(town.visitor().open(&path).await.text.contains("was already accepted"));
        let mut lena = signed_in(town, LENA).await;
        assert!(lena.open(&path).await.text.contains("You belong to Acme Cloud"));
        let done = lena.submit(&path, "accept", &[]).await;
        assert_eq!(done.location(), "/dashboard?as=organization:acme-cloud");
        assert!(asha.open("/notifications").await.text.contains("Lena Fischer joined Acme Cloud"));
        // She sees her colleagues, but neither their addresses nor forms.
        let people = lena.open("/people").await.text;
        assert!(people.contains("Asha Menon") && !people.contains("asha@acme.example") && !people.contains("Invite somebody"));
    })
    .await;
}

#[tokio::test]
async fn somebody_signed_in_accepts_with_one_press_and_only_for_themselves() {
    sequel(async |town| {
        let ctx = town.ctx();
        let asha = acting(town, ASHA, ACME).await;
        invite(town, &asha, RAVI.email, "Sponsor Manager").await.expect("invited");
        let token = mailed(town, RAVI.email, "/invitations/");
        let path = format!("/invitations/{token}");

        assert!(town.visitor().open(&path).await.text.contains("has an account"));
        let nobody = town.visitor().submit(&path, "accept", &[("name", "Somebody")]).await;
        assert_eq!(nobody.status, StatusCode::UNAUTHORIZED);
        assert!(nobody.text.contains("Sign in to go on"), "{}", nobody.text);
        let mut mallory = signed_in(town, MALLORY).await;
        let seen = mallory.open(&path).await.text;
        assert!(seen.contains("It is for another address") && seen.contains(MALLORY.email) && seen.contains(RAVI.email));
        let refused = mallory.submit(&path, "accept", &[]).await;
        assert_eq!(refused.status, StatusCode::CONFLICT);
        let refused = mallory.api(Method::POST, "/invitations/accept", Some(json!({"token": token}))).await;
        assert_eq!((refused.status, refused.code().as_str()), (StatusCode::CONFLICT, "INVITATION_FOR_ANOTHER"));

        // Twice at once makes one seat, and both are told the same.
        let ravi = people::sign_in(&ctx, RAVI).await.expect("signed in");
        let (a, b) = tokio::join!(service::accept(&ctx, Some(&ravi), &token, ""), service::accept(&ctx, Some(&ravi), &token, ""));
        let (a, b) = (a.expect("in"), b.expect("in"));
        assert_eq!(a, b);
        assert_eq!((a.workspace.as_str(), a.role.as_str()), (ACME, "Sponsor Manager"));
        assert_eq!(
            count(town, "organization_members m join users u on u.id = m.user_id where u.email = 'ravi@apex.example'").await,
            1
        );
        assert_eq!(count(town, "facts where name = 'invitation_accepted'").await, 1);
        let mut again = signed_in(town, RAVI).await;
        let twice = again.api(Method::POST, "/invitations/accept", Some(json!({"token": token}))).await;
        assert_eq!(twice.data()["workspace"], ACME);
        town.drain().await;
        // Acts for both without signing in again.
        let person = people::sign_in(&ctx, RAVI).await.expect("signed in");
        assert!(person.actor(Some(ACME)).is_ok() && person.actor(Some(APEX)).is_ok());
    })
    .await;
}

#[tokio::test]
async fn a_link_dies_at_once_and_lives_seven_days() {
    sequel(async |town| {
        let ctx = town.ctx();
        let asha = acting(town, ASHA, ACME).await;
        let id = invite(town, &asha, LENA.email, "Hiring Manager").await.expect("invited");
        let first = mailed(town, LENA.email, "/invitations/");
        service::resend(&ctx, &asha, id).await.expect("open");
        assert_eq!(code(service::accept(&ctx, None, &first, LENA.name).await), "NOT_FOUND", "dead before the new mail is out");
        town.drain().await;
        let second = mailed(town, LENA.email, "/invitations/");
        assert_ne!(first, second);
        assert_eq!(town.visitor().open(&format!("/invitations/{first}")).await.status, StatusCode::NOT_FOUND);
        assert_eq!(town.visitor().open(&format!("/invitations/{second}")).await.status, StatusCode::OK);

        town.shift(7 * 86_400).await;
        let late = town.visitor().open(&format!("/invitations/{second}")).await;
        assert!(late.text.contains("has expired"), "{}", late.text);
        assert_eq!(code(service::accept(&ctx, None, &second, LENA.name).await), "INVITATION_EXPIRED");
        let asha = acting(town, ASHA, ACME).await;
        service::resend(&ctx, &asha, id).await.expect("late, but open");
        town.drain().await;
        let third = mailed(town, LENA.email, "/invitations/");
        service::revoke(&ctx, &asha, id).await.expect("open");
        assert_eq!(code(service::accept(&ctx, None, &third, LENA.name).await), "INVITATION_REVOKED");
        assert!(town.visitor().open(&format!("/invitations/{third}")).await.text.contains("taken back"));
        assert_eq!(code(service::resend(&ctx, &asha, id).await), "INVITATION_REVOKED");
        assert_eq!(
            count(town, "organization_members m join users u on u.id = m.user_id where u.email = 'lena@acme.example'").await,
            0
        );
        // Taken back before its mail was written: no mail at all.
        let input = InviteInput { email: NOOR.email.into(), role: "Hiring Manager".into(), name: String::new() };
        let parsed = input.parse(policy::may_see(&asha).expect("theirs")).expect("in order");
        let quick = service::invite(&ctx, &asha, &parsed).await.expect("invited");
        service::revoke(&ctx, &asha, quick).await.expect("open");
        town.drain().await;
        assert!(letters_to(town, NOOR.email).is_empty());
        // Whoever was taken back can be invited again.
        invite(town, &asha, LENA.email, "Hiring Manager").await.expect("invited again");
    })
    .await;
}

#[tokio::test]
async fn a_yes_and_a_taking_back_never_both_win() {
    sequel(async |town| {
        let ctx = town.ctx();
        let asha = acting(town, ASHA, ACME).await;
        for round in 0..4 {
            let email = format!("new{round}@acme.example");
            let id = invite(town, &asha, &email, "Hiring Manager").await.expect("invited");
            let token = mailed(town, &email, "/invitations/");
            let (yes, back) = tokio::join!(service::accept(&ctx, None, &token, "New Person"), service::revoke(&ctx, &asha, id));
            assert_ne!(yes.is_ok(), back.is_ok(), "{yes:?} {back:?}");
            let seats =
                count(town, &format!("organization_members m join users u on u.id = m.user_id where u.email = '{email}'")).await;
            assert_eq!(seats, i64::from(yes.is_ok()), "a seat exactly where the yes came first");
        }
        // Two new people's presses at once: one login, one seat.
        invite(town, &asha, LENA.email, "Hiring Manager").await.expect("invited");
        let token = mailed(town, LENA.email, "/invitations/");
        let (a, b) = tokio::join!(service::accept(&ctx, None, &token, LENA.name), service::accept(&ctx, None, &token, LENA.name));
        assert!(a.is_ok() && b.is_ok(), "{a:?} {b:?}");
        assert_eq!(count(town, "users where email = 'lena@acme.example'").await, 1);
        assert_eq!(
            count(town, "organization_members m join users u on u.id = m.user_id where u.email = 'lena@acme.example'").await,
            1
        );
    })
    .await;
}

#[tokio::test]
async fn ten_invitations_a_minute_and_only_from_known_workspaces() {
    sequel(async |town| {
        let ctx = town.ctx();
        town.new_window(60);
        let mut asha = signed_in(town, ASHA).await;
        for n in 0..10 {
            let body = json!({"email": format!("p{n}@acme.example"), "role": "DevRel Manager"});
            let sent = asha.api(Method::POST, "/invitations", Some(body)).await;
            assert_eq!(sent.status, StatusCode::CREATED, "{}", sent.text);
        }
        let last =
            asha.api(Method::POST, "/invitations", Some(json!({"email": "p10@acme.example", "role": "DevRel Manager"}))).await;
        assert_eq!(last.status, StatusCode::TOO_MANY_REQUESTS);
        assert!(last.headers.contains_key("retry-after"));
        let open = asha.api(Method::GET, "/invitations", None).await.data();
        assert_eq!(open["items"].as_array().expect("a list").len(), 10);
        let id = open["items"][0]["invitationId"].as_str().expect("an id").to_owned();
        let again = asha.api(Method::POST, &format!("/invitations/{id}/resend"), None).await;
        assert_eq!(again.status, StatusCode::TOO_MANY_REQUESTS, "sending again counts");
        assert_eq!(asha.api(Method::DELETE, &format!("/invitations/{id}"), None).await.status, StatusCode::OK);
        town.shift(60).await;
        let wrong =
            asha.api(Method::POST, "/invitations", Some(json!({"email": "x@acme.example", "role": "Partner Admin"}))).await;
        assert_eq!((wrong.status, wrong.code().as_str()), (StatusCode::UNPROCESSABLE_ENTITY, "VALIDATION_ERROR"));
        let known = asha.api(Method::POST, "/invitations", Some(json!({"email": ASHA.email, "role": "Sponsor Admin"}))).await;
        assert_eq!(known.code(), "ALREADY_A_MEMBER");

        // Another workspace's invitation is nothing to others, and who is not looked at yet invites nobody.
        let other = asha.api(Method::GET, "/invitations", None).await.data()["items"][0]["invitationId"].clone();
        let other: InvitationId = other.as_str().expect("an id").parse().expect("an id");
        let tomas = who(&ctx, TOMAS).await;
        assert_eq!(code(service::revoke(&ctx, &tomas, other).await), "NOT_FOUND");
        let mut mallory = signed_in(town, MALLORY).await;
        let early =
            mallory.api(Method::POST, "/invitations", Some(json!({"email": "x@y.example", "role": "Sponsor Admin"}))).await;
        assert_eq!((early.status, early.code().as_str()), (StatusCode::FORBIDDEN, "NOT_VERIFIED"));
        assert!(mallory.open("/people").await.text.contains("You cannot invite yet"));
        let kofi = who(&ctx, KOFI).await;
        assert_eq!(code(invite(town, &kofi, "x@y.example", "Designer").await), "NOT_APPROVED");
    })
    .await;
}

#[tokio::test]
async fn members_stand_somewhere_and_only_active_ones_act() {
    sequel(async |town| {
        let ctx = town.ctx();
        let ravi = acting(town, RAVI, APEX).await;
        let added = newcomer("Noor", "Aziz", NOOR.email, "Designer").expect("in order");
        let id = service::add(&ctx, &ravi, &added).await.expect("on the list");
        assert_eq!(code(service::add(&ctx, &ravi, &added).await), "ALREADY_A_MEMBER");
        town.drain().await;
        let member = service::get(&ctx, &ravi, id).await.expect("there");
        assert_eq!((member.status, member.can.statuses.clone()), (MemberStatus::OnBoarding, vec![MemberStatus::Inactive]));
        assert_eq!(code(patch(town, &ravi, id, to("Active", "")).await), "STATUS_NOT_OPEN", "only Noor can say yes");

        // The activation link lets her in, with a password of her own choosing.
        let token = mailed(town, NOOR.email, "/invitations/");
        let yes = service::accept(&ctx, None, &token, "").await.expect("her name is known");
        let link = yes.activation_token.expect("a new person");
        let activated =
            town.visitor().api(Method::POST, "/auth/activate-member", Some(json!({"token": link, "password": PASSWORD}))).await;
        assert_eq!(activated.status, StatusCode::OK, "{}", activated.text);
        town.drain().await;
        let mut noor = signed_in(town, NOOR).await;
        noor.workspace = Some(APEX.into());
        let list = noor.api(Method::GET, "/members?status=Active", None).await.data();
        assert_eq!(list["items"].as_array().expect("a list").len(), 2, "{list}");
        assert!(list["items"][0].get("email").is_none(), "addresses are for those who manage people");
        assert!(list["items"][1]["email"].is_string(), "and for oneself");
        assert_eq!(
            noor.api(Method::POST, "/members", Some(json!({"firstName": "X", "email": "x@y.example", "role": "Mentor"})))
                .await
                .status,
            403
        );
        assert_eq!(noor.api(Method::PATCH, &format!("/members/{id}"), Some(json!({"role": "Owner"}))).await.status, 403);

        // A suspension says why, and holds from the next request of an open session.
        assert_eq!(code(patch(town, &ravi, id, to("Suspended", "")).await), "REASON_NEEDED");
        patch(town, &ravi, id, to("Suspended", "Shared the attendee list.")).await.expect("legal");
        assert_eq!(
            noor.api(Method::GET, "/members", None).await.status,
            StatusCode::NOT_FOUND,
            "not even the workspace is there"
        );
        assert!(letters_to(town, NOOR.email).iter().any(|subject| subject.contains("Suspended in Apex Circle")));
        patch(town, &ravi, id, to("Active", "")).await.expect("legal");
        assert_eq!(noor.api(Method::GET, "/members", None).await.status, StatusCode::OK, "the same session acts again");
        patch(town, &ravi, id, to("Banned", "Again.")).await.expect("legal");
        assert_eq!(code(patch(town, &ravi, id, to("Active", "")).await), "STATUS_NOT_OPEN");
        patch(town, &ravi, id, to("Inactive", "")).await.expect("legal");
        patch(town, &ravi, id, to("Active", "")).await.expect("legal");

        // What somebody else read meanwhile does not overwrite.
        let version = service::get(&ctx, &ravi, id).await.expect("there").version;
        let role =
            |version: i32| MemberPatch { role: Some("Technical Lead".into()), version: Some(version), ..MemberPatch::default() };
        assert_eq!(code(patch(town, &ravi, id, role(version - 1)).await), "VERSION_CONFLICT");
        // Who may not change it is told so, and nothing of what somebody changed meanwhile.
        let noor = acting(town, NOOR, APEX).await;
        assert_eq!(code(patch(town, &noor, id, role(version - 1)).await), "FORBIDDEN");
        let about =
            MemberPatch { bio: Some("Words about somebody else.".into()), version: Some(version - 1), ..MemberPatch::default() };
        assert_eq!(code(patch(town, &ravi, id, about).await), "FORBIDDEN");
        patch(town, &ravi, id, role(version)).await.expect("the newest");
        assert_eq!(acting(town, NOOR, APEX).await.acting.as_ref().expect("a seat").role_label(), "Technical Lead");

        // A member of another community is nobody here.
        let asha = acting(town, ASHA, ACME).await;
        assert_eq!(code(service::get(&ctx, &asha, id).await), "NOT_FOUND");
        assert_eq!(code(patch(town, &asha, id, to("Banned", "x")).await), "NOT_FOUND");
    })
    .await;
}

#[tokio::test]
async fn an_invitation_taken_back_leaves_nobody_waiting() {
    sequel(async |town| {
        let ctx = town.ctx();
        let ravi = acting(town, RAVI, APEX).await;
        let added = newcomer("Noor", "Aziz", NOOR.email, "Designer").expect("in order");
        let id = service::add(&ctx, &ravi, &added).await.expect("on the list");
        town.drain().await;
        let token = mailed(town, NOOR.email, "/invitations/");
        let open = service::invitations(&ctx, &ravi).await.expect("theirs").items;
        service::revoke(&ctx, &ravi, open[0].invitation_id).await.expect("open");
        assert_eq!(code(service::accept(&ctx, None, &token, "").await), "INVITATION_REVOKED");
        let member = service::get(&ctx, &ravi, id).await.expect("there");
        assert_eq!((member.status, member.can.statuses.clone()), (MemberStatus::Inactive, vec![MemberStatus::OnBoarding]));
        town.drain().await;
        assert_eq!(letters_to(town, NOOR.email).len(), 1, "whoever never was in is not told that they are out");
        patch(town, &ravi, id, to("On Boarding", "")).await.expect("invited again");
        let token = mailed(town, NOOR.email, "/invitations/");
        // By hand to Inactive: the mail is dead as well.
        patch(town, &ravi, id, to("Inactive", "")).await.expect("legal");
        assert_eq!(code(service::accept(&ctx, None, &token, "").await), "INVITATION_REVOKED");
        patch(town, &ravi, id, to("On Boarding", "")).await.expect("invited again");
        // As what she is by now.
        let role = MemberPatch { role: Some("Mentor".into()), ..MemberPatch::default() };
        patch(town, &ravi, id, role).await.expect("changed");
        let token = mailed(town, NOOR.email, "/invitations/");
        assert_eq!(service::accept(&ctx, None, &token, "").await.expect("in").role, "Mentor");
        assert_eq!(service::get(&ctx, &ravi, id).await.expect("there").status, MemberStatus::Active);
    })
    .await;
}

#[tokio::test]
async fn the_last_owner_stays_also_when_two_leave_at_once() {
    sequel(async |town| {
        let ctx = town.ctx();
        let ravi = acting(town, RAVI, APEX).await;
        let ravis = member_id(town, &ravi, RAVI.name).await;
        assert_eq!(code(service::take_out(&ctx, &ravi, ravis).await), "LAST_OWNER");
        let demote = MemberPatch { role: Some("Admin".into()), ..MemberPatch::default() };
        assert_eq!(code(patch(town, &ravi, ravis, demote.clone()).await), "LAST_OWNER");

        let noor = newly(town, &ravi, NOOR, "Admin").await;
        let noors = member_id(town, &ravi, NOOR.name).await;
        // An admin makes no owners, not even of herself, and touches none.
        let promote = MemberPatch { role: Some("Owner".into()), ..MemberPatch::default() };
        assert_eq!(code(patch(town, &noor, noors, promote.clone()).await), "FORBIDDEN");
        assert_eq!(code(patch(town, &noor, ravis, demote.clone()).await), "FORBIDDEN");
        assert_eq!(code(patch(town, &noor, ravis, to("Banned", "Mine now.")).await), "FORBIDDEN");
        assert_eq!(code(invite(town, &noor, "x@y.example", "Owner").await), "FORBIDDEN");
        patch(town, &ravi, noors, promote).await.expect("an owner may");
        let noor = acting(town, NOOR, APEX).await;
        assert_eq!(code(patch(town, &noor, noors, to("Inactive", "")).await), "FORBIDDEN", "one's own status is not one's own");

        let (a, b) = tokio::join!(service::take_out(&ctx, &ravi, ravis), service::take_out(&ctx, &noor, noors));
        assert_ne!(a.is_ok(), b.is_ok(), "{a:?} {b:?}");
        assert_eq!(code(if a.is_ok() { b } else { a }), "LAST_OWNER");
        assert_eq!(count(town, "members where role = 'Owner' and status = 'Active' and community_id = (select id from communities where slug = 'apex-circle')").await, 1);
        town.drain().await;
    })
    .await;
}

#[tokio::test]
async fn a_list_is_looked_at_and_taken_whole() {
    sequel(async |town| {
        let ctx = town.ctx();
        let mut ravi = signed_in(town, RAVI).await;
        ravi.workspace = Some(APEX.into());
        let call = |csv: &str, dry: bool| json!({"csv": csv, "dryRun": dry});
        let bad = "firstName,lastName,email,role\nAda,Okafor,ada@apex.example,Designer\n,Nobody,nowhere,Boss\nAda,Twice,ADA@apex.example,Designer\n";
        let looked = ravi.api(Method::POST, "/members/import", Some(call(bad, true))).await.data();
        assert_eq!((looked["new"].as_i64(), looked["problems"].as_i64(), looked["dryRun"].as_bool()), (Some(1), Some(2), Some(true)));
        assert_eq!(looked["rows"][1]["problems"].as_object().expect("by field").len(), 3);
        let refused = ravi.api(Method::POST, "/members/import", Some(call(bad, false))).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(refused.json()["error"]["fieldErrors"]["rows[2].email"].is_string(), "{}", refused.text);
        assert_eq!(count(town, "members where status = 'On Boarding'").await, 0, "nothing of a bad list");

        // The page: paste, look, import.
        let good = "firstName,lastName,email,role\nAda,Okafor,ada@apex.example,Designer\n\"Li, Jr.\",Wei,li@apex.example,AI / ML Lead\n";
        let kept = ravi.submit("/people/import", "look", &[("csv", bad), ("_as", APEX)]).await;
        assert!(kept.location().starts_with("/people/import?list="), "{}", kept.text);
        let shown = ravi.open(kept.location()).await.text;
        assert!(shown.contains("2 rows need a change") && !shown.contains("Import 1 person"), "{shown}");
        let none = ravi.submit("/people/import", "look", &[("csv", "name\nAda"), ("_as", APEX)]).await;
        assert!(none.status == 422 && none.text.contains("name\nAda"), "what was typed stays");
        let kept = ravi.submit("/people/import", "look", &[("csv", good), ("_as", APEX)]).await;
        let shown = ravi.open(kept.location()).await.text;
        assert!(shown.contains("Import 2 people"), "{shown}");
        let list = kept.location().split("list=").nth(1).and_then(|rest| rest.split('&').next()).expect("an id").to_owned();
        let mut mallory = signed_in(town, MALLORY).await;
        assert!(matches!(mallory.open(kept.location()).await.status.as_u16(), 403 | 404), "a list is its owner's");
        let sealed: Vec<u8> = sqlx::query_scalar("select roster from member_imports").fetch_one(&town.owner).await.expect("kept");
        assert!(!String::from_utf8_lossy(&sealed).contains("apex.example"));
        let taken = ravi.submit("/people/import", "import", &[("list", &list), ("_as", APEX)]).await;
        assert_eq!(taken.location(), "/people?done=imported&as=community:apex-circle", "{}", taken.text);
        town.drain().await;
        assert_eq!(count(town, "members where status = 'On Boarding'").await, 2);
        assert_eq!(count(town, "member_imports").await, 0, "a list that was taken is thrown away");
        assert!(letters_to(town, "li@apex.example").iter().any(|subject| subject.contains("invites you to Apex Circle")));

        // Again changes nobody; with another role it says where to change that.
        let again = ravi.api(Method::POST, "/members/import", Some(call(good, false))).await.data();
        assert_eq!((again["new"].as_i64(), again["unchanged"].as_i64()), (Some(0), Some(2)));
        town.drain().await;
        assert_eq!(letters_to(town, "li@apex.example").len(), 1, "nobody is written to twice");
        let other = good.replace(",Designer", ",Mentor");
        let refused = ravi.api(Method::POST, "/members/import", Some(call(&other, false))).await;
        assert!(refused.json()["error"]["fieldErrors"]["rows[1].role"].is_string(), "{}", refused.text);
        // Two at once: each person once.
        let more = "firstName,lastName,email,role\nMira,Sen,mira@apex.example,Mentor\n";
        let actor = acting(town, RAVI, APEX).await;
        let (a, b) = tokio::join!(
            commdesk::features::members::roster::import(&ctx, &actor, more),
            commdesk::features::members::roster::import(&ctx, &actor, more)
        );
        assert_eq!(a.expect("taken").new + b.expect("taken").new, 1);
        town.drain().await;
    })
    .await;
}

#[tokio::test]
async fn a_list_is_corrected_where_it_stands() {
    sequel(async |town| {
        let mut ravi = signed_in(town, RAVI).await;
        let bad = "firstName,lastName,email,role\nAda,Okafor,ada@apex.example,Designer\n,Nobody,nowhere,Boss\n";
        let kept = ravi.submit("/people/import", "look", &[("csv", bad), ("_as", APEX)]).await;
        let shown = ravi.open(kept.location()).await.text;
        assert_eq!(in_box(&shown), bad, "it stays in the box");
        assert!(shown.contains("Line 3, Nobody") && shown.contains("Look again"), "with what is wrong beside it: {shown}");
        let found = ravi.open(&format!("/people/import?as={APEX}")).await.text;
        let id = kept.location().split("list=").nth(1).and_then(|rest| rest.split('&').next()).expect("an id").to_owned();
        assert!(found.contains("The list that you looked at last is still here") && found.contains(&id), "{found}");

        // It is shown to whoever brought it: whoever leads the same community sees nothing of it.
        let leads = acting(town, RAVI, APEX).await;
        newly(town, &leads, NOOR, "Admin").await;
        let mut noor = signed_in(town, NOOR).await;
        let closed = noor.open(kept.location()).await;
        assert!(closed.status == 404 && !closed.text.contains("ada@apex.example"), "{}", closed.text);
        let empty = noor.open(&format!("/people/import?as={APEX}")).await.text;
        assert!(empty.contains("paste the list here") && !empty.contains("looked at last is"), "{empty}");

        // Refused as a whole, it comes back in the box of a page that needs no kept list.
        let refused = ravi.submit(&format!("/people/import?as={APEX}"), "look", &[("csv", "name\nAda"), ("_as", APEX)]).await;
        assert!(refused.status == 422 && in_box(&refused.text) == "name\nAda", "{}", refused.text);

        // Corrected and looked at again, it can be taken; changing it once more puts the button away.
        let good = bad.replace(",Nobody,nowhere,Boss", "Lin,Nobody,lin@apex.example,Mentor");
        let again = ravi.submit("/people/import", "look", &[("csv", &good), ("_as", APEX)]).await;
        let shown = ravi.open(again.location()).await.text;
        assert!(shown.contains("Import 2 people") && !shown.contains("name=\"csv\""), "{shown}");
        let changing = ravi.open(&format!("{}&change=true", again.location())).await.text;
        assert!(!changing.contains("Import 2 people"), "a list is not imported while it is being changed: {changing}");
        assert_eq!(in_box(&changing), good);
        assert_eq!(ravi.open(kept.location()).await.status, 404, "one list of each person is kept");

        // A file cannot be given back, so its words stand in the box, whatever they are.
        let odd = "name;mail\nAda;ada@apex.example\n";
        let brought = with_list(&mut ravi, odd.as_bytes()).await;
        assert!(brought.location().starts_with("/people/import?list="), "{}", brought.text);
        let shown = ravi.open(brought.location()).await.text;
        assert!(shown.contains("This file is no list yet") && shown.contains("The first line names the columns"), "{shown}");
        assert_eq!(in_box(&shown), odd);
        for (file, words) in
            [(vec![b'a'; 128 * 1024 + 1], "larger than 128 kB"), (vec![b'a', 0xff], "no text"), (vec![b'a', 0], "no text")]
        {
            let refused = with_list(&mut ravi, &file).await;
            assert!(refused.status == 422 && refused.text.contains(words), "{words}: {}", refused.text);
        }
        assert_eq!(count(town, "member_imports").await, 1);
        assert_eq!(count(town, "members where status = 'On Boarding'").await, 0, "nothing of it was imported");
        town.drain().await;
    })
    .await;
}

#[tokio::test]
async fn what_is_wrong_is_in_sight_without_scripts() {
    sequel(async |town| {
        let mut ravi = signed_in(town, RAVI).await;
        for (path, form, field) in [("/people", "add", ("firstName", "Ada")), ("/inbox/rules", "route", ("region", "South Asia"))]
        {
            let path = format!("{path}?as={APEX}");
            let closed = ravi.open(&path).await.text;
            assert!(!fold_around(&closed, form).contains(" open"), "{path} {form} is folded away until it is asked for");
            let refused = ravi.submit(&path, form, &[field, ("_as", APEX)]).await;
            assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", refused.text);
            assert!(fold_around(&refused.text, form).contains(" open"), "{path} {form}: {}", refused.text);
        }
    })
    .await;
}

/// The tag of the `details` that a form stands in.
fn fold_around<'a>(page: &'a str, form: &str) -> &'a str {
    let before = page.split(&format!("value=\"{form}\"")).next().unwrap_or_default();
    before.rsplit("<details").next().and_then(|rest| rest.split('>').next()).unwrap_or_default()
}

/// What stands in the box for a list.
fn in_box(page: &str) -> &str {
    let rest = page.split("name=\"csv\"").nth(1).and_then(|rest| rest.split_once('>')).map_or("", |(_, rest)| rest);
    rest.split("</textarea>").next().unwrap_or_default()
}

/// The form as a browser sends it when a list was chosen as a file.
async fn with_list(browser: &mut Browser, file: &[u8]) -> Answer {
    let fields = [("_form", "look"), ("_as", APEX), ("csv", "firstName,lastName,email,role\n")];
    let chosen = Chosen { field: "file", name: "list.csv", kind: "text/csv", bytes: file };
    browser.submit_file("/people/import", &fields, &chosen).await
}

#[tokio::test]
async fn a_hundred_onboarding_requests_an_hour() {
    sequel(async |town| {
        let ctx = town.ctx();
        town.new_window(3_600);
        let actor = acting(town, RAVI, APEX).await;
        let list = "firstName,lastName,email,role\nMira,Sen,mira@apex.example,Mentor\n";
        for n in 0..100 {
            let report = commdesk::features::members::roster::import(&ctx, &actor, list).await.expect("repeatable");
            assert_eq!(report.new, usize::from(n == 0));
        }
        let over = commdesk::features::members::roster::import(&ctx, &actor, list).await;
        assert_eq!(code(over), "TOO_MANY_REQUESTS");
        let other = newcomer("Noor", "Aziz", NOOR.email, "Designer").expect("in order");
        assert_eq!(code(service::add(&ctx, &actor, &other).await), "TOO_MANY_REQUESTS");
        let fresh = acting(town, RAVI, APEX).await;
        service::add(&ctx, &fresh, &other).await.expect("another session counts for itself");
        town.drain().await;
    })
    .await;
}

#[tokio::test]
async fn people_of_an_organization_sign_by_name_and_the_last_admin_stays() {
    sequel(async |town| {
        let ctx = town.ctx();
        let asha = acting(town, ASHA, ACME).await;
        let lena = newly(town, &asha, LENA, "Sponsor Manager").await;
        let (ashas, lenas) = (member_id(town, &asha, ASHA.name).await, member_id(town, &asha, LENA.name).await);
        use commdesk::kernel::actor::Capability::{Finance, Sign};
        assert!(!lena.can(Sign) && !lena.can(Finance) && !asha.can(Sign), "never by role");
        let sign = MemberPatch { signatory: Some(true), ..MemberPatch::default() };
        assert_eq!(code(patch(town, &lena, lenas, sign.clone()).await), "FORBIDDEN", "not by oneself");
        patch(town, &asha, lenas, sign).await.expect("by name");
        let lena = acting(town, LENA, ACME).await;
        assert!(lena.can(Sign) && !lena.can(Finance));
        assert!(letters_to(town, LENA.email).iter().any(|subject| subject.contains("What you may do for Acme Cloud")));
        assert!(service::get(&ctx, &asha, lenas).await.expect("there").signatory);

        assert_eq!(code(service::take_out(&ctx, &asha, ashas).await), "LAST_ADMIN");
        let demote = MemberPatch { role: Some("Hiring Manager".into()), ..MemberPatch::default() };
        assert_eq!(code(patch(town, &asha, ashas, demote).await), "LAST_ADMIN");
        assert_eq!(code(service::take_out(&ctx, &lena, ashas).await), "FORBIDDEN");
        let promote = MemberPatch { role: Some("Sponsor Admin".into()), ..MemberPatch::default() };
        patch(town, &asha, lenas, promote).await.expect("another admin");
        let lena = acting(town, LENA, ACME).await;
        let (a, b) = tokio::join!(service::take_out(&ctx, &asha, ashas), service::take_out(&ctx, &lena, ashas));
        assert!(a.is_ok() || b.is_ok());
        town.drain().await;
        assert!(people::sign_in(&ctx, ASHA).await.expect("signed in").actor(Some(ACME)).is_err(), "out from the next request on");
        assert_eq!(code(service::take_out(&ctx, &lena, lenas).await), "LAST_ADMIN");
    })
    .await;
}

#[tokio::test]
async fn members_write_about_themselves() {
    sequel(async |town| {
        let ctx = town.ctx();
        let ravi = acting(town, RAVI, APEX).await;
        newly(town, &ravi, NOOR, "Designer").await;
        let id = member_id(town, &ravi, NOOR.name).await;
        let mut noor = signed_in(town, NOOR).await;
        noor.workspace = Some(APEX.into());
        let path = format!("/people/{id}");
        assert!(noor.open(&path).await.text.contains("What you say about yourself"));
        let fields = [
            ("interests", "MENTORSHIP"),
            ("interests", "OPEN SOURCE CONTRIBUTION"),
            ("bio", "I draw posters."),
            ("links.github", "github.com/noor"),
            ("_as", APEX),
        ];
        let saved = noor.submit(&path, "about", &fields).await;
        assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.text);
        let member = noor.api(Method::GET, &format!("/members/{id}"), None).await.data();
        assert_eq!(member["interests"], json!(["OPEN SOURCE CONTRIBUTION", "MENTORSHIP"]), "in the list's order");
        assert_eq!(
            (member["bio"].as_str(), member["links"]["github"].as_str()),
            (Some("I draw posters."), Some("https://github.com/noor"))
        );
        let wrong = noor.submit(&path, "about", &[("interests", "NAPS"), ("bio", "Kept."), ("_as", APEX)]).await;
        assert!(wrong.status == 422 && wrong.text.contains("Kept."));
        let patched = noor.api(Method::PATCH, &format!("/members/{id}"), Some(json!({"bio": "Only this."}))).await.data();
        assert_eq!((patched["bio"].as_str(), patched["interests"].as_array().map(Vec::len)), (Some("Only this."), Some(2)));
        assert_eq!(
            code(patch(town, &ravi, id, MemberPatch { bio: Some("Mine.".into()), ..MemberPatch::default() }).await),
            "FORBIDDEN"
        );
        let shown = signed_in(town, RAVI).await.open(&path).await.text;
        assert!(shown.contains("Only this.") && shown.contains("Mentorship") && !shown.contains("What you say about yourself"));

        // A picture goes through the pipeline of logos; what is none is refused beside its field.
        let wrong = with_photo(&mut noor, &path, "no picture").await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(wrong.text.contains("about-photo-error") && wrong.text.contains("With a face."), "{}", wrong.text);
        let saved = with_photo(&mut noor, &path, PHOTO).await;
        assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.text);
        let actor = acting(town, NOOR, APEX).await;
        let nothing = MemberPatch::default().parse(policy::may_see(&actor).expect("theirs")).expect("in order");
        let url = service::get(&ctx, &ravi, id).await.expect("there").photo_url.expect("a photo");
        assert_eq!(town.visitor().open(&url).await.status, StatusCode::OK);
        assert_eq!(code(service::change(&ctx, &ravi, id, &nothing, PhotoChange::Remove).await), "FORBIDDEN");
        service::change(&ctx, &actor, id, &nothing, PhotoChange::Remove).await.expect("their own");
        assert!(service::get(&ctx, &ravi, id).await.expect("there").photo_url.is_none());
    })
    .await;
}

const PHOTO: &str = r##"<svg xmlns="http://www.w3.org/2000/svg" width="200" height="200"><circle cx="100" cy="100" r="80" fill="#225588"/></svg>"##;

/// The form as a browser sends it when a file was chosen.
async fn with_photo(browser: &mut Browser, path: &str, photo: &str) -> Answer {
    let fields = [("_form", "about"), ("_as", APEX), ("bio", "With a face.")];
    browser
        .submit_file(path, &fields, &Chosen { field: "photo", name: "me.png", kind: "image/png", bytes: photo.as_bytes() })
        .await
}

async fn ask(town: &Town, figure: Figure, slug: &str, mailbox: &str) -> AppResult<JoinRequestId> {
    let ctx = town.ctx();
    let person = people::sign_in(&ctx, figure).await.expect("signed in");
    let input = JoinInput { organization_id: slug.into(), message: "I run the office.".into(), mailbox: mailbox.into() };
    let sent = joins::ask(&ctx, &person, &input).await?;
    town.drain().await;
    Ok(sent.join_request_id)
}

#[tokio::test]
async fn the_admins_of_a_verified_organization_decide() {
    sequel(async |town| {
        let ctx = town.ctx();
        let mut ravi = signed_in(town, RAVI).await;
        let profile = ravi.open("/directory/acme-cloud").await.text;
        assert!(profile.contains("/directory/acme-cloud/join"), "the way is there for people of other workspaces");
        assert!(!town.visitor().open("/directory/acme-cloud").await.text.contains("/directory/acme-cloud/join"));
        assert!(!signed_in(town, ASHA).await.open("/directory/acme-cloud").await.text.contains("/directory/acme-cloud/join"));
        assert!(ravi.open("/directory/acme-cloud/join").await.text.contains("The admins of Acme Cloud decide"));
        let asked = ravi.submit("/directory/acme-cloud/join", "ask", &[("message", "I am your new DevRel.")]).await;
        assert_eq!(asked.status, StatusCode::SEE_OTHER, "{}", asked.text);
        town.drain().await;
        assert!(ravi.open("/directory/acme-cloud/join").await.text.contains("You have asked"));
        assert_eq!(code(ask(town, RAVI, "acme-cloud", "").await), "ALREADY_ASKED");
        assert!(letters_to(town, ASHA.email).iter().any(|subject| subject == "Ravi Kulkarni asks to join Acme Cloud"));

        let mut asha = signed_in(town, ASHA).await;
        assert!(asha.open("/people").await.text.contains("I am your new DevRel."));
        let waiting = asha.api(Method::GET, "/join-requests", None).await.data();
        let id = waiting["items"][0]["joinRequestId"].as_str().expect("an id").to_owned();
        // Not theirs to decide: nothing is there.
        let tomas = who(&ctx, TOMAS).await;
        let yes = JoinDecision::Accept(OrganizationRole::SponsorManager);
        assert_eq!(code(joins::decide(&ctx, &tomas, id.parse().expect("an id"), &yes).await), "NOT_FOUND");
        assert_eq!(
            ravi.api(
                Method::PATCH,
                &format!("/join-requests/{id}"),
                Some(json!({"decision": "accept", "role": "Sponsor Admin"}))
            )
            .await
            .status,
            403
        );
        let wrong = asha
            .api(Method::PATCH, &format!("/join-requests/{id}"), Some(json!({"decision": "accept", "role": "Partner Admin"})))
            .await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);

        // A yes and a no at once: one of them.
        let actor = acting(town, ASHA, ACME).await;
        let no = JoinDecision::Decline(Paragraph::parse("", 10, "reason").expect("short"));
        let id: JoinRequestId = id.parse().expect("an id");
        let (a, b) = tokio::join!(joins::decide(&ctx, &actor, id, &yes), joins::decide(&ctx, &actor, id, &no));
        assert_ne!(a.is_ok(), b.is_ok(), "{a:?} {b:?}");
        town.drain().await;
        let belongs = people::sign_in(&ctx, RAVI).await.expect("signed in").actor(Some(ACME)).is_ok();
        assert_eq!(belongs, a.is_ok());
        let word = if a.is_ok() { "You belong to Acme Cloud now" } else { "Acme Cloud declined your request to join" };
        assert!(letters_to(town, RAVI.email).iter().any(|subject| subject == word));
        assert_eq!(code(joins::decide(&ctx, &actor, id, &yes).await), "JOIN_DECIDED");
        // Who was declined may ask again; what is not listed is not there.
        assert_eq!(ask(town, RAVI, "acme-cloud", "").await.is_ok(), !belongs);
        assert_eq!(code(ask(town, RAVI, "globex", "").await), "NOT_FOUND");
    })
    .await;
}

#[tokio::test]
async fn elsewhere_a_mailbox_at_the_domain_decides() {
    sequel(async |town| {
        let ctx = town.ctx();
        // Checked by staff, and its last admin has left.
        let set = async |statement: &str| {
            sqlx::raw_sql(sqlx::AssertSqlSafe(statement.to_owned())).execute(&town.owner).await.expect("a change");
        };
        let deserted =
            "delete from organization_members where organization_id = (select id from organizations where slug = 'lumen-data')";
        set(deserted).await;

        assert_eq!(code(ask(town, RAVI, "lumen-data", "").await), "VALIDATION_ERROR", "a mailbox is needed");
        for wrong in ["ravi@apex.example", "lumen@gmail.com", "office@lumen.example.evil.example"] {
            assert_eq!(code(ask(town, RAVI, "lumen-data", wrong).await), "VALIDATION_ERROR", "{wrong}");
        }
        let mut ravi = signed_in(town, RAVI).await;
        let page = ravi.open("/directory/lumen-data/join").await.text;
        assert!(page.contains("A mailbox at lumen.example") && page.contains("/claim/lumen-data#dns"), "{page}");
        let id = ask(town, RAVI, "lumen-data", "Office@lumen.example").await.expect("asked");
        let first = mailed(town, "office@lumen.example", "/join-requests/");
        // Asked again, the first mail is dead.
        let again = ask(town, RAVI, "lumen-data", "office@lumen.example").await.expect("asked again");
        assert_ne!(id, again);
        let token = mailed(town, "office@lumen.example", "/join-requests/");
        assert_eq!(town.visitor().open(&format!("/join-requests/{first}")).await.status, StatusCode::NOT_FOUND);
        let path = format!("/join-requests/{token}");
        let page = town.visitor().open(&path).await.text;
        assert!(page.contains("May Ravi Kulkarni join Lumen Data?") && page.contains("I run the office."), "{page}");
        assert!(page.find("Sponsor Admin") < page.find("Hiring Manager"), "the first one should lead");
        assert_eq!(
            count(town, "organization_members m join organizations o on o.id = m.organization_id where o.slug = 'lumen-data'")
                .await,
            0
        );
        let undecided = town.visitor().submit(&path, "decide", &[("decision", "accept")]).await;
        assert_eq!(undecided.status, StatusCode::UNPROCESSABLE_ENTITY);

        let admin = JoinDecision::Accept(OrganizationRole::SponsorAdmin);
        let (a, b) = tokio::join!(joins::decide_by_mailbox(&ctx, &token, &admin), joins::decide_by_mailbox(&ctx, &token, &admin));
        assert_ne!(a.is_ok(), b.is_ok(), "the link works once: {a:?} {b:?}");
        town.drain().await;
        assert!(town.visitor().open(&path).await.text.contains("Nothing is left to decide"));
        let ravi = acting(town, RAVI, "organization:lumen-data").await;
        assert_eq!(ravi.acting.as_ref().expect("a seat").role_label(), "Sponsor Admin");
        assert_eq!(code(ask(town, RAVI, "lumen-data", "office@lumen.example").await), "ALREADY_A_MEMBER");

        // Where somebody leads meanwhile, they decide, and no mailbox.
        set(deserted).await;
        ask(town, ASHA, "lumen-data", "office@lumen.example").await.expect("asked");
        let overtaken = mailed(town, "office@lumen.example", "/join-requests/");
        set("insert into organization_members (id, organization_id, user_id, role, created_at)
             select gen_random_uuid(), o.id, u.id, 'Sponsor Admin', now() from organizations o, users u
             where o.slug = 'lumen-data' and u.email = 'tomas@lumen.example'")
        .await;
        assert_eq!(code(joins::decide_by_mailbox(&ctx, &overtaken, &admin).await), "ADMINS_DECIDE");
        set(deserted).await;

        // Late, and on a host that many share: nobody.
        ask(town, MALLORY, "lumen-data", "office@lumen.example").await.expect("asked");
        let late = mailed(town, "office@lumen.example", "/join-requests/");
        town.shift(7 * 86_400).await;
        assert_eq!(code(joins::decide_by_mailbox(&ctx, &late, &admin).await), "JOIN_EXPIRED");
        for shared in ["https://github.com/lumen", "https://lumen.github.io", "https://gmail.com"] {
            set(&format!("update organizations set website = '{shared}' where slug = 'lumen-data'")).await;
            assert_eq!(code(ask(town, MALLORY, "lumen-data", "lumen@github.com").await), "NO_ONE_TO_ASK", "{shared}");
        }
    })
    .await;
}

#[tokio::test]
async fn where_nobody_leads_a_mailbox_decides_which_of_its_own_people_does() {
    sequel(async |town| {
        const LUMEN: &str = "organization:lumen-data";
        let ctx = town.ctx();
        let tomas = acting(town, TOMAS, LUMEN).await;
        newly(town, &tomas, LENA, "DevRel Manager").await;
        newly(town, &tomas, NOOR, "Sponsor Manager").await;
        let asks = async |figure: Figure| ask(town, figure, "lumen-data", "office@lumen.example").await;
        // Ravi asks its admin, who is still there.
        ask(town, RAVI, "lumen-data", "").await.expect("asked");
        assert_eq!(code(ask(town, RAVI, "lumen-data", "").await), "ALREADY_ASKED");
        let suspend = async |figure: Figure, suspended: bool| {
            sqlx::query("update users set suspended_at = case when $2 then now() end where email = $1")
                .bind(figure.email)
                .bind(suspended)
                .execute(&town.owner)
                .await
                .expect("the login is there");
        };
        assert_eq!(code(asks(LENA).await), "ALREADY_A_MEMBER", "Tomás leads it, and makes others admins");

        suspend(TOMAS, true).await;
        asks(LENA).await.expect("asked");
        let token = mailed(town, "office@lumen.example", "/join-requests/");
        let page = town.visitor().open(&format!("/join-requests/{token}")).await.text;
        assert!(page.contains("May Lena Fischer lead Lumen Data?") && page.contains("is DevRel Manager of"), "{page}");
        assert!(
            page.contains("Sponsor Admin") && !page.contains("Hiring Manager"),
            "who belongs to it already leads it, or nothing"
        );
        // Not as something else, not while she is suspended, not while somebody leads it again.
        let admin = JoinDecision::Accept(OrganizationRole::SponsorAdmin);
        let other = JoinDecision::Accept(OrganizationRole::HiringManager);
        assert_eq!(code(joins::decide_by_mailbox(&ctx, &token, &other).await), "VALIDATION_ERROR");
        // Whoever has the link does not learn that she is, and one connection is enough to answer.
        let alone = Ctx::background(&town.with_one_connection(), "test");
        suspend(LENA, true).await;
        let refused = joins::decide_by_mailbox(&alone, &token, &admin).await.expect_err("a refusal");
        assert_eq!(refused.code(), "CANNOT_BE_ACCEPTED");
        assert!(!refused.message().to_lowercase().contains("suspend"), "{}", refused.message());
        suspend(LENA, false).await;
        suspend(TOMAS, false).await;
        assert_eq!(code(joins::decide_by_mailbox(&ctx, &token, &admin).await), "ADMINS_DECIDE");
        suspend(TOMAS, true).await;
        joins::decide_by_mailbox(&alone, &token, &admin).await.expect("decided");
        alone.db().close().await;
        town.drain().await;
        let lena = acting(town, LENA, LUMEN).await;
        assert_eq!(lena.acting.as_ref().expect("a seat").role_label(), "Sponsor Admin");
        let seats = "organization_members m join organizations o on o.id = m.organization_id where o.slug = 'lumen-data'";
        assert_eq!(count(town, seats).await, 3, "the same seat, with another role");
        let stated: serde_json::Value = sqlx::query_scalar("select payload::jsonb from facts where name = 'join_accepted'")
            .fetch_one(&town.owner)
            .await
            .expect("one fact");
        assert_eq!((&stated["from"], &stated["leads"]), (&json!("DevRel Manager"), &json!(true)), "{stated}");
        assert_eq!(stated["people"], json!([tomas.user()]), "{stated}");
        // The admin of before and the colleagues hear of it; she hears that she was accepted.
        let new_admin = "Lumen Data has a new admin";
        for figure in [TOMAS, NOOR] {
            let told = letters_to(town, figure.email).into_iter().filter(|subject| subject == new_admin).count();
            assert_eq!(told, 1, "{}", figure.email);
        }
        let told = letters_to(town, LENA.email);
        assert!(told.iter().any(|subject| subject == "You belong to Lumen Data now") && !told.iter().any(|it| it == new_admin));

        // Whoever is taken out before the mailbox has answered has asked for nothing.
        suspend(LENA, true).await;
        asks(NOOR).await.expect("asked");
        let late = mailed(town, "office@lumen.example", "/join-requests/");
        assert_ne!(late, token);
        suspend(LENA, false).await;
        let lena = acting(town, LENA, LUMEN).await;
        service::take_out(&ctx, &lena, member_id(town, &lena, NOOR.name).await).await.expect("taken out");
        suspend(LENA, true).await;
        assert_eq!(code(joins::decide_by_mailbox(&ctx, &late, &admin).await), "NOT_FOUND");
        assert_eq!(count(town, seats).await, 2);
        // A newcomer whom a mailbox makes an admin is news to the others too; one who leads nothing is not. Whom Ravi had asked
        // cannot answer any more: asking a mailbox takes the place of that.
        let page = signed_in(town, RAVI).await.open("/directory/lumen-data/join").await.text;
        assert!(page.contains("A mailbox at lumen.example") && !page.contains("You have asked"), "{page}");
        let ravi = asks(RAVI).await.expect("asked");
        let token = mailed(town, "office@lumen.example", "/join-requests/");
        joins::decide_by_mailbox(&ctx, &token, &other).await.expect("decided");
        town.drain().await;
        let payload = "select payload::jsonb from facts where name = 'join_accepted' and payload::jsonb->>'joinRequestId' = $1";
        let stated: serde_json::Value =
            sqlx::query_scalar(payload).bind(ravi.to_string()).fetch_one(&town.owner).await.expect("one fact");
        assert_eq!((stated.get("leads"), stated.get("from")), (None, None), "{stated}");
        assert_eq!(letters_to(town, TOMAS.email).iter().filter(|subject| *subject == new_admin).count(), 1);
    })
    .await;
}

#[tokio::test]
async fn calls_are_carried_out_once() {
    sequel(async |town| {
        let mut ravi = signed_in(town, RAVI).await;
        let key = [("idempotency-key", "the-same")];
        let body = json!({"firstName": "Noor", "lastName": "Aziz", "email": NOOR.email, "role": "Designer"});
        let first = ravi.api_with(Method::POST, "/members", Some(body.clone()), &key).await;
        let second = ravi.api_with(Method::POST, "/members", Some(body), &key).await;
        assert_eq!((first.status, second.status), (StatusCode::CREATED, StatusCode::CREATED), "{}", second.text);
        assert_eq!(first.data()["memberId"], second.data()["memberId"]);
        let other = json!({"firstName": "Noor", "email": "other@apex.example", "role": "Designer"});
        assert_eq!(ravi.api_with(Method::POST, "/members", Some(other), &key).await.code(), "IDEMPOTENCY_KEY_REUSED");
        let join = json!({"organizationId": "acme-cloud", "message": "Hello"});
        let first = ravi.api_with(Method::POST, "/join-requests", Some(join.clone()), &key).await;
        let second = ravi.api_with(Method::POST, "/join-requests", Some(join), &key).await;
        assert_eq!(first.data(), second.data());
        town.drain().await;
        assert_eq!(letters_to(town, NOOR.email).len(), 1);
    })
    .await;
}
