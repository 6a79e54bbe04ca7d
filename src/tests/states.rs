//! What each state of a thing allows, and to whom. `matrix.rs` tells who may do what at all; here every thing that has a life
//! is brought into each of its states, and every action on it is tried there, by somebody of each side who may and by one who
//! may not. The tables below are what was agreed: written by people, from the rules of the product. A cell that is answered
//! otherwise is either a fault of the code or a decision that somebody has to take.
//!
//! A cell says "ok" where the action is done (or was done before and is said again), else the code of the refusal; a form
//! without scripts tells its status instead. Everything is put back before the next state, and after everything that was done.

use crate::{
    common::signed_in,
    matrix::{Caller, seated},
    planted::{SAM, Tenants, VERA, furnish},
    town::{Browser, Town, sequel},
};
use chrono::TimeDelta;
use commdesk::{
    kernel::actor::{OrganizationRole, Role, StaffRole},
    platform::secrets,
    seeds::people::{self, ASHA, Figure, MALLORY, MEI, OMAR, PASSWORD, RAVI, TOMAS},
};
use http::Method;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use uuid::Uuid;

const RHEA: Figure = Figure { name: "Rhea Quill", email: "rhea@states.example", role: "staff: review" };
const NADIA: Figure = Figure { name: "Nadia Karim", email: "nadia@states.example", role: "staff: admin" };
const DANA: Figure = Figure { name: "Dana Petrov", email: "dana@states.example", role: "DevRel Manager of Acme Cloud" };
const NILS: Figure = Figure { name: "Nils Falk", email: "nils@northwind.example", role: "" };

/// Acme has applied for an opportunity of Apex Circle, or Apex Circle has asked Acme for the same. `turn` is whose answer is
/// awaited: only that side accepts or rejects, and only who opened it takes it back. While staff hold it, its receiver does not
/// know of it. No way leads out of a closed state, and an offer whose time is over is not agreed on before the sweeper comes. The
/// opportunity's one place is free until the request is accepted: nobody waits for it, and nobody has it to give back.
const REQUEST: &str = "
                          | owner accepts    | owner rejects    | owner withdraws       | admin accepts    | admin rejects    | admin withdraws       | volunteer rejects | DevRel rejects | stranger rejects | owner reads | admin reads | stranger reads | staff release | staff refuse | owner assigns  | owner snoozes   | admin waits     | admin takes   | owner releases
pending, applied          | ok               | ok               | NOT_YOURS_TO_WITHDRAW | NOT_YOUR_TURN    | NOT_YOUR_TURN    | ok                    | FORBIDDEN         | FORBIDDEN      | NOT_FOUND        | ok          | ok          | NOT_FOUND      | NOT_HELD      | NOT_HELD     | ok             | ok              | PLACE_FREE      | STILL_WAITING | NO_PLACE_HELD
pending, asked            | NOT_YOUR_TURN    | NOT_YOUR_TURN    | ok                    | ok               | ok               | NOT_YOURS_TO_WITHDRAW | FORBIDDEN         | FORBIDDEN      | NOT_FOUND        | ok          | ok          | NOT_FOUND      | NOT_HELD      | NOT_HELD     | ok             | ok              | PLACE_FREE      | STILL_WAITING | NO_PLACE_HELD
negotiation, theirs       | ok               | ok               | NOT_YOURS_TO_WITHDRAW | NOT_YOUR_TURN    | NOT_YOUR_TURN    | ok                    | FORBIDDEN         | FORBIDDEN      | NOT_FOUND        | ok          | ok          | NOT_FOUND      | NOT_HELD      | NOT_HELD     | ok             | ok              | PLACE_FREE      | STILL_WAITING | NO_PLACE_HELD
negotiation, ours         | NOT_YOUR_TURN    | NOT_YOUR_TURN    | NOT_YOURS_TO_WITHDRAW | ok               | ok               | ok                    | FORBIDDEN         | FORBIDDEN      | NOT_FOUND        | ok          | ok          | NOT_FOUND      | NOT_HELD      | NOT_HELD     | ok             | ok              | PLACE_FREE      | STILL_WAITING | NO_PLACE_HELD
overdue                   | REQUEST_EXPIRED  | REQUEST_EXPIRED  | REQUEST_EXPIRED       | REQUEST_EXPIRED  | REQUEST_EXPIRED  | REQUEST_EXPIRED       | FORBIDDEN         | FORBIDDEN      | NOT_FOUND        | ok          | ok          | NOT_FOUND      | NOT_HELD      | NOT_HELD     | ok             | REQUEST_EXPIRED | REQUEST_EXPIRED | STILL_WAITING | NO_PLACE_HELD
held                      | NOT_FOUND        | NOT_FOUND        | NOT_FOUND             | NOT_YOUR_TURN    | NOT_YOUR_TURN    | ok                    | NOT_FOUND         | FORBIDDEN      | NOT_FOUND        | NOT_FOUND   | ok          | NOT_FOUND      | ok            | ok           | NOT_FOUND      | NOT_FOUND       | PLACE_FREE      | STILL_WAITING | NOT_FOUND
accepted                  | REQUEST_CLOSED   | REQUEST_CLOSED   | REQUEST_CLOSED        | REQUEST_CLOSED   | REQUEST_CLOSED   | REQUEST_CLOSED        | FORBIDDEN         | FORBIDDEN      | NOT_FOUND        | ok          | ok          | NOT_FOUND      | NOT_HELD      | NOT_HELD     | REQUEST_CLOSED | REQUEST_CLOSED  | REQUEST_CLOSED  | STILL_WAITING | ok
rejected                  | REQUEST_CLOSED   | REQUEST_CLOSED   | REQUEST_CLOSED        | REQUEST_CLOSED   | REQUEST_CLOSED   | REQUEST_CLOSED        | FORBIDDEN         | FORBIDDEN      | NOT_FOUND        | ok          | ok          | NOT_FOUND      | NOT_HELD      | NOT_HELD     | REQUEST_CLOSED | REQUEST_CLOSED  | REQUEST_CLOSED  | STILL_WAITING | NO_PLACE_HELD
withdrawn                 | REQUEST_CLOSED   | REQUEST_CLOSED   | REQUEST_CLOSED        | REQUEST_CLOSED   | REQUEST_CLOSED   | REQUEST_CLOSED        | FORBIDDEN         | FORBIDDEN      | NOT_FOUND        | ok          | ok          | NOT_FOUND      | NOT_HELD      | NOT_HELD     | REQUEST_CLOSED | REQUEST_CLOSED  | REQUEST_CLOSED  | STILL_WAITING | NO_PLACE_HELD
expired                   | REQUEST_CLOSED   | REQUEST_CLOSED   | REQUEST_CLOSED        | REQUEST_CLOSED   | REQUEST_CLOSED   | REQUEST_CLOSED        | FORBIDDEN         | FORBIDDEN      | NOT_FOUND        | ok          | ok          | NOT_FOUND      | NOT_HELD      | NOT_HELD     | REQUEST_CLOSED | REQUEST_CLOSED  | REQUEST_CLOSED  | STILL_WAITING | NO_PLACE_HELD
";

const REQUEST_STATES: &[(&str, &str)] = &[
    ("pending, applied", ""),
    ("pending, asked", "update requests set opened_by = 'community', turn = 'organization' where id = {request}"),
    ("negotiation, theirs", "update requests set state = 'Negotiation' where id = {request}"),
    ("negotiation, ours", "update requests set state = 'Negotiation', turn = 'organization' where id = {request}"),
    ("overdue", "update requests set expires_at = {now}::timestamptz - interval '1 minute' where id = {request}"),
    ("held", "update requests set held_at = {now}, held_for = '{many_links}' where id = {request}"),
    (
        "accepted",
        "update requests set state = 'Accepted', closed_at = {now} where id = {request};
         update opportunities set status = 'Filled' where id = {opportunity};
         insert into place_claims (place_id, request_id, claimed_at)
         select id, {request}, {now}::timestamptz - interval '1 hour' from opportunity_places where opportunity_id = {opportunity}",
    ),
    ("rejected", "update requests set state = 'Rejected', rejection_reason = 'Budget', closed_at = {now} where id = {request}"),
    ("withdrawn", "update requests set state = 'Withdrawn', closed_at = {now} where id = {request}"),
    (
        "expired",
        "update requests set state = 'Expired', expires_at = {now}::timestamptz - interval '1 day', closed_at = {now}
         where id = {request}",
    ),
];

/// An event of Apex Circle on which nothing hangs. A draft needs its title only, publishing needs the rest; what is over is
/// archived, and what is archived stays as it was. A deleted one is nothing to anybody but to who restores it.
const EVENT: &str = "
                          | owner edits    | owner publishes  | owner completes     | owner archives      | owner duplicates | owner deletes  | owner restores | volunteer edits | volunteer deletes | stranger edits | visitor reads | owner adds a partner | owner asks for it
draft, a title            | ok             | VALIDATION_ERROR | EVENT_NOT_PUBLISHED | EVENT_NOT_COMPLETED | ok               | ok             | NOT_FOUND      | FORBIDDEN       | FORBIDDEN         | NOT_FOUND      | NOT_FOUND     | ok                   | EVENT_NOT_PUBLISHED
draft, whole              | ok             | ok               | EVENT_NOT_PUBLISHED | EVENT_NOT_COMPLETED | ok               | ok             | NOT_FOUND      | FORBIDDEN       | FORBIDDEN         | NOT_FOUND      | NOT_FOUND     | ok                   | EVENT_NOT_PUBLISHED
draft, too late           | ok             | VALIDATION_ERROR | EVENT_NOT_PUBLISHED | EVENT_NOT_COMPLETED | ok               | ok             | NOT_FOUND      | FORBIDDEN       | FORBIDDEN         | NOT_FOUND      | NOT_FOUND     | ok                   | EVENT_NOT_PUBLISHED
upcoming                  | ok             | ok               | EVENT_NOT_OVER      | EVENT_NOT_COMPLETED | ok               | ok             | NOT_FOUND      | FORBIDDEN       | FORBIDDEN         | NOT_FOUND      | ok            | ok                   | ok
upcoming, not public      | ok             | ok               | EVENT_NOT_OVER      | EVENT_NOT_COMPLETED | ok               | ok             | NOT_FOUND      | FORBIDDEN       | FORBIDDEN         | NOT_FOUND      | NOT_FOUND     | ok                   | ok
upcoming, hidden by staff | ok             | ok               | EVENT_NOT_OVER      | EVENT_NOT_COMPLETED | ok               | ok             | NOT_FOUND      | FORBIDDEN       | FORBIDDEN         | NOT_FOUND      | NOT_FOUND     | ok                   | LISTING_HIDDEN
live                      | ok             | ok               | EVENT_NOT_OVER      | EVENT_NOT_COMPLETED | ok               | ok             | NOT_FOUND      | FORBIDDEN       | FORBIDDEN         | NOT_FOUND      | ok            | ok                   | ok
live, its end has come    | ok             | ok               | ok                  | EVENT_NOT_COMPLETED | ok               | ok             | NOT_FOUND      | FORBIDDEN       | FORBIDDEN         | NOT_FOUND      | ok            | ok                   | VALIDATION_ERROR
completed                 | ok             | EVENT_OVER       | ok                  | ok                  | ok               | ok             | NOT_FOUND      | FORBIDDEN       | FORBIDDEN         | NOT_FOUND      | ok            | ok                   | EVENT_NOT_PUBLISHED
archived                  | EVENT_ARCHIVED | EVENT_ARCHIVED   | EVENT_ARCHIVED      | ok                  | ok               | EVENT_ARCHIVED | NOT_FOUND      | FORBIDDEN       | FORBIDDEN         | NOT_FOUND      | ok            | EVENT_ARCHIVED       | EVENT_NOT_PUBLISHED
deleted as a draft        | NOT_FOUND      | NOT_FOUND        | NOT_FOUND           | NOT_FOUND           | NOT_FOUND        | NOT_FOUND      | ok             | NOT_FOUND       | NOT_FOUND         | NOT_FOUND      | NOT_FOUND     | NOT_FOUND            | VALIDATION_ERROR
deleted as upcoming       | NOT_FOUND      | NOT_FOUND        | NOT_FOUND           | NOT_FOUND           | NOT_FOUND        | NOT_FOUND      | ok             | NOT_FOUND       | NOT_FOUND         | NOT_FOUND      | NOT_FOUND     | NOT_FOUND            | VALIDATION_ERROR
";

/// Everything that publishing needs, as HackFest has it; the rest of a state says when it is.
const WHOLE: &str = "update events e set description_markdown = 'What happens.', event_type = h.event_type, category = h.category,
     format = h.format, region = h.region, venue_name = h.venue_name, max_attendees = h.max_attendees
     from events h where e.id = {event} and h.id = {hackfest};
     update events set start_at = date_trunc('minute', {now}::timestamptz + interval '{from} hours'),
         end_at = date_trunc('minute', {now}::timestamptz + interval '{to} hours') where id = {event};
     update events set starts_wall = start_at at time zone timezone, ends_wall = end_at at time zone timezone where id = {event}; ";

