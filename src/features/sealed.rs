//! Every column that holds sealed values, in whatever room: keys are asked at the start whether they open them, and a new key
//! seals them again. What is sealed elsewhere (in a waiting job, in the one page that shows a new key) lasts for an hour at most; in
//! a dead job until somebody tries it again, which is of use while its key is there.

use crate::platform::keys::Column;

pub const COLUMNS: &[Column] = &[
    ("users", "totp_secret"),
    ("organizations", "business_email"),
    ("organizations", "devrel_email"),
    ("organizations", "hiring_email"),
    ("organizations", "billing_email"),
    ("organizations", "phone"),
    ("communities", "phone"),
    ("member_imports", "roster"),
    ("mails", "body_text"),
    ("mails", "body_html"),
];
