//! Telling people: for every fact, who hears of it, by letter, by notice in the house, or not at all, and why not.
//!
//! Reacts to facts after they are committed; no other room writes a mail. One mail and one notice for each fact and
//! reader, however often a reaction runs. A one-time link is made when its letter is written, never before. What somebody
//! chose (at once, once a day, never; quiet hours) decides when a letter leaves; security, law and money never wait.

pub mod letters;
pub mod rules;
pub mod views;

#[cfg(feature = "server")]
pub mod dev;
#[cfg(feature = "server")]
pub mod forms;
#[cfg(feature = "server")]
mod hours;
#[cfg(feature = "server")]
pub mod jobs;
#[cfg(feature = "server")]
pub mod rest;
#[cfg(feature = "server")]
pub mod service;
#[cfg(feature = "server")]
mod store;