const EVENT_STATES: &[(&str, (i32, i32), &str)] = &[
    ("draft, a title", (0, 0), ""),
    ("draft, whole", (480, 500), ""),
    ("draft, too late", (-48, -24), ""),
    ("upcoming", (480, 500), "update events set status = 'Upcoming' where id = {event}"),
    ("upcoming, not public", (480, 500), "update events set status = 'Upcoming', public_visible = false where id = {event}"),
    ("upcoming, hidden by staff", (480, 500), "update events set status = 'Upcoming', hidden_reason = 'x' where id = {event}"),
    ("live", (-2, 20), "update events set status = 'Live' where id = {event}"),
    ("live, its end has come", (-20, -1), "update events set status = 'Live' where id = {event}"),
    ("completed", (-48, -24), "update events set status = 'Completed' where id = {event}"),
    ("archived", (-48, -24), "update events set status = 'Archived' where id = {event}"),
    ("deleted as a draft", (0, 0), "update events set deleted_at = {now}, deleted_by = {ravi} where id = {event}"),
    (
        "deleted as upcoming",
        (480, 500),
        "update events set status = 'Upcoming', deleted_at = {now}, deleted_by = {ravi} where id = {event}",
    ),
];

/// An opportunity with one place, for an event that is published. Applications are taken while it is open and its day has not
/// passed; for the waiting list of a full one too. What staff took off the marketplace is there for its community alone.
const OPPORTUNITY: &str = "
                          | owner edits        | owner opens           | owner closes         | volunteer edits | stranger edits | sponsor applies    | sponsor waits      | unverified applies | visitor reads
draft                     | ok                 | ok                    | OPPORTUNITY_NOT_OPEN | FORBIDDEN       | NOT_FOUND      | NOT_FOUND          | NOT_FOUND          | NOT_VERIFIED       | NOT_FOUND
open                      | ok                 | ok                    | ok                   | FORBIDDEN       | NOT_FOUND      | ok                 | ok                 | NOT_VERIFIED       | ok
open, its day has passed  | VALIDATION_ERROR   | ok                    | ok                   | FORBIDDEN       | NOT_FOUND      | OPPORTUNITY_CLOSED | OPPORTUNITY_CLOSED | NOT_VERIFIED       | ok
open, hidden by staff     | ok                 | ok                    | ok                   | FORBIDDEN       | NOT_FOUND      | NOT_FOUND          | NOT_FOUND          | NOT_VERIFIED       | NOT_FOUND
filled                    | PLACES_TAKEN       | OPPORTUNITY_NOT_DRAFT | OPPORTUNITY_NOT_OPEN | FORBIDDEN       | NOT_FOUND      | OPPORTUNITY_CLOSED | ok                 | NOT_VERIFIED       | ok
closed                    | OPPORTUNITY_CLOSED | ok                    | ok                   | FORBIDDEN       | NOT_FOUND      | OPPORTUNITY_CLOSED | OPPORTUNITY_CLOSED | NOT_VERIFIED       | ok
";

const OPPORTUNITY_STATES: &[(&str, &str)] = &[
    ("draft", "update opportunities set status = 'Draft' where id = {opportunity}"),
    ("open", ""),
    (
        "open, its day has passed",
        "update opportunities set decision_date = ({now}::timestamptz - interval '3 days')::date,
             decision_at = {now}::timestamptz - interval '2 days' where id = {opportunity}",
    ),
    ("open, hidden by staff", "update opportunities set hidden_reason = 'x' where id = {opportunity}"),
    (
        "filled",
        "update opportunities set status = 'Filled' where id = {opportunity};
         insert into place_claims (place_id, request_id, claimed_at)
         select p.id, r.id, {now}::timestamptz - interval '1 hour' from opportunity_places p, requests r
         where p.opportunity_id = {opportunity} and r.opened_by = 'community' order by r.id limit 1",
    ),
    ("closed", "update opportunities set status = 'Closed' where id = {opportunity}"),
];

/// Acme: staff decide, its people speak for it. Only a verified one deals, and invites people; a disabled one stays as it was.
/// Disabling a verified one takes two. Nobody acts for a profile that a community added, but it can be asked: the request
/// waits. What was merged leads to what took it over.
const ORGANIZATION: &str = "
                          | staff verify | staff ask more | staff refuse | staff disable        | staff restore | staff keep  | owner verifies | admin edits | admin answers | admin applies | admin accepts | admin invites | DevRel edits | admin reads a request | owner asks for it   | visitor reads
waiting                   | ok           | ok             | ok           | NOT_WAITING          | NOT_WAITING   | NOT_WAITING | FORBIDDEN      | ok          | NOTHING_ASKED | NOT_VERIFIED  | NOT_VERIFIED  | NOT_VERIFIED  | FORBIDDEN    | ok                    | NOT_TAKING_REQUESTS | NOT_FOUND
more asked                | ok           | ok             | ok           | NOT_WAITING          | NOT_WAITING   | NOT_WAITING | FORBIDDEN      | ok          | ok            | NOT_VERIFIED  | NOT_VERIFIED  | NOT_VERIFIED  | FORBIDDEN    | ok                    | NOT_TAKING_REQUESTS | NOT_FOUND
refused                   | ok           | NOT_WAITING    | NOT_WAITING  | NOT_WAITING          | NOT_WAITING   | NOT_WAITING | FORBIDDEN      | ok          | NOTHING_ASKED | NOT_VERIFIED  | NOT_VERIFIED  | NOT_VERIFIED  | FORBIDDEN    | ok                    | NOT_TAKING_REQUESTS | NOT_FOUND
verified                  | NOT_WAITING  | NOT_WAITING    | NOT_WAITING  | ok                   | NOT_WAITING   | NOT_WAITING | FORBIDDEN      | ok          | NOTHING_ASKED | ok            | ok            | ok            | FORBIDDEN    | ok                    | ok                  | ok
disabling by a colleague  | NOT_WAITING  | NOT_WAITING    | NOT_WAITING  | ok                   | NOT_WAITING   | ok          | FORBIDDEN      | ok          | NOTHING_ASKED | ok            | ok            | ok            | FORBIDDEN    | ok                    | ok                  | ok
disabling by oneself      | NOT_WAITING  | NOT_WAITING    | NOT_WAITING  | SECOND_PERSON_NEEDED | NOT_WAITING   | ok          | FORBIDDEN      | ok          | NOTHING_ASKED | ok            | ok            | ok            | FORBIDDEN    | ok                    | ok                  | ok
community added           | NOT_WAITING  | NOT_WAITING    | NOT_WAITING  | ok                   | NOT_WAITING   | NOT_WAITING | FORBIDDEN      | NOT_FOUND   | NOT_FOUND     | FORBIDDEN     | NOT_FOUND     | FORBIDDEN     | NOT_FOUND    | NOT_FOUND             | ok                  | ok
disabled                  | NOT_WAITING  | NOT_WAITING    | NOT_WAITING  | NOT_WAITING          | ok            | NOT_WAITING | FORBIDDEN      | DISABLED    | NOTHING_ASKED | NOT_VERIFIED  | NOT_VERIFIED  | NOT_VERIFIED  | FORBIDDEN    | ok                    | NOT_TAKING_REQUESTS | NOT_FOUND
merged                    | MERGED       | MERGED         | MERGED       | MERGED               | MERGED        | MERGED      | FORBIDDEN      | DISABLED    | NOTHING_ASKED | NOT_VERIFIED  | NOT_VERIFIED  | NOT_VERIFIED  | FORBIDDEN    | ok                    | NOT_TAKING_REQUESTS | ok
";

const ORGANIZATION_STATES: &[(&str, &str)] = &[
    ("waiting", "update organizations set verification_status = 'Pending Verification' where id = {acme}"),
    (
        "more asked",
        "update organizations set verification_status = 'Pending Verification', more_asked = 'What for?' where id = {acme}",
    ),
    ("refused", "update organizations set verification_status = 'Pending Verification', refused_at = {now} where id = {acme}"),
    ("verified", ""),
    (
        "disabling by a colleague",
        "update organizations set disabling_proposed_by = (select id from users where email = 'omar@commdesk.example'),
             disabling_proposed_at = {now}, disabling_reason = 'x' where id = {acme}",
    ),
    (
        "disabling by oneself",
        "update organizations set disabling_proposed_by = (select id from users where email = 'rhea@states.example'),
             disabling_proposed_at = {now}, disabling_reason = 'x' where id = {acme}",
    ),
    ("community added", "update organizations set verification_status = 'Community Added' where id = {acme}"),
    ("disabled", "update organizations set verification_status = 'Disabled', disabled_from = 'Verified' where id = {acme}"),
    (
        "merged",
        "update organizations set verification_status = 'Disabled', merged_at = {now},
             merged_into = (select id from organizations where slug = 'lumen-data') where id = {acme}",
    ),
];

/// Apex Circle: staff decide, everybody of it drafts in every state, and only an approved or active one reaches the
/// marketplace, with all that it has there. What staff asked is answered while it waits.
const COMMUNITY: &str = "
                          | staff approve      | staff reject    | staff ask more  | staff suspend | staff restore | owner approves | owner confirms | volunteer confirms | owner edits | owner answers | owner drafts | owner publishes | owner asks a sponsor | owner accepts | owner invites | volunteer drafts | sponsor applies | visitor reads | visitor reads its event | visitor reads its offer
pending                   | EMAIL_NOT_VERIFIED | ok              | ok              | NOT_APPROVED  | NOT_SUSPENDED | FORBIDDEN      | ok             | NOT_FOUND          | ok          | 409           | ok           | NOT_APPROVED    | NOT_APPROVED         | NOT_APPROVED  | NOT_APPROVED  | FORBIDDEN        | NOT_FOUND       | NOT_FOUND     | NOT_FOUND               | NOT_FOUND
under review              | ok                 | ok              | ok              | NOT_APPROVED  | NOT_SUSPENDED | FORBIDDEN      | NOT_FOUND      | NOT_FOUND          | ok          | 409           | ok           | NOT_APPROVED    | NOT_APPROVED         | NOT_APPROVED  | NOT_APPROVED  | FORBIDDEN        | NOT_FOUND       | NOT_FOUND     | NOT_FOUND               | NOT_FOUND
under review, more asked  | ok                 | ok              | ok              | NOT_APPROVED  | NOT_SUSPENDED | FORBIDDEN      | NOT_FOUND      | NOT_FOUND          | ok          | ok            | ok           | NOT_APPROVED    | NOT_APPROVED         | NOT_APPROVED  | NOT_APPROVED  | FORBIDDEN        | NOT_FOUND       | NOT_FOUND     | NOT_FOUND               | NOT_FOUND
approved                  | ALREADY_DECIDED    | ALREADY_DECIDED | ALREADY_DECIDED | ok            | NOT_SUSPENDED | FORBIDDEN      | NOT_FOUND      | NOT_FOUND          | ok          | 409           | ok           | ok              | ok                   | ok            | ok            | FORBIDDEN        | ok              | ok            | ok                      | ok
active                    | ALREADY_DECIDED    | ALREADY_DECIDED | ALREADY_DECIDED | ok            | NOT_SUSPENDED | FORBIDDEN      | NOT_FOUND      | NOT_FOUND          | ok          | 409           | ok           | ok              | ok                   | ok            | ok            | FORBIDDEN        | ok              | ok            | ok                      | ok
rejected                  | ALREADY_DECIDED    | ALREADY_DECIDED | ALREADY_DECIDED | NOT_APPROVED  | NOT_SUSPENDED | FORBIDDEN      | NOT_FOUND      | NOT_FOUND          | REJECTED    | 409           | ok           | NOT_APPROVED    | NOT_APPROVED         | NOT_APPROVED  | NOT_APPROVED  | FORBIDDEN        | NOT_FOUND       | NOT_FOUND     | NOT_FOUND               | NOT_FOUND
suspended                 | ok                 | ALREADY_DECIDED | ALREADY_DECIDED | NOT_APPROVED  | ok            | FORBIDDEN      | NOT_FOUND      | NOT_FOUND          | ok          | 409           | ok           | NOT_APPROVED    | NOT_APPROVED         | NOT_APPROVED  | NOT_APPROVED  | FORBIDDEN        | NOT_FOUND       | NOT_FOUND     | NOT_FOUND               | NOT_FOUND
";

const COMMUNITY_STATES: &[(&str, &str)] = &[
    ("pending", "update communities set status = 'pending' where id = {apex}"),
    ("under review", "update communities set status = 'under_review' where id = {apex}"),
    (
        "under review, more asked",
        "update communities set status = 'under_review', more_asked = 'Which events?' where id = {apex}",
    ),
    ("approved", "update communities set status = 'approved' where id = {apex}"),
    ("active", "update communities set status = 'active' where id = {apex}"),
    ("rejected", "update communities set status = 'rejected' where id = {apex}"),
    ("suspended", "update communities set status = 'suspended' where id = {apex}"),
];

/// Vera, on Apex Circle's list. Only active members act. Nobody is made active who never said yes, and a ban is lifted before
/// anything else. Members of a community are not removed.
const MEMBER: &str = "
                          | owner invites     | owner activates   | owner makes inactive | owner suspends    | owner bans        | owner gives a role | owner removes     | she reads a draft | she leaves | she gives a role | suspended organizer | stranger bans
