//! The real program, as a service manager and an administrator meet it: started, stopped, killed,
//! refused a disk.
//!
//! - `crowd`: a rude crowd, and one desk that notices nothing of it
//! - `database`: killed, locked out and full; two at once; a backup
//! - `door`: clients that ask for nothing, or never finish, also where descriptors are few
//! - `manager`: what a service manager is told, and what it does
//! - `secrets`: passwords in no log, no error and no page
//! - `soak`: many calls, and nothing held after them
//! - `start`: what is missing or taken, and what is said about it
//! - `stop`: SIGTERM
//! - `house`: the program and its files; `browser`: browsers

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

#[path = "../browser/mod.rs"]
mod browser;
mod crowd;
mod database;
mod door;
mod house;
mod manager;
mod secrets;
mod soak;
mod start;
mod stop;
