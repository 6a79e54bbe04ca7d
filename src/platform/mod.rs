//! Pipes and wires: the clock, the database, facts, jobs, mail, files, secrets, the web. Knows no feature; what the rooms
//! have to add (consumers of facts, handlers of deadlines, forms) is handed in by `http` and `main`.

pub mod clock;
pub mod cluster;
pub mod config;
pub mod crypto;
pub mod ctx;
pub mod dates;
pub mod db;
pub mod dns;
pub mod facts;
pub mod index;
pub mod jobs;
pub mod keys;
pub mod limits;
pub mod listing;
pub mod mail;
pub mod markdown;
pub mod open;
pub mod password;
pub mod pictures;
pub mod places;
pub mod secrets;
pub mod storage;
pub mod telemetry;
pub mod totp;
pub mod tx;
pub mod web;