on boarding               | ok                | STATUS_NOT_OPEN   | ok                   | STATUS_NOT_OPEN   | STATUS_NOT_OPEN   | ok                 | STATUS_NOT_OPEN   | NOT_FOUND         | FORBIDDEN  | FORBIDDEN        | FORBIDDEN           | NOT_FOUND
active                    | STATUS_NOT_OPEN   | ok                | ok                   | ok                | ok                | ok                 | STATUS_NOT_OPEN   | ok                | ok         | FORBIDDEN        | FORBIDDEN           | NOT_FOUND
inactive                  | STATUS_NOT_OPEN   | ok                | ok                   | ok                | ok                | ok                 | STATUS_NOT_OPEN   | NOT_FOUND         | FORBIDDEN  | FORBIDDEN        | FORBIDDEN           | NOT_FOUND
inactive, never joined    | ok                | STATUS_NOT_OPEN   | ok                   | STATUS_NOT_OPEN   | STATUS_NOT_OPEN   | ok                 | STATUS_NOT_OPEN   | NOT_FOUND         | FORBIDDEN  | FORBIDDEN        | FORBIDDEN           | NOT_FOUND
suspended                 | STATUS_NOT_OPEN   | ok                | ok                   | ok                | ok                | ok                 | STATUS_NOT_OPEN   | NOT_FOUND         | FORBIDDEN  | FORBIDDEN        | FORBIDDEN           | NOT_FOUND
banned                    | STATUS_NOT_OPEN   | STATUS_NOT_OPEN   | ok                   | STATUS_NOT_OPEN   | ok                | ok                 | STATUS_NOT_OPEN   | NOT_FOUND         | FORBIDDEN  | FORBIDDEN        | FORBIDDEN           | NOT_FOUND
";

const MEMBER_STATES: &[(&str, &str)] = &[
    ("on boarding", "update members set status = 'On Boarding', has_joined = false where id = {vera}"),
    ("active", ""),
    ("inactive", "update members set status = 'Inactive' where id = {vera}"),
    ("inactive, never joined", "update members set status = 'Inactive', has_joined = false where id = {vera}"),
    ("suspended", "update members set status = 'Suspended' where id = {vera}"),
    ("banned", "update members set status = 'Banned' where id = {vera}"),
];

/// An invitation to Apex Circle. An expired one can be sent again; what was taken back or accepted is over.
const INVITATION: &str = "
                          | owner resends       | owner revokes       | volunteer resends | stranger revokes | invited accepts     | another accepts
open                      | ok                  | ok                  | FORBIDDEN         | NOT_FOUND        | ok                  | INVITATION_FOR_ANOTHER
accepted                  | INVITATION_ACCEPTED | INVITATION_ACCEPTED | FORBIDDEN         | NOT_FOUND        | INVITATION_ACCEPTED | INVITATION_FOR_ANOTHER
revoked                   | INVITATION_REVOKED  | INVITATION_REVOKED  | FORBIDDEN         | NOT_FOUND        | INVITATION_REVOKED  | INVITATION_FOR_ANOTHER
expired                   | ok                  | ok                  | FORBIDDEN         | NOT_FOUND        | INVITATION_EXPIRED  | INVITATION_FOR_ANOTHER
";

const INVITATION_STATES: &[(&str, &str)] = &[
    ("open", ""),
    ("accepted", "update invitations set accepted_at = {now}, accepted_by = {ravi} where id = {invitation}"),
    ("revoked", "update invitations set revoked_at = {now} where id = {invitation}"),
    ("expired", "update invitations set expires_at = {now}::timestamptz - interval '1 minute' where id = {invitation}"),
];

/// Ravi's wish to belong to Acme. Its admins decide once, or, where it is asked of a mailbox, that mailbox alone.
const WISH: &str = "
                          | admin accepts | admin declines | DevRel declines | stranger declines | community declines
waiting                   | ok            | ok             | FORBIDDEN       | NOT_FOUND         | FORBIDDEN
accepted                  | JOIN_DECIDED  | JOIN_DECIDED   | FORBIDDEN       | NOT_FOUND         | FORBIDDEN
declined                  | JOIN_DECIDED  | JOIN_DECIDED   | FORBIDDEN       | NOT_FOUND         | FORBIDDEN
a mailbox decides         | NOT_FOUND     | NOT_FOUND      | FORBIDDEN       | NOT_FOUND         | FORBIDDEN
";

const WISH_STATES: &[(&str, &str)] = &[
    ("waiting", "update join_requests set decider_email = null where id = {join_request}"),
    (
        "accepted",
        "update join_requests set decider_email = null, accepted_at = {now}, decided_by = {asha}, role = 'DevRel Manager'
         where id = {join_request}",
    ),
    (
        "declined",
        "update join_requests set decider_email = null, declined_at = {now}, decided_by = {asha} where id = {join_request}",
    ),
    ("a mailbox decides", ""),
];

/// Who stands on HackFest's page. What both sides agreed on keeps its name, and is not taken away without a reason.
const PARTNER: &str = "
                          | owner edits    | owner renames  | owner shows    | owner removes    | with a reason  | volunteer edits | stranger edits
a note                    | ok             | ok             | ok             | ok               | ok             | FORBIDDEN       | NOT_FOUND
shown                     | ok             | ok             | ok             | ok               | ok             | FORBIDDEN       | NOT_FOUND
agreed                    | ok             | AGREED         | ok             | VALIDATION_ERROR | ok             | FORBIDDEN       | NOT_FOUND
removed                   | NOT_FOUND      | NOT_FOUND      | NOT_FOUND      | NOT_FOUND        | NOT_FOUND      | FORBIDDEN       | NOT_FOUND
on an archived event      | EVENT_ARCHIVED | EVENT_ARCHIVED | EVENT_ARCHIVED | EVENT_ARCHIVED   | EVENT_ARCHIVED | FORBIDDEN       | NOT_FOUND
";

const PARTNER_STATES: &[(&str, &str)] = &[
    ("a note", ""),
    ("shown", "update event_partners set visible = true where id = {link}"),
    ("agreed", "update event_partners set visible = true, organization_id = {acme}, request_id = {request} where id = {link}"),
    ("removed", "update event_partners set removed_at = {now} where id = {link}"),
    ("on an archived event", "update events set status = 'Archived' where id = {hackfest}"),
];

/// A key that Ravi made, which may read requests. It is nobody once it is revoked or over, and can never do more than Ravi.
const KEY: &str = "
                          | program reads   | program rejects | maker revokes   | volunteer revokes | stranger revokes
live                      | ok              | KEY_SCOPE       | ok              | FORBIDDEN         | NOT_FOUND
expired                   | API_KEY_INVALID | API_KEY_INVALID | ok              | FORBIDDEN         | NOT_FOUND
revoked                   | API_KEY_INVALID | API_KEY_INVALID | ok              | FORBIDDEN         | NOT_FOUND
its maker is suspended    | API_KEY_INVALID | API_KEY_INVALID | NOT_FOUND       | FORBIDDEN         | NOT_FOUND
its maker's login is shut | API_KEY_INVALID | API_KEY_INVALID | UNAUTHENTICATED | FORBIDDEN         | NOT_FOUND
";

const KEY_STATES: &[(&str, &str)] = &[
    ("live", ""),
    (
        "expired",
        "update api_keys set created_at = {now}::timestamptz - interval '2 days',
             expires_at = {now}::timestamptz - interval '1 minute' where id = {key}",
    ),
    ("revoked", "update api_keys set revoked_at = {now}, revoked_by = {ravi} where id = {key}"),
    ("its maker is suspended", "update members set status = 'Suspended' where user_id = {ravi}"),
    ("its maker's login is shut", "update users set suspended_at = {now} where id = {ravi}"),
];

/// The login of Tomás. Only admins of the platform shut one.
const LOGIN: &str = "
                          | he reads        | he signs in | admin suspends | admin restores | review suspends | he suspends
open                      | ok              | ok          | ok             | NOT_SUSPENDED  | FORBIDDEN       | FORBIDDEN
suspended                 | UNAUTHENTICATED | SUSPENDED   | SUSPENDED      | ok             | FORBIDDEN       | UNAUTHENTICATED
";

const LOGIN_STATES: &[(&str, &str)] =
    &[("open", ""), ("suspended", "update users set suspended_at = {now} where email = 'tomas@lumen.example'")];

/// Nils claims Northwind Labs, which Apex Circle has added. Staff approve what is proven, and refuse what is open; nobody
/// decides on their own claim. Who waits for staff may ask again and again, by the mailbox or by the DNS; what was decided is
/// asked anew. Once somebody leads the profile, nobody claims it; where nobody leads it any more, its domain's DNS decides.
const CLAIM: &str = "
                           | staff approve        | staff refuse         | a colleague approves | community approves | claimant approves | claimant asks again | claimant takes a text | claimant looks for it | another takes a text | community invites | volunteer invites | visitor reads
asked by a mailbox         | CLAIM_NOT_PROVEN     | ok                   | CLAIM_NOT_PROVEN     | FORBIDDEN          | FORBIDDEN         | ok                  | ok                    | NOT_FOUND             | ok                   | ok                | FORBIDDEN         | ok
asked by its DNS           | CLAIM_NOT_PROVEN     | ok                   | CLAIM_NOT_PROVEN     | FORBIDDEN          | FORBIDDEN         | ok                  | ok                    | PROOF_NOT_FOUND       | ok                   | ok                | FORBIDDEN         | ok
proven                     | ok                   | ok                   | ok                   | FORBIDDEN          | FORBIDDEN         | ok                  | ok                    | NOT_FOUND             | ok                   | ok                | FORBIDDEN         | ok
proven by one of the staff | CONFLICT_OF_INTEREST | CONFLICT_OF_INTEREST | ok                   | FORBIDDEN          | FORBIDDEN         | ok                  | ok                    | NOT_FOUND             | ok                   | ok                | FORBIDDEN         | ok
proven, and disabled       | NOT_CLAIMABLE        | ok                   | NOT_CLAIMABLE        | FORBIDDEN          | FORBIDDEN         | NOT_FOUND           | NOT_FOUND             | NOT_FOUND             | NOT_FOUND            | NOT_FOUND         | FORBIDDEN         | NOT_FOUND
approved                   | NOT_FOUND            | NOT_FOUND            | NOT_FOUND            | FORBIDDEN          | FORBIDDEN         | NOT_CLAIMABLE       | ok                    | NOT_FOUND             | NOT_CLAIMABLE        | NOT_CLAIMABLE     | FORBIDDEN         | ok
approved, nobody is left   | NOT_FOUND            | NOT_FOUND            | NOT_FOUND            | FORBIDDEN          | FORBIDDEN         | NOT_CLAIMABLE       | ok                    | NOT_FOUND             | ok                   | NOT_CLAIMABLE     | FORBIDDEN         | ok
refused                    | NOT_FOUND            | NOT_FOUND            | NOT_FOUND            | FORBIDDEN          | FORBIDDEN         | ok                  | ok                    | NOT_FOUND             | ok                   | ok                | FORBIDDEN         | ok
";

const CLAIM_STATES: &[(&str, &str)] = &[
    ("asked by a mailbox", ""),
    (
        "asked by its DNS",
        "update organization_claims set method = 'dns' where id = {claim};
         insert into domain_proofs (organization_id, user_id, domain, token, asked_at)
         values ({northwind}, {nils}, 'northwind.example', 'x', {now})",
    ),
    ("proven", "update organization_claims set state = 'Proven', proven_at = {now} where id = {claim}"),
    (
        "proven by one of the staff",
        "update organization_claims set state = 'Proven', proven_at = {now}, user_id = {rhea} where id = {claim}",
    ),
    (
        "proven, and disabled",
        "update organization_claims set state = 'Proven', proven_at = {now} where id = {claim};
         update organizations set verification_status = 'Disabled', disabled_from = 'Community Added' where id = {northwind}",
    ),
    (
        "approved",
        "update organization_claims set state = 'Approved', proven_at = {now}, decided_at = {now}, reason = 'x' where id = {claim};
         update organizations set verification_status = 'Verified', applied_by = {nils} where id = {northwind};
         insert into organization_members (id, organization_id, user_id, role, created_at)
         values (gen_random_uuid(), {northwind}, {nils}, 'Sponsor Admin', {now})",
    ),
    (
        "approved, nobody is left",
        "update organization_claims set state = 'Approved', proven_at = {now}, decided_at = {now}, reason = 'x' where id = {claim};
         update organizations set verification_status = 'Verified', applied_by = {nils} where id = {northwind}",
    ),
    ("refused", "update organization_claims set state = 'Refused', decided_at = {now}, reason = 'x' where id = {claim}"),
];

/// Acme would like another website. The one that it has keeps its standing until staff have approved the other, and nobody
/// gets a website that is somebody else's. A disabled profile stays as it is; a wish of its may still be refused or taken back.
const PROPOSAL: &str = "
                          | staff approve        | staff refuse         | community approves | admin approves | admin withdraws  | DevRel withdraws | stranger withdraws | admin proposes another | DevRel proposes | visitor reads
