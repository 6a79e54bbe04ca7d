//! The rooms, with their pages: each room is the room of the inner crate, and what a browser sees of it. Its files stand beside
//! the room's own.

pub mod accounts {
    pub use services::features::accounts::*;

    pub mod server_fns;
    pub mod ui;
}

pub mod access {
    pub use services::features::access::*;

    pub mod server_fns;
    pub mod ui;
}

pub mod blocks {
    pub use services::features::blocks::*;

    pub mod ui;
}

pub mod organizations {
    pub use services::features::organizations::*;

    pub mod server_fns;
    pub mod ui;
}

pub mod communities {
    pub use services::features::communities::*;

    pub mod server_fns;
    pub mod ui;
}

pub mod members {
    pub use services::features::members::*;

    pub mod server_fns;
    pub mod ui;
}

pub mod events {
    pub use services::features::events::*;

    pub mod server_fns;
    pub mod ui;
}

pub mod partners {
    pub use services::features::partners::*;

    pub mod server_fns;
    pub mod ui;
}

pub mod opportunities {
    pub use services::features::opportunities::*;

    pub mod server_fns;
    pub mod ui;
}

pub mod watching {
    pub use services::features::watching::*;

    pub mod server_fns;
    pub mod ui;
}

pub mod profiles {
    pub use services::features::profiles::*;

    pub mod server_fns;
    pub mod ui;
}

pub mod embeds {
    pub use services::features::embeds::*;

    pub mod server_fns;
    pub mod ui;
}

pub mod requests {
    pub use services::features::requests::*;

    pub mod server_fns;
    pub mod ui;
}

pub mod decisions {
    pub use services::features::decisions::*;

    pub mod server_fns;
    pub mod ui;
}

pub mod imports {
    pub use services::features::imports::*;

    pub mod server_fns;
    pub mod ui;
}

pub mod moderation {
    pub use services::features::moderation::*;

    mod merge_ui;
    pub mod server_fns;
    pub mod ui;
}

pub mod exports {
    pub use services::features::exports::*;

    pub mod server_fns;
    pub mod ui;
}

pub mod notifications {
    pub use services::features::notifications::*;

    pub mod server_fns;
    pub mod ui;
}

pub use services::features::facts;
#[cfg(feature = "ssr")]
pub use services::features::reactions;
#[cfg(feature = "ssr")]
pub use services::features::sealed;
