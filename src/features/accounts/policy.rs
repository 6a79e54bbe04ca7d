//! Who may do what to logins. The one table of roles and capabilities stands in `kernel::actor`; this room holds it to a
//! snapshot, so that a change of it is seen.

use super::rules::owes_second_factor;
use crate::kernel::{
    actor::{Actor, Capability, Person},
    error::Denied,
    ids::UserId,
};

/// May change the password, the address and the sessions of their own login. Staff whose password was stolen are safe as
/// long as their phone is not.
///
/// # Errors
/// 403 `SECOND_FACTOR_REQUIRED` for staff who have not given it in this session.
pub fn may_change_login(person: &Person) -> Result<(), Denied> {
    if owes_second_factor(person) {
        return Err(Denied::coded("SECOND_FACTOR_REQUIRED", "Confirm your second factor first, then try again."));
    }
    Ok(())
}

/// May look logins up.
///
/// # Errors
/// 403 for everybody but platform admins who gave their second factor.
pub fn may_look_up(actor: &Actor) -> Result<(), Denied> {
    actor.must(Capability::Administer, "look accounts up")
}

/// May shut and open logins, but not their own.
///
/// # Errors
/// 403 for everybody but platform admins who gave their second factor.
pub fn may_suspend(actor: &Actor, user: UserId) -> Result<(), Denied> {
    actor.must(Capability::Administer, "suspend accounts")?;
    if actor.user() == user {
        return Err(Denied::new("You cannot suspend yourself. Ask another platform admin."));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::{
        actor::{Capabilities, CommunityRole, Membership, OrganizationRole, Role, StaffRole, Workspace},
        ids::SessionId,
    };
    use std::{fmt::Write as _, sync::Arc};
    use uuid::Uuid;

    fn every_role() -> Vec<(&'static str, Role)> {
        let mut roles: Vec<_> = OrganizationRole::ALL.into_iter().map(|r| ("organization", Role::Organization(r))).collect();
        roles.extend(CommunityRole::all().map(|r| ("community", Role::Community(r))));
        roles.extend(StaffRole::ALL.into_iter().map(|r| ("staff", Role::Staff(r))));
        roles
    }

    #[test]
    fn roles_and_what_they_may_do() {
        let mut table = String::new();
        for (kind, role) in every_role() {
            let may: Vec<_> =
                Capability::ALL.into_iter().filter(|c| role.capabilities().has(*c)).map(|c| format!("{c:?}")).collect();
            writeln!(table, "{kind} / {}: {}", role.label(), may.join(", ")).expect("a string takes it");
        }
        insta::assert_snapshot!(table);
    }

    fn staff(role: StaffRole, given: bool) -> Actor {
        let membership = Membership {
            workspace: Workspace::Staff { role },
            slug: "staff".into(),
            name: "CommDesk".into(),
            capabilities: Role::Staff(role).capabilities(),
        };
        let person = Arc::new(Person {
            user: UserId(Uuid::from_u128(1)),
            session: SessionId(Uuid::nil()),
            name: "Meera".into(),
            email: "meera@commdesk.example".into(),
            second_factor: true,
            second_factor_given: given,
            memberships: vec![membership.clone()],
            default_workspace: None,
        });
        Actor { person, acting: Some(membership) }
    }

    #[test]
    fn suspending_takes_an_admin_with_a_second_factor_and_another_person() {
        let other = UserId(Uuid::from_u128(2));

        assert!(may_suspend(&staff(StaffRole::Admin, true), other).is_ok());
        assert_eq!(may_suspend(&staff(StaffRole::Admin, false), other).map_err(|d| d.code), Err("SECOND_FACTOR_REQUIRED"));
        assert!(may_suspend(&staff(StaffRole::Review, true), other).is_err());
        assert!(may_suspend(&staff(StaffRole::Admin, true), UserId(Uuid::from_u128(1))).is_err());
    }

    #[test]
    fn staff_can_do_nothing_before_the_second_factor() {
        for role in StaffRole::ALL {
            let actor = staff(role, false);
            assert!(Capability::ALL.into_iter().all(|c| !actor.can(c)), "{}", role.label());
            assert!(may_change_login(&actor.person).is_err());
            assert!(may_change_login(&staff(role, true).person).is_ok());
        }
        assert_eq!(Capabilities::NONE, Capabilities::of(&[]));
    }
}