open                      | ok                   | ok                   | FORBIDDEN          | FORBIDDEN      | ok               | FORBIDDEN        | NOT_FOUND          | ok                     | FORBIDDEN       | ok
open, somebody has it     | DOMAIN_TAKEN         | ok                   | FORBIDDEN          | FORBIDDEN      | ok               | FORBIDDEN        | NOT_FOUND          | ok                     | FORBIDDEN       | ok
open, of one's own        | CONFLICT_OF_INTEREST | CONFLICT_OF_INTEREST | FORBIDDEN          | FORBIDDEN      | ok               | FORBIDDEN        | NOT_FOUND          | ok                     | FORBIDDEN       | ok
open, and disabled        | DISABLED             | ok                   | FORBIDDEN          | FORBIDDEN      | ok               | FORBIDDEN        | NOT_FOUND          | DISABLED               | FORBIDDEN       | NOT_FOUND
approved                  | NOTHING_PROPOSED     | NOTHING_PROPOSED     | FORBIDDEN          | FORBIDDEN      | NOTHING_PROPOSED | FORBIDDEN        | NOT_FOUND          | ok                     | FORBIDDEN       | ok
refused                   | NOTHING_PROPOSED     | NOTHING_PROPOSED     | FORBIDDEN          | FORBIDDEN      | NOTHING_PROPOSED | FORBIDDEN        | NOT_FOUND          | ok                     | FORBIDDEN       | ok
withdrawn                 | NOTHING_PROPOSED     | NOTHING_PROPOSED     | FORBIDDEN          | FORBIDDEN      | NOTHING_PROPOSED | FORBIDDEN        | NOT_FOUND          | ok                     | FORBIDDEN       | ok
";

const PROPOSAL_STATES: &[(&str, &str)] = &[
    ("open", ""),
    (
        "open, somebody has it",
        "update website_proposals set website = 'https://lumen.example',
             identity_key = (select identity_key from organizations where id = {lumen}) where id = {proposal}",
    ),
    ("open, of one's own", RHEA_OF_ACME),
    (
        "open, and disabled",
        "update organizations set verification_status = 'Disabled', disabled_from = 'Verified' where id = {acme}",
    ),
    (
        "approved",
        "update website_proposals set state = 'Approved', decided_at = {now}, reason = 'x' where id = {proposal};
         update organizations set website = 'https://x.example', identity_key = 'x.example' where id = {acme}",
    ),
    ("refused", "update website_proposals set state = 'Refused', decided_at = {now}, reason = 'x' where id = {proposal}"),
    ("withdrawn", "update website_proposals set state = 'Withdrawn', decided_at = {now} where id = {proposal}"),
];

/// One of the staff has a seat in Acme too.
const RHEA_OF_ACME: &str = "insert into organization_members (id, organization_id, user_id, role, created_at)
     values (gen_random_uuid(), {acme}, {rhea}, 'DevRel Manager', {now})";

/// Acme's application for the one place of an opportunity, in the line for it. It waits for its answer, or only for the place
/// once the community has agreed beforehand. A place is kept for whoever has to say yes, and for a while: whoever comes
/// later, by any door, takes nothing, although the sweeper has not come yet. What is over for a request is over for its place.
const PLACE: &str = "
                          | admin waits     | owner agrees    | admin takes    | owner takes | owner accepts   | owner rejects   | admin withdraws | owner releases | admin releases | volunteer agrees | DevRel takes | stranger takes | owner reads | admin reads | volunteer reads | stranger reads | another applies    | another waits
waits for the answer      | ALREADY_WAITING | ok              | STILL_WAITING  | FORBIDDEN   | NO_PLACE_LEFT   | ok              | ok              | NO_PLACE_HELD  | FORBIDDEN      | FORBIDDEN        | FORBIDDEN    | NOT_FOUND      | ok          | ok          | FORBIDDEN       | NOT_FOUND      | OPPORTUNITY_CLOSED | ok
waits, held by staff      | ALREADY_WAITING | NOT_FOUND       | STILL_WAITING  | NOT_FOUND   | NOT_FOUND       | NOT_FOUND       | ok              | NOT_FOUND      | FORBIDDEN      | NOT_FOUND        | FORBIDDEN    | NOT_FOUND      | NOT_FOUND   | ok          | NOT_FOUND       | NOT_FOUND      | OPPORTUNITY_CLOSED | ok
waits, and overdue        | REQUEST_EXPIRED | REQUEST_EXPIRED | STILL_WAITING  | FORBIDDEN   | REQUEST_EXPIRED | REQUEST_EXPIRED | REQUEST_EXPIRED | NO_PLACE_HELD  | FORBIDDEN      | FORBIDDEN        | FORBIDDEN    | NOT_FOUND      | ok          | ok          | FORBIDDEN       | NOT_FOUND      | OPPORTUNITY_CLOSED | ok
agreed, waits             | ALREADY_WAITING | ALREADY_WAITING | STILL_WAITING  | FORBIDDEN   | NO_PLACE_LEFT   | ok              | ok              | NO_PLACE_HELD  | FORBIDDEN      | FORBIDDEN        | FORBIDDEN    | NOT_FOUND      | ok          | ok          | FORBIDDEN       | NOT_FOUND      | OPPORTUNITY_CLOSED | ok
kept for the answer       | ALREADY_WAITING | ALREADY_WAITING | NOT_YOUR_TURN  | FORBIDDEN   | ok              | ok              | ok              | NO_PLACE_HELD  | FORBIDDEN      | FORBIDDEN        | FORBIDDEN    | NOT_FOUND      | ok          | ok          | FORBIDDEN       | NOT_FOUND      | OPPORTUNITY_CLOSED | ok
agreed, kept              | ALREADY_WAITING | ALREADY_WAITING | ok             | FORBIDDEN   | ok              | ok              | ok              | NO_PLACE_HELD  | FORBIDDEN      | FORBIDDEN        | FORBIDDEN    | NOT_FOUND      | ok          | ok          | FORBIDDEN       | NOT_FOUND      | OPPORTUNITY_CLOSED | ok
kept too long for it      | ALREADY_WAITING | ALREADY_WAITING | OFFER_LAPSED   | FORBIDDEN   | OFFER_LAPSED    | ok              | ok              | NO_PLACE_HELD  | FORBIDDEN      | FORBIDDEN        | FORBIDDEN    | NOT_FOUND      | ok          | ok          | FORBIDDEN       | NOT_FOUND      | OPPORTUNITY_CLOSED | ok
agreed, kept too long     | ALREADY_WAITING | ALREADY_WAITING | OFFER_LAPSED   | FORBIDDEN   | OFFER_LAPSED    | ok              | ok              | NO_PLACE_HELD  | FORBIDDEN      | FORBIDDEN        | FORBIDDEN    | NOT_FOUND      | ok          | ok          | FORBIDDEN       | NOT_FOUND      | OPPORTUNITY_CLOSED | ok
lapsed, another has it    | ok              | ok              | OFFER_LAPSED   | FORBIDDEN   | NO_PLACE_LEFT   | ok              | ok              | NO_PLACE_HELD  | FORBIDDEN      | FORBIDDEN        | FORBIDDEN    | NOT_FOUND      | ok          | ok          | FORBIDDEN       | NOT_FOUND      | OPPORTUNITY_CLOSED | ok
lapsed, nobody has it     | PLACE_FREE      | PLACE_FREE      | OFFER_LAPSED   | FORBIDDEN   | ok              | ok              | ok              | NO_PLACE_HELD  | FORBIDDEN      | FORBIDDEN        | FORBIDDEN    | NOT_FOUND      | ok          | ok          | FORBIDDEN       | NOT_FOUND      | ok                 | ok
taken                     | REQUEST_CLOSED  | REQUEST_CLOSED  | REQUEST_CLOSED | FORBIDDEN   | REQUEST_CLOSED  | REQUEST_CLOSED  | REQUEST_CLOSED  | ok             | FORBIDDEN      | FORBIDDEN        | FORBIDDEN    | NOT_FOUND      | ok          | ok          | FORBIDDEN       | NOT_FOUND      | OPPORTUNITY_CLOSED | ok
taken, and released       | REQUEST_CLOSED  | REQUEST_CLOSED  | REQUEST_CLOSED | FORBIDDEN   | REQUEST_CLOSED  | REQUEST_CLOSED  | REQUEST_CLOSED  | NO_PLACE_HELD  | FORBIDDEN      | FORBIDDEN        | FORBIDDEN    | NOT_FOUND      | ok          | ok          | FORBIDDEN       | NOT_FOUND      | ok                 | ok
left                      | REQUEST_CLOSED  | REQUEST_CLOSED  | REQUEST_CLOSED | FORBIDDEN   | REQUEST_CLOSED  | REQUEST_CLOSED  | REQUEST_CLOSED  | NO_PLACE_HELD  | FORBIDDEN      | FORBIDDEN        | FORBIDDEN    | NOT_FOUND      | ok          | ok          | FORBIDDEN       | NOT_FOUND      | OPPORTUNITY_CLOSED | ok
";

/// A state of [`PLACE`]: who has the place; how the request waits, and who has agreed to that; what else is so.
type InLine = (&'static str, &'static str, (&'static str, &'static str), &'static str);

const PLACE_STATES: &[InLine] = &[
    ("waits for the answer", FULL, ("Waiting", "organization"), ""),
    (
        "waits, held by staff",
        FULL,
        ("Waiting", "organization"),
        "update requests set held_at = {now}, held_for = '{many_links}' where id = {request}",
    ),
    (
        "waits, and overdue",
        FULL,
        ("Waiting", "organization"),
        "update requests set expires_at = {now}::timestamptz - interval '1 minute' where id = {request}",
    ),
    ("agreed, waits", FULL, ("Waiting", "community"), ""),
    ("kept for the answer", KEPT, ("Offered", "organization"), ""),
    ("agreed, kept", KEPT, ("Offered", "community"), ""),
    ("kept too long for it", KEPT, ("Offered", "organization"), TOO_LONG),
    ("agreed, kept too long", KEPT, ("Offered", "community"), TOO_LONG),
    ("lapsed, another has it", FULL, ("Lapsed", "community"), ""),
    ("lapsed, nobody has it", "", ("Lapsed", "community"), ""),
    ("taken", KEPT, ("Taken", "community"), "update requests set state = 'Accepted', closed_at = {now} where id = {request}"),
    (
        "taken, and released",
        "",
        ("Taken", "community"),
        "update requests set state = 'Accepted', closed_at = {now} where id = {request}",
    ),
    ("left", FULL, ("Left", "organization"), "update requests set state = 'Withdrawn', closed_at = {now} where id = {request}"),
];

/// Somebody else has the opportunity's one place.
const FULL: &str = "update opportunities set status = 'Filled' where id = {opportunity};
     insert into place_claims (place_id, request_id, claimed_at)
     select p.id, r.id, {now}::timestamptz - interval '1 hour' from opportunity_places p, requests r
     where p.opportunity_id = {opportunity} and r.opened_by = 'community' order by r.id limit 1";

/// The request itself has it, or it is kept for it.
const KEPT: &str = "update opportunities set status = 'Filled' where id = {opportunity};
     insert into place_claims (place_id, request_id, claimed_at)
     select id, {request}, {now}::timestamptz - interval '1 hour' from opportunity_places where opportunity_id = {opportunity}";

/// Its time was over a minute ago, and the sweeper has not come.
const TOO_LONG: &str =
    "update waiting_list set offer_until = {now}::timestamptz - interval '1 minute' where request_id = {request};
     update place_claims set kept_until = {now}::timestamptz - interval '1 minute' where request_id = {request}";

/// How the request stands in the line.
const LINE: &str = "insert into waiting_list (id, opportunity_id, request_id, side, revision_hash, state, joined_at, offered_at,
                               offer_until, ended_at)
     select gen_random_uuid(), {opportunity}, {request}, '{side}', encode(hash, 'hex'), '{state}',
            {now}::timestamptz - interval '5 days',
            case when '{state}' <> 'Waiting' then {now}::timestamptz - interval '2 days' end,
            case when '{state}' <> 'Waiting' then {now}::timestamptz + interval '1 day' end,
            case when '{state}' not in ('Waiting', 'Offered') then {now}::timestamptz end
     from revisions where request_id = {request}";

/// What Apex Circle means to say to Acme's application, and has not said. Its own people alone know of it. What can be said is
/// released, however often; about what cannot be carried out then, it is noted why. Nothing is prepared about what is closed
/// or waits for the other side, and then nothing is released.
const DECISION: &str = "
                          | owner says yes | owner says no  | owner takes it back | owner releases   | owner reads | volunteer says no | volunteer releases | admin reads | admin says yes | stranger says no | stranger releases | stranger reads | owner accepts   | admin withdraws
