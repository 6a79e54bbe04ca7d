//! The demo's people, and how somebody becomes able to act: through the same mailed link as everybody, then signed in.

use crate::{
    features::accounts::{rules::LinkPurpose, service as accounts},
    kernel::{
        actor::{Actor, Person},
        ids::UserId,
        text::{Email, PersonName},
    },
    platform::ctx::Ctx,
};
use anyhow::Context as _;
use std::sync::Arc;

/// Everybody's password in the demo. Only development has these people.
pub const PASSWORD: &str = "a calm demo passphrase";

/// Somebody of the story.
#[derive(Debug, Clone, Copy)]
pub struct Figure {
    pub name: &'static str,
    pub email: &'static str,
    /// What they are, for the list that `dev` prints.
    pub role: &'static str,
}

pub const ASHA: Figure = Figure { name: "Asha Menon", email: "asha@acme.example", role: "Sponsor Admin of Acme Cloud" };
pub const TOMAS: Figure = Figure { name: "Tomás Rivera", email: "tomas@lumen.example", role: "Sponsor Admin of Lumen Data" };
pub const INGRID: Figure = Figure { name: "Ingrid Solberg", email: "ingrid@fjord.example", role: "Partner Admin of Fjord Media" };
pub const MALLORY: Figure =
    Figure { name: "Mallory Quick", email: "mallory@globex.example", role: "Sponsor Admin of Globex, not yet verified" };
pub const RAVI: Figure = Figure { name: "Ravi Kulkarni", email: "ravi@apex.example", role: "Owner of Apex Circle" };
pub const MEI: Figure = Figure { name: "Mei Tanaka", email: "mei@harbour.example", role: "Owner of Harbour Devs" };
pub const KOFI: Figure =
    Figure { name: "Kofi Boateng", email: "kofi@newgrove.example", role: "Owner of Newgrove, waiting for approval" };
pub const SARA: Figure = Figure { name: "Sara Lindqvist", email: "sara@commdesk.example", role: "staff: review" };
pub const OMAR: Figure = Figure { name: "Omar Haddad", email: "omar@commdesk.example", role: "staff: admin" };

/// The order in which they are introduced.
pub const ALL: [Figure; 9] = [ASHA, TOMAS, INGRID, MALLORY, RAVI, MEI, KOFI, SARA, OMAR];

impl Figure {
    pub fn email(self) -> Email {
        Email::parse(self.email).expect("the demo's addresses are in order")
    }

    pub fn person_name(self) -> PersonName {
        PersonName::parse(self.name).expect("the demo's names are in order")
    }

    /// Is it one of ours on the platform's side?
    pub fn is_staff(self) -> bool {
        self.role.starts_with("staff")
    }
}

/// Follows the one-time link that the person was mailed, and sets the demo's password.
pub async fn activate(ctx: &Ctx, figure: Figure) -> anyhow::Result<UserId> {
    let mut tx = ctx.begin().await?;
    let user = accounts::ensure_user_in(&mut tx, &figure.email(), &figure.person_name()).await?;
    tx.commit_unstated("the person may be there already").await?;
    let token = accounts::issue_link(ctx, user, LinkPurpose::Activate, figure.email).await?;
    accounts::use_link(ctx, &token, &[LinkPurpose::Activate], Some(PASSWORD)).await.context(figure.email)?;
    Ok(user)
}

/// Signs the person in.
pub async fn sign_in(ctx: &Ctx, figure: Figure) -> anyhow::Result<Arc<Person>> {
    let signed_in = accounts::sign_in(ctx, figure.email, PASSWORD, "the demo").await?;
    accounts::person_by_token(ctx, &signed_in.token).await?.context("a session that was just made")
}

/// Signs staff in with their second factor, which is set up on the way when it is not yet. A code works once: a second
/// sign-in within half a minute is refused.
pub async fn sign_in_staff(ctx: &Ctx, figure: Figure) -> anyhow::Result<Actor> {
    let person = sign_in(ctx, figure).await?;
    let signed_in = if person.second_factor {
        accounts::give_second_factor(ctx, &person, &accounts::code_for_development(ctx, figure.email).await?).await?
    } else {
        accounts::begin_second_factor(ctx, &person).await?;
        accounts::confirm_second_factor(ctx, &person, &accounts::code_for_development(ctx, figure.email).await?).await?
    };
    let person = accounts::person_by_token(ctx, &signed_in.token).await?.context("a session that was just made")?;
    accounts::keep_recovery_codes(ctx, &person).await?;
    Ok(person.actor(None)?)
}

/// The person acting for the workspace they have.
pub async fn actor(ctx: &Ctx, figure: Figure) -> anyhow::Result<Actor> {
    Ok(sign_in(ctx, figure).await?.actor(None)?)
}