nothing                   | ok             | ok             | ok                  | NOTHING_PREPARED | ok          | FORBIDDEN         | FORBIDDEN          | FORBIDDEN   | FORBIDDEN      | NOT_FOUND        | NOT_FOUND         | NOT_FOUND      | ok              | ok
a yes                     | ok             | ok             | ok                  | ok               | ok          | FORBIDDEN         | FORBIDDEN          | FORBIDDEN   | FORBIDDEN      | NOT_FOUND        | NOT_FOUND         | NOT_FOUND      | ok              | ok
a no                      | ok             | ok             | ok                  | ok               | ok          | FORBIDDEN         | FORBIDDEN          | FORBIDDEN   | FORBIDDEN      | NOT_FOUND        | NOT_FOUND         | NOT_FOUND      | ok              | ok
a yes to other words      | ok             | ok             | ok                  | ok               | ok          | FORBIDDEN         | FORBIDDEN          | FORBIDDEN   | FORBIDDEN      | NOT_FOUND        | NOT_FOUND         | NOT_FOUND      | ok              | ok
a yes, and it is full     | ok             | ok             | ok                  | ok               | ok          | FORBIDDEN         | FORBIDDEN          | FORBIDDEN   | FORBIDDEN      | NOT_FOUND        | NOT_FOUND         | NOT_FOUND      | NO_PLACE_LEFT   | ok
being released            | ok             | ok             | ok                  | ok               | ok          | FORBIDDEN         | FORBIDDEN          | FORBIDDEN   | FORBIDDEN      | NOT_FOUND        | NOT_FOUND         | NOT_FOUND      | ok              | ok
could not be said         | ok             | ok             | ok                  | ok               | ok          | FORBIDDEN         | FORBIDDEN          | FORBIDDEN   | FORBIDDEN      | NOT_FOUND        | NOT_FOUND         | NOT_FOUND      | ok              | ok
a yes, overdue            | ok             | ok             | ok                  | ok               | ok          | FORBIDDEN         | FORBIDDEN          | FORBIDDEN   | FORBIDDEN      | NOT_FOUND        | NOT_FOUND         | NOT_FOUND      | REQUEST_EXPIRED | REQUEST_EXPIRED
a yes, not our turn       | NOT_YOUR_TURN  | NOT_YOUR_TURN  | NOT_YOUR_TURN       | NOTHING_PREPARED | ok          | FORBIDDEN         | FORBIDDEN          | FORBIDDEN   | FORBIDDEN      | NOT_FOUND        | NOT_FOUND         | NOT_FOUND      | NOT_YOUR_TURN   | ok
a yes, withdrawn since    | REQUEST_CLOSED | REQUEST_CLOSED | REQUEST_CLOSED      | NOTHING_PREPARED | ok          | FORBIDDEN         | FORBIDDEN          | FORBIDDEN   | FORBIDDEN      | NOT_FOUND        | NOT_FOUND         | NOT_FOUND      | REQUEST_CLOSED  | REQUEST_CLOSED
a yes, accepted since     | REQUEST_CLOSED | REQUEST_CLOSED | REQUEST_CLOSED      | NOTHING_PREPARED | ok          | FORBIDDEN         | FORBIDDEN          | FORBIDDEN   | FORBIDDEN      | NOT_FOUND        | NOT_FOUND         | NOT_FOUND      | REQUEST_CLOSED  | REQUEST_CLOSED
";

const DECISION_STATES: &[(&str, &str)] = &[
    ("nothing", "delete from prepared_decisions where request_id = {request}"),
    ("a yes", ""),
    ("a no", "update prepared_decisions set decision = 'Decline', reason = 'Budget' where request_id = {request}"),
    ("a yes to other words", "update prepared_decisions set revision_hash = repeat('0', 64) where request_id = {request}"),
    ("a yes, and it is full", FULL),
    ("being released", "update prepared_decisions set releasing_at = {now} where request_id = {request}"),
    ("could not be said", "update prepared_decisions set problem = 'x' where request_id = {request}"),
    ("a yes, overdue", "update requests set expires_at = {now}::timestamptz - interval '1 minute' where id = {request}"),
    ("a yes, not our turn", "update requests set state = 'Negotiation', turn = 'organization' where id = {request}"),
    ("a yes, withdrawn since", "update requests set state = 'Withdrawn', closed_at = {now} where id = {request}"),
    ("a yes, accepted since", "update requests set state = 'Accepted', closed_at = {now} where id = {request}"),
];

/// What Asha reported to staff; of Apex Circle, where the state names nothing else. It is decided once, by somebody who does
/// not belong to what it is about; what was hidden because of it can be put back. What is decided already hides nothing any
/// more. A verified organization is hidden by two. Nobody but staff reads what was reported.
const REPORT: &str = "
                          | staff dismiss        | staff warn           | staff show           | staff hide             | visitor reads Apex | a colleague hides      | owner dismisses | reporter dismisses | staff read | owner reads | it is said again | visitor says it
open, a community         | ok                   | ok                   | NOT_HIDDEN           | ok                     | ok                 | ok                     | FORBIDDEN       | FORBIDDEN          | ok         | FORBIDDEN   | ok               | UNAUTHENTICATED
open, an organization     | ok                   | ok                   | NOT_HIDDEN           | SECOND_REVIEWER_NEEDED | ok                 | SECOND_REVIEWER_NEEDED | FORBIDDEN       | FORBIDDEN          | ok         | FORBIDDEN   | ok               | UNAUTHENTICATED
open, a colleague hides   | ok                   | ok                   | NOT_HIDDEN           | ok                     | ok                 | ok                     | FORBIDDEN       | FORBIDDEN          | ok         | FORBIDDEN   | ok               | UNAUTHENTICATED
open, one has said hide   | ok                   | ok                   | NOT_HIDDEN           | SECOND_PERSON_NEEDED   | ok                 | ok                     | FORBIDDEN       | FORBIDDEN          | ok         | FORBIDDEN   | ok               | UNAUTHENTICATED
open, an event            | ok                   | ok                   | NOT_HIDDEN           | ok                     | ok                 | ok                     | FORBIDDEN       | FORBIDDEN          | ok         | FORBIDDEN   | ok               | UNAUTHENTICATED
open, an opportunity      | ok                   | ok                   | NOT_HIDDEN           | ok                     | ok                 | ok                     | FORBIDDEN       | FORBIDDEN          | ok         | FORBIDDEN   | ok               | UNAUTHENTICATED
open, a request           | ok                   | ok                   | NOT_HIDDEN           | CANNOT_HIDE            | ok                 | CANNOT_HIDE            | FORBIDDEN       | FORBIDDEN          | ok         | FORBIDDEN   | ok               | UNAUTHENTICATED
open, of one's own        | CONFLICT_OF_INTEREST | CONFLICT_OF_INTEREST | CONFLICT_OF_INTEREST | CONFLICT_OF_INTEREST   | ok                 | ok                     | FORBIDDEN       | FORBIDDEN          | ok         | FORBIDDEN   | ok               | UNAUTHENTICATED
dismissed                 | REPORT_DECIDED       | REPORT_DECIDED       | NOT_HIDDEN           | REPORT_DECIDED         | ok                 | REPORT_DECIDED         | FORBIDDEN       | FORBIDDEN          | ok         | FORBIDDEN   | ok               | UNAUTHENTICATED
warned                    | REPORT_DECIDED       | REPORT_DECIDED       | NOT_HIDDEN           | REPORT_DECIDED         | ok                 | REPORT_DECIDED         | FORBIDDEN       | FORBIDDEN          | ok         | FORBIDDEN   | ok               | UNAUTHENTICATED
hidden, a community       | REPORT_DECIDED       | REPORT_DECIDED       | ok                   | REPORT_DECIDED         | NOT_FOUND          | REPORT_DECIDED         | FORBIDDEN       | FORBIDDEN          | ok         | FORBIDDEN   | NOT_FOUND        | UNAUTHENTICATED
hidden, an event          | REPORT_DECIDED       | REPORT_DECIDED       | ok                   | REPORT_DECIDED         | ok                 | REPORT_DECIDED         | FORBIDDEN       | FORBIDDEN          | ok         | FORBIDDEN   | ok               | UNAUTHENTICATED
hidden, put back since    | REPORT_DECIDED       | REPORT_DECIDED       | ok                   | REPORT_DECIDED         | ok                 | REPORT_DECIDED         | FORBIDDEN       | FORBIDDEN          | ok         | FORBIDDEN   | ok               | UNAUTHENTICATED
shown                     | REPORT_DECIDED       | REPORT_DECIDED       | NOT_HIDDEN           | REPORT_DECIDED         | ok                 | REPORT_DECIDED         | FORBIDDEN       | FORBIDDEN          | ok         | FORBIDDEN   | ok               | UNAUTHENTICATED
";

const REPORT_STATES: &[(&str, &str)] = &[
    ("open, a community", ""),
    ("open, an organization", "update reports set subject_kind = 'organization', subject_id = {acme} where id = {report}"),
    (
        "open, a colleague hides",
        "update reports set subject_kind = 'organization', subject_id = {acme} where id = {report};
         update organizations set disabling_proposed_by = {omar}, disabling_proposed_at = {now}, disabling_reason = 'x'
         where id = {acme}",
    ),
    (
        "open, one has said hide",
        "update reports set subject_kind = 'organization', subject_id = {acme} where id = {report};
         update organizations set disabling_proposed_by = {rhea}, disabling_proposed_at = {now}, disabling_reason = 'x'
         where id = {acme}",
    ),
    ("open, an event", "update reports set subject_kind = 'event', subject_id = {hackfest} where id = {report}"),
    ("open, an opportunity", "update reports set subject_kind = 'opportunity', subject_id = {opportunity} where id = {report}"),
    ("open, a request", "update reports set subject_kind = 'request', subject_id = {request} where id = {report}"),
    (
        "open, of one's own",
        "insert into members (id, community_id, user_id, role, status, created_at)
         values (gen_random_uuid(), {apex}, {rhea}, 'Volunteer', 'Active', {now})",
    ),
    (
        "dismissed",
        "update reports set state = 'Dismissed', decision_reason = 'x', decided_by = {omar}, decided_at = {now} where id = {report}",
    ),
    (
        "warned",
        "update reports set state = 'Warned', decision_reason = 'x', decided_by = {omar}, decided_at = {now} where id = {report}",
    ),
    (
        "hidden, a community",
        "update reports set state = 'Hidden', decision_reason = 'x', decided_by = {omar}, decided_at = {now} where id = {report};
         update communities set status = 'suspended' where id = {apex}",
    ),
    (
        "hidden, an event",
        "update reports set state = 'Hidden', decision_reason = 'x', decided_by = {omar}, decided_at = {now},
             subject_kind = 'event', subject_id = {hackfest} where id = {report};
         update events set hidden_reason = 'x' where id = {hackfest}",
    ),
    (
        "hidden, put back since",
        "update reports set state = 'Hidden', decision_reason = 'x', decided_by = {omar}, decided_at = {now} where id = {report}",
    ),
    (
        "shown",
        "update reports set state = 'Shown', decision_reason = 'x', decided_by = {omar}, decided_at = {now} where id = {report}",
    ),
];

/// Lumen into Acme, which both are verified: the first of the staff wants it, another one carries it out, or either drops it,
/// and nobody who belongs to one of the two. Who says something of a pair names the pair that is wanted. What nobody has
/// verified goes at once, into what stands higher only.
const MERGE: &str = "
                          | staff merge          | staff drop           | a colleague merges | a colleague drops | staff merge the other | staff merge it alone | community merges | admin merges | admin edits | visitor reads
nothing                   | ok                   | NOT_WAITING          | ok                 | NOT_WAITING       | ok                    | SAME_PROFILE         | FORBIDDEN        | FORBIDDEN    | ok          | ok
a colleague wants it      | ok                   | ok                   | ok                 | ok                | ok                    | SAME_PROFILE         | FORBIDDEN        | FORBIDDEN    | ok          | ok
oneself wants it          | SECOND_PERSON_NEEDED | ok                   | ok                 | ok                | ok                    | SAME_PROFILE         | FORBIDDEN        | FORBIDDEN    | ok          | ok
one wants it elsewhere    | MERGES_ELSEWHERE     | MERGES_ELSEWHERE     | MERGES_ELSEWHERE   | MERGES_ELSEWHERE  | ok                    | SAME_PROFILE         | FORBIDDEN        | FORBIDDEN    | ok          | ok
wanted, into one's own    | CONFLICT_OF_INTEREST | CONFLICT_OF_INTEREST | ok                 | ok                | CONFLICT_OF_INTEREST  | SAME_PROFILE         | FORBIDDEN        | FORBIDDEN    | ok          | ok
wanted, and disabled      | CANNOT_MERGE         | ok                   | CANNOT_MERGE       | ok                | CANNOT_MERGE          | SAME_PROFILE         | FORBIDDEN        | FORBIDDEN    | DISABLED    | NOT_FOUND
wanted, other disabled    | CANNOT_MERGE         | ok                   | CANNOT_MERGE       | ok                | CANNOT_MERGE          | SAME_PROFILE         | FORBIDDEN        | FORBIDDEN    | ok          | ok
dropped                   | ok                   | NOT_WAITING          | ok                 | NOT_WAITING       | ok                    | SAME_PROFILE         | FORBIDDEN        | FORBIDDEN    | ok          | ok
not verified              | ok                   | NOT_WAITING          | ok                 | NOT_WAITING       | WRONG_WAY             | SAME_PROFILE         | FORBIDDEN        | FORBIDDEN    | ok          | NOT_FOUND
merged                    | MERGED               | NOT_WAITING          | MERGED             | NOT_WAITING       | MERGED                | SAME_PROFILE         | FORBIDDEN        | FORBIDDEN    | DISABLED    | ok
";

const MERGE_STATES: &[(&str, &str)] = &[
    ("nothing", ""),
    ("a colleague wants it", WANTED),
    (
        "oneself wants it",
        "insert into organization_merges (id, gone_id, kept_id, reason, proposed_by, proposed_at, state)
         values (gen_random_uuid(), {lumen}, {acme}, 'x', {rhea}, {now}, 'Open')",
    ),
    (
        "one wants it elsewhere",
        "insert into organization_merges (id, gone_id, kept_id, reason, proposed_by, proposed_at, state)
         select gen_random_uuid(), {lumen}, id, 'x', {omar}, {now}, 'Open' from organizations where slug = 'fjord-media'",
    ),
    ("wanted, into one's own", "{wanted}; {rhea_of_acme}"),
    (
        "wanted, and disabled",
        "{wanted}; update organizations set verification_status = 'Disabled', disabled_from = 'Verified' where id = {lumen}",
    ),
    (
        "wanted, other disabled",
        "{wanted}; update organizations set verification_status = 'Disabled', disabled_from = 'Verified' where id = {acme}",
    ),
    (
        "dropped",
        "insert into organization_merges (id, gone_id, kept_id, reason, proposed_by, proposed_at, state, decided_by, decided_at)
         values (gen_random_uuid(), {lumen}, {acme}, 'x', {omar}, {now}, 'Dropped', {omar}, {now})",
    ),
    ("not verified", "update organizations set verification_status = 'Pending Verification' where id = {lumen}"),
    (
        "merged",
        "update organizations set verification_status = 'Disabled', disabled_from = 'Verified', merged_into = {acme},
             merged_at = {now} where id = {lumen}",
    ),
];

/// One of the staff wants Lumen to go into Acme.
const WANTED: &str = "insert into organization_merges (id, gone_id, kept_id, reason, proposed_by, proposed_at, state)
     values (gen_random_uuid(), {lumen}, {acme}, 'x', {omar}, {now}, 'Open')";

/// One action: who does it, and how.
struct Action {
    name: &'static str,
    who: &'static str,
    call: Call,
}

enum Call {
    Api(Method, String, Option<Value>),
    /// As a program with this secret.
    Program(String, Method, String, Option<Value>),
    Form(String, &'static str, Vec<(&'static str, String)>),
}

impl Action {
    /// What only reads leaves everything as it is.
    fn may_change(&self) -> bool {
        match &self.call {
            Call::Api(method, ..) | Call::Program(_, method, ..) => *method != Method::GET,
            Call::Form(..) => true,
        }
    }
}

fn read(name: &'static str, who: &'static str, path: String) -> Action {
    Action { name, who, call: Call::Api(Method::GET, path, None) }
}

fn post(name: &'static str, who: &'static str, path: String, body: Value) -> Action {
    Action { name, who, call: Call::Api(Method::POST, path, Some(body)) }
}

fn patch(name: &'static str, who: &'static str, path: String, body: Value) -> Action {
    Action { name, who, call: Call::Api(Method::PATCH, path, Some(body)) }
}

fn delete(name: &'static str, who: &'static str, path: String, body: Value) -> Action {
    Action { name, who, call: Call::Api(Method::DELETE, path, Some(body)) }
}

/// A table of expectations: its columns, and its rows by state.
type Agreed = (Vec<&'static str>, Vec<(&'static str, Vec<&'static str>)>);

fn agreed(table: &'static str) -> Agreed {
    let mut lines = table.lines().filter(|line| !line.trim().is_empty()).map(|line| {
        let mut cells = line.split('|').map(str::trim);
        (cells.next().expect("a line begins with its state"), cells.collect::<Vec<_>>())
    });
    let (_, columns) = lines.next().expect("a table has a head");
    (columns, lines.collect())
}

/// The world as it was before the first cell, and people who are signed in.
struct Stage<'a> {
    town: &'a Town,
    tenants: &'a Tenants,
    people: BTreeMap<&'static str, Browser>,
    /// As a superuser, who may put back what nobody may change.
    pool: sqlx::PgPool,
    names: Vec<(&'static str, String)>,
    faults: Vec<String>,
    cells: usize,
}

impl<'a> Stage<'a> {
    /// Keeps everything as it is now. A state's `{name}` stands for one of the names.
    async fn begin(
        town: &'a Town,
        tenants: &'a Tenants,
        people: BTreeMap<&'static str, Browser>,
        ids: &[(&'static str, Uuid)],
    ) -> Self {
        let mut names: Vec<_> = ids.iter().map(|(name, id)| (*name, format!("'{id}'"))).collect();
        names.push(("{now}", format!("'{}'", town.ctx().now().to_rfc3339())));
        keep(town).await;
        Self { town, tenants, people, pool: town.superuser(), names, faults: Vec::new(), cells: 0 }
    }

    /// Nothing was answered otherwise than agreed.
    async fn end(self) {
        self.pool.close().await;
        let (faults, cells) = (self.faults, self.cells);
        assert!(
            faults.is_empty(),
            "{} of {cells} cells are answered otherwise than agreed:\n{}",
            faults.len(),
            faults.join("\n")
        );
    }

    /// Everything as it was, then this.
    async fn set(&self, sql: &str) {
        let mut sql = self.tenants.fill(sql);
        for (name, text) in &self.names {
            sql = sql.replace(name, text);
        }
        self.run("set session_replication_role = replica; select kept.put_back()".to_owned()).await;
        if !sql.trim().is_empty() {
            assert!(self.run(sql.clone()).await > 0, "this state is the one before it: {sql}");
        }
    }

    /// How many rows were touched.
    async fn run(&self, sql: String) -> u64 {
        let ran = sqlx::raw_sql(sqlx::AssertSqlSafe(sql.clone())).execute(&self.pool).await;
        ran.unwrap_or_else(|error| panic!("{error}: {sql}")).rows_affected()
    }

    /// Tries every action in every state, and notes what is answered otherwise than agreed.
    async fn walk(&mut self, thing: &'static str, table: &'static str, states: &[(&'static str, String)], actions: &[Action]) {
        let (columns, rows) = agreed(table);
        assert_eq!(columns, actions.iter().map(|action| action.name).collect::<Vec<_>>(), "the columns of {thing}");
        let (told, known): (Vec<_>, Vec<_>) = (rows.iter().map(|row| row.0).collect(), states.iter().map(|it| it.0).collect());
        assert_eq!(told, known, "the states of {thing}");
        for ((state, expected), (_, sql)) in rows.iter().zip(states) {
            assert_eq!(expected.len(), actions.len(), "the cells of {thing}, {state}");
            let mut is_changed = true;
            for (action, expected) in actions.iter().zip(expected) {
                if is_changed {
                    self.set(sql).await;
                }
                let (answered, text) = self.answer(action).await;
                // The first of two of the staff has proposed something, and is told that it takes another one.
                is_changed = action.may_change() && (answered == "ok" || answered == "SECOND_REVIEWER_NEEDED");
                self.cells += 1;
                if answered != *expected {
                    let text: String = text.chars().take(300).collect();
                    self.faults
                        .push(format!("{thing}, {state}, {}: {expected} was agreed, {answered} came: {text}", action.name));
                }
            }
        }
        self.set("").await;
    }

    async fn answer(&mut self, action: &Action) -> (String, String) {
        let mut visitor = self.town.visitor();
        let browser = match action.who {
            "visitor" => &mut visitor,
            who => self.people.get_mut(who).unwrap_or_else(|| panic!("{who} is not here")),
        };
        let answer = match &action.call {
            Call::Api(method, path, body) => browser.api(method.clone(), path, body.clone()).await,
            Call::Program(secret, method, path, body) => {
                let bearer = format!("Bearer {secret}");
                browser.api_with(method.clone(), path, body.clone(), &[("authorization", &bearer)]).await
            }
            Call::Form(path, form, fields) => {
                let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
                browser.submit(path, form, &fields).await
            }
        };
        let signs_in = answer.status == 303 && answer.location().starts_with("/sign-in");
        let said = if answer.status.is_success() || (answer.status == 303 && !signs_in) {
            "ok".to_owned()
        } else {
            let code = serde_json::from_str::<Value>(&answer.text).ok();
            let code = code.and_then(|json| json["error"]["code"].as_str().map(str::to_owned));
            code.unwrap_or_else(|| answer.status.as_u16().to_string())
        };
        (said, answer.text)
    }
}

/// Keeps every table in a schema of its own, with a function that puts back what differs: as one, so that its statements are
/// planned once. Facts stay: they are chained.
async fn keep(town: &Town) {
    const STAY: [&str; 8] =
        ["_sqlx_migrations", "facts", "fact_about", "fact_private", "fact_heads", "fact_checkpoints", "outbox", "jobs"];
    let tables: Vec<(String, String)> = sqlx::query_as(
        "select c.table_name::text, string_agg(quote_ident(c.column_name::text), ', ' order by c.ordinal_position)
         from information_schema.columns c
         join information_schema.tables t on t.table_schema = c.table_schema and t.table_name = c.table_name
         where c.table_schema = 'public' and t.table_type = 'BASE TABLE' and c.is_generated = 'NEVER'
           and c.table_name::text <> all($1)
         group by c.table_name order by 1",
    )
    .bind(STAY.map(str::to_owned).to_vec())
    .fetch_all(&town.owner)
    .await
    .expect("the tables");
    let copies: Vec<String> =
        tables.iter().map(|(table, _)| format!("create table kept.{table} as table public.{table};")).collect();
    let back: Vec<String> = tables
        .iter()
        .map(|(table, columns)| {
            format!(
                "delete from public.{table} a where not exists (select 1 from kept.{table} b where b::text = a::text);
                 insert into public.{table} ({columns}) overriding system value select {columns} from kept.{table} b
                 where not exists (select 1 from public.{table} a where a::text = b::text);"
            )
        })
        .collect();
    town.as_superuser(&format!(
        "create schema kept; {}
         create function kept.put_back() returns void language plpgsql as $$ begin {} end $$;",
        copies.join(" "),
        back.join("\n"),
    ))
    .await;
}

async fn one<T>(town: &Town, sql: &str) -> T
where
    T: Send + Unpin,
    (T,): for<'r> sqlx::FromRow<'r, sqlx::postgres::PgRow>,
{
    sqlx::query_scalar::<sqlx::Postgres, T>(sqlx::AssertSqlSafe(sql.to_owned()))
        .fetch_one(&town.owner)
        .await
        .unwrap_or_else(|error| panic!("{error}: {sql}"))
}

async fn version(town: &Town, table: &str, id: Uuid) -> i32 {
    one(town, &format!("select version from {table} where id = '{id}'")).await
}

/// The hash of what a request offers.
async fn hash(town: &Town, request: Uuid) -> String {
    one(town, &format!("select encode(hash, 'hex') from revisions where request_id = '{request}'")).await
}

/// Everybody who acts, signed in.
async fn everybody(town: &Town) -> BTreeMap<&'static str, Browser> {
    let staff = |role| Caller::Seat(Role::Staff(role));
    let mut people = BTreeMap::new();
    for (who, figure) in
        [("ravi", RAVI), ("vera", VERA), ("sam", SAM), ("mei", MEI), ("asha", ASHA), ("tomas", TOMAS), ("mallory", MALLORY)]
    {
        people.insert(who, signed_in(town, figure).await);
    }
    let mut rhea = seated(town, staff(StaffRole::Review), RHEA).await;
    // Where she has a seat elsewhere too, she acts as staff.
    rhea.workspace = Some("staff:review".into());
    people.insert("rhea", rhea);
    people.insert("nadia", seated(town, staff(StaffRole::Admin), NADIA).await);
    let devrel = Caller::Seat(Role::Organization(OrganizationRole::DevRelManager));
    people.insert("dana", seated(town, devrel, DANA).await);
    people
}

fn plain(states: &[(&'static str, &'static str)]) -> Vec<(&'static str, String)> {
    states.iter().map(|(state, sql)| (*state, (*sql).to_owned())).collect()
}

/// Each state of an event with the times that it needs; one that is only a title has none.
fn events_in_time() -> Vec<(&'static str, String)> {
    EVENT_STATES
        .iter()
        .map(|(state, (from, to), sql)| match from == to {
            true => (*state, (*sql).to_owned()),
            false => {
                let whole = WHOLE.replace("{from}", &from.to_string()).replace("{to}", &to.to_string());
                (*state, format!("{whole} {sql}"))
            }
        })
        .collect()
}

/// Each state of [`PLACE`], whole.
fn places_in_line() -> Vec<(&'static str, String)> {
    PLACE_STATES
        .iter()
        .map(|(state, places, (waiting, side), more)| {
            let line = LINE.replace("{state}", waiting).replace("{side}", side);
            let all: Vec<&str> = [*places, line.as_str(), *more].into_iter().filter(|sql| !sql.is_empty()).collect();
            (*state, all.join("; "))
        })
        .collect()
}

#[tokio::test]
async fn every_state_allows_what_was_agreed() {
    sequel(async |town| {
        let tenants = furnish(town).await;
        let mut people = everybody(town).await;

        let ravi = people.get_mut("ravi").expect("signed in");
        let made = ravi.api(Method::POST, "/api-keys", Some(json!({"name": "Printer", "scopes": ["request:read"]}))).await.data();
        let key: Uuid = made["key"]["id"].as_str().and_then(|id| id.parse().ok()).expect("an id");
        let secret = made["secret"].as_str().expect("a secret").to_owned();
        let token = secrets::token();
        sqlx::query("update invitations set token_hash = $2, role = 'Designer' where id = $1")
            .bind(tenants.invitation)
            .bind(secrets::hash_token(&token).to_vec())
            .execute(&town.owner)
            .await
            .expect("a link that was mailed");
        let id = async |sql: String| one::<Uuid>(town, &sql).await;
        let vera =
            id(format!("select m.id from members m join users u on u.id = m.user_id where u.email = '{}'", VERA.email)).await;
        let tomas = id(format!("select id from users where email = '{}'", TOMAS.email)).await;
        let lumen = id("select id from organizations where slug = 'lumen-data'".into()).await;
        let gold =
            id(format!("select id from opportunities where event_id = '{}' and category = 'Gold Sponsor'", tenants.hackfest))
                .await;
        // What Harbour Devs asked Acme.
        let asked = id("select id from requests where state = 'Pending' and opened_by = 'community'".into()).await;
        let version = async |table, id| version(town, table, id).await;
        let (shown, shown_asked) = (hash(town, tenants.request).await, hash(town, asked).await);
        let (of_event, of_offer) = (version("events", tenants.event).await, version("opportunities", tenants.opportunity).await);
        let (of_acme, of_apex) = (version("organizations", tenants.acme).await, version("communities", tenants.apex).await);
        let of_link = version("event_partners", tenants.link).await;

        let Tenants { apex, acme, request, opportunity, event, hackfest, link, invitation, join_request, .. } = &tenants;
        let at = |path: &str| format!("/requests/{request}{path}");
        let (accept, no) = (json!({"revisionHash": shown}), json!({"reason": "Budget"}));
        let judge = |decision: &str| json!({"decision": decision, "reason": "We have looked at it."});
        let decision = format!("/admin/requests/{request}/decision");
        let soon = (town.ctx().now() + TimeDelta::days(3)).format("%Y-%m-%d").to_string();
        let requests = [
            patch("owner accepts", "ravi", at("/accept"), accept.clone()),
            patch("owner rejects", "ravi", at("/reject"), no.clone()),
            patch("owner withdraws", "ravi", at("/withdraw"), json!({})),
            patch("admin accepts", "asha", at("/accept"), accept.clone()),
            patch("admin rejects", "asha", at("/reject"), no.clone()),
            patch("admin withdraws", "asha", at("/withdraw"), json!({})),
            patch("volunteer rejects", "vera", at("/reject"), no.clone()),
            patch("DevRel rejects", "dana", at("/reject"), no.clone()),
            patch("stranger rejects", "tomas", at("/reject"), no.clone()),
            read("owner reads", "ravi", at("")),
            read("admin reads", "asha", at("")),
            read("stranger reads", "mei", at("")),
            patch("staff release", "rhea", decision.clone(), judge("release")),
            patch("staff refuse", "rhea", decision, judge("refuse")),
            patch("owner assigns", "ravi", at("/assign"), json!({"assigneeId": tenants.ravi.to_string()})),
            patch("owner snoozes", "ravi", at("/snooze"), json!({"until": soon})),
            patch("admin waits", "asha", at("/place/wait"), accept.clone()),
            patch("admin takes", "asha", at("/place/take"), json!({})),
            patch("owner releases", "ravi", at("/place/release"), json!({"reason": "The stage is smaller than we thought."})),
        ];
        let ask = |organization: &Uuid, event: &Uuid| {
            json!({
                "organizationId": organization.to_string(), "eventId": event.to_string(), "amount": "90000", "currency": "INR",
                "category": "Silver Sponsor", "message": "Would you like to stand on our page in spring?",
            })
        };
        let at = |path: &str| format!("/events/{event}{path}");
        let changed = json!({"version": of_event, "subtitle": "Another line"});
        let events = [
            patch("owner edits", "ravi", at(""), changed.clone()),
            post("owner publishes", "ravi", at("/publish"), json!({})),
            post("owner completes", "ravi", at("/complete"), json!({})),
            post("owner archives", "ravi", at("/archive"), json!({})),
            post("owner duplicates", "ravi", at("/duplicate"), json!({})),
            delete("owner deletes", "ravi", at(""), json!({})),
            post("owner restores", "ravi", at("/restore"), json!({})),
            patch("volunteer edits", "vera", at(""), changed.clone()),
            delete("volunteer deletes", "vera", at(""), json!({})),
            patch("stranger edits", "mei", at(""), changed),
            read("visitor reads", "visitor", at("")),
            post(
                "owner adds a partner",
                "ravi",
                at("/partners"),
                json!({"organizationId": lumen.to_string(), "category": "Community Partner"}),
            ),
            post("owner asks for it", "ravi", "/requests".into(), ask(&lumen, event)),
        ];
        let at = |path: &str| format!("/opportunities/{opportunity}{path}");
        let titled = json!({"version": of_offer, "title": "Another title"});
        let to = |status: &str| json!({"version": of_offer, "status": status});
        let offer = json!({"amount": "300000", "message": "We would like to be there with three mentors."});
        let waits = json!({"amount": "300000", "message": "We would wait for a place of yours.", "waitingList": true});
        let opportunities = [
            patch("owner edits", "ravi", at(""), titled.clone()),
            patch("owner opens", "ravi", at(""), to("Open")),
            patch("owner closes", "ravi", at(""), to("Closed")),
            patch("volunteer edits", "vera", at(""), titled.clone()),
            patch("stranger edits", "mei", at(""), titled),
            post("sponsor applies", "tomas", at("/apply"), offer.clone()),
            post("sponsor waits", "tomas", at("/apply"), waits),
            post("unverified applies", "mallory", at("/apply"), offer.clone()),
            read("visitor reads", "visitor", at("")),
        ];
        let at = |path: &str| format!("/sponsors/{acme}{path}");
        let verdict = |decision: &str| json!({"decision": decision, "reason": "We have looked at it."});
        let changed = json!({"version": of_acme, "shortDescription": "Another line about us."});
        let organizations = [
            post("staff verify", "rhea", at("/verify"), verdict("verify")),
            post("staff ask more", "rhea", at("/verify"), verdict("more")),
            post("staff refuse", "rhea", at("/verify"), verdict("refuse")),
            post("staff disable", "rhea", at("/verify"), verdict("disable")),
            post("staff restore", "rhea", at("/verify"), verdict("restore")),
            post("staff keep", "rhea", at("/verify"), verdict("keep")),
            post("owner verifies", "ravi", at("/verify"), verdict("verify")),
            patch("admin edits", "asha", at(""), changed.clone()),
            post("admin answers", "asha", at("/answer"), json!({"answer": "For our servers."})),
            post(
                "admin applies",
                "asha",
                format!("/opportunities/{gold}/apply"),
                json!({"amount": "100000", "message": "Us too."}),
            ),
            patch("admin accepts", "asha", format!("/requests/{asked}/accept"), json!({"revisionHash": shown_asked})),
            post(
                "admin invites",
                "asha",
                "/invitations".into(),
                json!({"email": "colleague@acme.example", "role": "DevRel Manager"}),
            ),
            patch("DevRel edits", "dana", at(""), changed),
            read("admin reads a request", "asha", format!("/requests/{request}")),
            post("owner asks for it", "ravi", "/requests".into(), ask(acme, hackfest)),
            read("visitor reads", "visitor", at("")),
        ];
        let status = format!("/admin/communities/{apex}/status");
        let to = |status: &str| json!({"status": status, "reason": "We have looked at it."});
        let drafted = json!({"title": "A new evening", "timezone": "Asia/Kolkata"});
        let communities = [
            patch("staff approve", "rhea", status.clone(), to("approved")),
            patch("staff reject", "rhea", status.clone(), to("rejected")),
            patch("staff ask more", "rhea", status.clone(), to("more_asked")),
            patch("staff suspend", "rhea", status.clone(), to("suspended")),
            patch("staff restore", "rhea", status.clone(), to("restored")),
            patch("owner approves", "ravi", status, to("approved")),
            post("owner confirms", "ravi", format!("/communities/{apex}/owner"), json!({"answer": "yes"})),
            post("volunteer confirms", "vera", format!("/communities/{apex}/owner"), json!({"answer": "yes"})),
            patch(
                "owner edits",
                "ravi",
                format!("/communities/{apex}"),
                json!({"version": of_apex, "bio": "A meetup every month, and two hackathons a year."}),
            ),
            Action {
                name: "owner answers",
                who: "ravi",
                call: Call::Form("/community/profile".into(), "answer", vec![("answer", "Two hackathons.".into())]),
            },
            post("owner drafts", "ravi", "/events".into(), drafted.clone()),
            post("owner publishes", "ravi", format!("/events/{event}/publish"), json!({})),
            post("owner asks a sponsor", "ravi", "/requests".into(), ask(&lumen, hackfest)),
            patch("owner accepts", "ravi", format!("/requests/{request}/accept"), accept),
            post("owner invites", "ravi", "/invitations".into(), json!({"email": "new@elsewhere.example", "role": "Designer"})),
            post("volunteer drafts", "vera", "/events".into(), drafted),
            post("sponsor applies", "tomas", format!("/opportunities/{opportunity}/apply"), offer),
            read("visitor reads", "visitor", format!("/communities/{apex}")),
            read("visitor reads its event", "visitor", format!("/events/{hackfest}")),
            read("visitor reads its offer", "visitor", format!("/opportunities/{opportunity}")),
        ];
        let member = format!("/members/{vera}");
        let to = |status: &str| json!({"status": status, "reason": "We have talked about it."});
        let role = json!({"role": "Designer"});
        let members = [
            patch("owner invites", "ravi", member.clone(), to("On Boarding")),
            patch("owner activates", "ravi", member.clone(), to("Active")),
            patch("owner makes inactive", "ravi", member.clone(), to("Inactive")),
            patch("owner suspends", "ravi", member.clone(), to("Suspended")),
            patch("owner bans", "ravi", member.clone(), to("Banned")),
            patch("owner gives a role", "ravi", member.clone(), role.clone()),
            delete("owner removes", "ravi", member.clone(), json!({})),
            read("she reads a draft", "vera", format!("/events/{event}")),
            delete("she leaves", "vera", member.clone(), json!({})),
            patch("she gives a role", "vera", member.clone(), role.clone()),
            patch("suspended organizer", "sam", member.clone(), role),
            patch("stranger bans", "mei", member, to("Banned")),
        ];
        let one_invitation = format!("/invitations/{invitation}");
        let yes = json!({"token": token, "name": "Xenia Marsh"});
        let invitations = [
            post("owner resends", "ravi", format!("{one_invitation}/resend"), json!({})),
            delete("owner revokes", "ravi", one_invitation.clone(), json!({})),
            post("volunteer resends", "vera", format!("{one_invitation}/resend"), json!({})),
            delete("stranger revokes", "mei", one_invitation, json!({})),
            post("invited accepts", "visitor", "/invitations/accept".into(), yes.clone()),
            post("another accepts", "tomas", "/invitations/accept".into(), yes),
        ];
        let wish = format!("/join-requests/{join_request}");
        let decline = json!({"decision": "decline"});
        let wishes = [
            patch("admin accepts", "asha", wish.clone(), json!({"decision": "accept", "role": "DevRel Manager"})),
            patch("admin declines", "asha", wish.clone(), decline.clone()),
            patch("DevRel declines", "dana", wish.clone(), decline.clone()),
            patch("stranger declines", "tomas", wish.clone(), decline.clone()),
            patch("community declines", "ravi", wish, decline),
        ];
        let stands = format!("/events/{hackfest}/partners/{link}");
        let website = json!({"version": of_link, "website": "https://another.example"});
        let partners = [
            patch("owner edits", "ravi", stands.clone(), website.clone()),
            patch("owner renames", "ravi", stands.clone(), json!({"version": of_link, "name": "Another name"})),
            patch("owner shows", "ravi", stands.clone(), json!({"version": of_link, "visible": true})),
            delete("owner removes", "ravi", stands.clone(), json!({})),
            delete("with a reason", "ravi", stands.clone(), json!({"reason": "We agreed on something else."})),
            patch("volunteer edits", "vera", stands.clone(), website.clone()),
            patch("stranger edits", "mei", stands, website),
        ];
        let one_key = format!("/api-keys/{key}");
        let program = |name: &'static str, method, path: String, body| Action {
            name,
            who: "visitor",
            call: Call::Program(secret.clone(), method, path, body),
        };
        let keys = [
            program("program reads", Method::GET, format!("/requests/{request}"), None),
            program("program rejects", Method::PATCH, format!("/requests/{request}/reject"), Some(no)),
            delete("maker revokes", "ravi", one_key.clone(), json!({})),
            delete("volunteer revokes", "vera", one_key.clone(), json!({})),
            delete("stranger revokes", "mei", one_key, json!({})),
        ];
        let status = format!("/admin/users/{tomas}/status");
        let logins = [
            read("he reads", "tomas", "/notifications".into()),
            post("he signs in", "visitor", "/auth/login".into(), json!({"email": TOMAS.email, "password": PASSWORD})),
            patch("admin suspends", "nadia", status.clone(), to("suspended")),
            patch("admin restores", "nadia", status.clone(), to("restored")),
            patch("review suspends", "rhea", status.clone(), to("suspended")),
            patch("he suspends", "tomas", status, to("suspended")),
        ];

        let mut stage = Stage::begin(town, &tenants, people, &[("{vera}", vera), ("{key}", key)]).await;
        stage.walk("a request", REQUEST, &plain(REQUEST_STATES), &requests).await;
        stage.walk("an event", EVENT, &events_in_time(), &events).await;
        stage.walk("an opportunity", OPPORTUNITY, &plain(OPPORTUNITY_STATES), &opportunities).await;
        stage.walk("an organization", ORGANIZATION, &plain(ORGANIZATION_STATES), &organizations).await;
        // Its draft is whole here, so that only the community's standing decides whether it is published.
        let whole = WHOLE.replace("{from}", "480").replace("{to}", "500");
        let states =
            plain(COMMUNITY_STATES).into_iter().map(|(state, sql)| (state, format!("{whole} {sql}"))).collect::<Vec<_>>();
        stage.walk("a community", COMMUNITY, &states, &communities).await;
        stage.walk("a member", MEMBER, &plain(MEMBER_STATES), &members).await;
        stage.walk("an invitation", INVITATION, &plain(INVITATION_STATES), &invitations).await;
        stage.walk("a wish to join", WISH, &plain(WISH_STATES), &wishes).await;
        stage.walk("a partner", PARTNER, &plain(PARTNER_STATES), &partners).await;
        stage.walk("a key", KEY, &plain(KEY_STATES), &keys).await;
        stage.walk("a login", LOGIN, &plain(LOGIN_STATES), &logins).await;
        stage.end().await;
    })
    .await;
}

/// What waits for somebody's decision, or for a place: each of these is a thing beside the one that it is about.
#[tokio::test]
async fn what_waits_for_a_decision_allows_what_was_agreed() {
    sequel(async |town| {
        let tenants = furnish(town).await;
        let mut people = everybody(town).await;
        let nils = people::activate(&town.ctx(), NILS).await.expect("activated").0;
        people.insert("nils", signed_in(town, NILS).await);

        let added = json!({
            "displayName": "Northwind Labs", "website": "https://northwind.example", "entityType": "Sponsor",
            "industry": "Security", "shortDescription": "They audit what students ship.",
            "contactEmail": "hello@northwind.example", "confirm": true,
        });
        let ravi = people.get_mut("ravi").expect("signed in");
        let added = ravi.api(Method::POST, "/sponsors", Some(added)).await.data();
        let northwind: Uuid = added["id"].as_str().and_then(|id| id.parse().ok()).expect("an id");
        let mailbox = json!({"email": NILS.email});
        let claims = format!("/sponsors/{northwind}/claims");
        let asked = town.visitor().api(Method::POST, &claims, Some(mailbox.clone())).await;
        assert_eq!(asked.status, 201, "{}", asked.text);

        let id = async |sql: &str| one::<Uuid>(town, sql).await;
        let claim = id(&format!("select id from organization_claims where organization_id = '{northwind}'")).await;
        let proposal = id("select id from website_proposals where state = 'Open'").await;
        let report = id("select id from reports").await;
        let lumen = id("select id from organizations where slug = 'lumen-data'").await;
        let rhea = id(&format!("select id from users where email = '{}'", RHEA.email)).await;
        let omar = id(&format!("select id from users where email = '{}'", OMAR.email)).await;
        let (of_acme, of_lumen) =
            (version(town, "organizations", tenants.acme).await, version(town, "organizations", lumen).await);
        let Tenants { apex, acme, request, opportunity, .. } = &tenants;

        let at = |path: &str| format!("/sponsors/{northwind}{path}");
        let verdict = |id: Uuid, decision: &str| {
            json!({"id": id.to_string(), "decision": decision, "reason": "We have looked at it."})
        };
        let on_claim = |decision: &str| verdict(claim, decision);
        let claims = [
            post("staff approve", "rhea", at("/claims/decision"), on_claim("approve")),
            post("staff refuse", "rhea", at("/claims/decision"), on_claim("refuse")),
            post("a colleague approves", "nadia", at("/claims/decision"), on_claim("approve")),
            post("community approves", "ravi", at("/claims/decision"), on_claim("approve")),
            post("claimant approves", "nils", at("/claims/decision"), on_claim("approve")),
            post("claimant asks again", "visitor", claims, mailbox.clone()),
            post("claimant takes a text", "nils", at("/domain-proof"), json!({})),
            post("claimant looks for it", "nils", at("/domain-proof/check"), json!({})),
            post("another takes a text", "tomas", at("/domain-proof"), json!({})),
            post("community invites", "ravi", at("/invitations"), mailbox.clone()),
            post("volunteer invites", "vera", at("/invitations"), mailbox),
            read("visitor reads", "visitor", at("")),
        ];
        let at = |path: &str| format!("/sponsors/{acme}{path}");
        let decision = at("/proposed-website/decision");
        let on_website = |decision: &str| verdict(proposal, decision);
        let another = json!({"version": of_acme, "website": "https://acme-moves.example"});
        let proposals = [
            post("staff approve", "rhea", decision.clone(), on_website("approve")),
            post("staff refuse", "rhea", decision.clone(), on_website("refuse")),
            post("community approves", "ravi", decision.clone(), on_website("approve")),
            post("admin approves", "asha", decision, on_website("approve")),
            delete("admin withdraws", "asha", at("/proposed-website"), json!({})),
            delete("DevRel withdraws", "dana", at("/proposed-website"), json!({})),
            delete("stranger withdraws", "tomas", at("/proposed-website"), json!({})),
            patch("admin proposes another", "asha", at(""), another.clone()),
            patch("DevRel proposes", "dana", at(""), another),
            read("visitor reads", "visitor", at("")),
        ];
        let shown = hash(town, *request).await;
        let at = |path: &str| format!("/requests/{request}{path}");
        let accept = json!({"revisionHash": shown});
        let why = json!({"reason": "The stage is smaller than we thought."});
        let apply = format!("/opportunities/{opportunity}/apply");
        let offer = |waits: bool| {
            json!({"amount": "300000", "message": "We would like to be there with three mentors.", "waitingList": waits})
        };
        let places = [
            patch("admin waits", "asha", at("/place/wait"), accept.clone()),
            patch("owner agrees", "ravi", at("/place/wait"), accept.clone()),
            patch("admin takes", "asha", at("/place/take"), json!({})),
            patch("owner takes", "ravi", at("/place/take"), json!({})),
            patch("owner accepts", "ravi", at("/accept"), accept.clone()),
            patch("owner rejects", "ravi", at("/reject"), json!({"reason": "Budget"})),
            patch("admin withdraws", "asha", at("/withdraw"), json!({})),
            patch("owner releases", "ravi", at("/place/release"), why.clone()),
            patch("admin releases", "asha", at("/place/release"), why),
            patch("volunteer agrees", "vera", at("/place/wait"), accept.clone()),
            patch("DevRel takes", "dana", at("/place/take"), json!({})),
            patch("stranger takes", "tomas", at("/place/take"), json!({})),
            read("owner reads", "ravi", at("/place")),
            read("admin reads", "asha", at("/place")),
            read("volunteer reads", "vera", at("/place")),
            read("stranger reads", "mei", at("/place")),
            post("another applies", "tomas", apply.clone(), offer(false)),
            post("another waits", "tomas", apply, offer(true)),
        ];
        let prepared = format!("/opportunities/{opportunity}/decisions");
        let release = format!("{prepared}/release");
        let say = |decision: &str, reason: &str| {
            json!({"decisions": [{
                "requestId": request.to_string(), "decision": decision, "reason": reason, "note": "", "revisionHash": shown,
            }]})
        };
        let decisions = [
            patch("owner says yes", "ravi", prepared.clone(), say("Accept", "")),
            patch("owner says no", "ravi", prepared.clone(), say("Decline", "Budget")),
            patch("owner takes it back", "ravi", prepared.clone(), say("", "")),
            post("owner releases", "ravi", release.clone(), json!({})),
            read("owner reads", "ravi", prepared.clone()),
            patch("volunteer says no", "vera", prepared.clone(), say("Decline", "Budget")),
            post("volunteer releases", "vera", release.clone(), json!({})),
            read("admin reads", "asha", prepared.clone()),
            patch("admin says yes", "asha", prepared.clone(), say("Accept", "")),
            patch("stranger says no", "mei", prepared.clone(), say("Decline", "Budget")),
            post("stranger releases", "mei", release, json!({})),
            read("stranger reads", "mei", prepared),
            patch("owner accepts", "ravi", at("/accept"), accept),
            patch("admin withdraws", "asha", at("/withdraw"), json!({})),
        ];
        let decision = format!("/admin/reports/{report}/decision");
        let judge = |decision: &str| json!({"decision": decision, "reason": "We have looked at it."});
        let complaint = json!({"subjectKind": "community", "subjectId": apex.to_string(), "reason": "Spam", "words": "Every day."});
        let reports = [
            patch("staff dismiss", "rhea", decision.clone(), judge("dismiss")),
            patch("staff warn", "rhea", decision.clone(), judge("warn")),
            patch("staff show", "rhea", decision.clone(), judge("show")),
            patch("staff hide", "rhea", decision.clone(), judge("hide")),
            // Whoever was refused has hidden nothing.
            read("visitor reads Apex", "visitor", format!("/communities/{apex}")),
            patch("a colleague hides", "nadia", decision.clone(), judge("hide")),
            patch("owner dismisses", "ravi", decision.clone(), judge("dismiss")),
            patch("reporter dismisses", "asha", decision, judge("dismiss")),
            read("staff read", "rhea", "/admin/reports".into()),
            read("owner reads", "ravi", "/admin/reports".into()),
            post("it is said again", "asha", "/reports".into(), complaint.clone()),
            post("visitor says it", "visitor", "/reports".into(), complaint),
        ];
        let merge = |gone: &Uuid| format!("/admin/organizations/{gone}/merge");
        let into = |kept: &Uuid, decision: &str| {
            json!({"into": kept.to_string(), "decision": decision, "reason": "One company, here twice."})
        };
        let merges = [
            post("staff merge", "rhea", merge(&lumen), into(acme, "merge")),
            post("staff drop", "rhea", merge(&lumen), into(acme, "drop")),
            post("a colleague merges", "nadia", merge(&lumen), into(acme, "merge")),
            post("a colleague drops", "nadia", merge(&lumen), into(acme, "drop")),
            post("staff merge the other", "rhea", merge(acme), into(&lumen, "merge")),
            post("staff merge it alone", "rhea", merge(&lumen), into(&lumen, "merge")),
            post("community merges", "ravi", merge(&lumen), into(acme, "merge")),
            post("admin merges", "tomas", merge(&lumen), into(acme, "merge")),
            patch(
                "admin edits",
                "tomas",
                format!("/sponsors/{lumen}"),
                json!({"version": of_lumen, "shortDescription": "Another line about us."}),
            ),
            read("visitor reads", "visitor", format!("/sponsors/{lumen}")),
        ];

        let ids = [
            ("{northwind}", northwind),
            ("{nils}", nils),
            ("{claim}", claim),
            ("{proposal}", proposal),
            ("{report}", report),
            ("{lumen}", lumen),
            ("{rhea}", rhea),
            ("{omar}", omar),
        ];
        let mut stage = Stage::begin(town, &tenants, people, &ids).await;
        stage.walk("a claim", CLAIM, &plain(CLAIM_STATES), &claims).await;
        stage.walk("another website", PROPOSAL, &plain(PROPOSAL_STATES), &proposals).await;
        stage.walk("a place in line", PLACE, &places_in_line(), &places).await;
        stage.walk("a prepared decision", DECISION, &plain(DECISION_STATES), &decisions).await;
        stage.walk("a report", REPORT, &plain(REPORT_STATES), &reports).await;
        let wanted = |sql: String| sql.replace("{wanted}", WANTED).replace("{rhea_of_acme}", RHEA_OF_ACME);
        let states = plain(MERGE_STATES).into_iter().map(|(state, sql)| (state, wanted(sql))).collect::<Vec<_>>();
        stage.walk("a merge", MERGE, &states, &merges).await;
        stage.end().await;
    })
    .await;
}
