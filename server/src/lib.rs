//! Ringside's server: the only crate that touches the network, the disk and the clock.

pub mod auth;
pub mod cli;
pub mod config;
pub mod exchange;
pub mod hub;
pub mod phone;
pub mod signature;
pub mod store;
pub mod telemetry;
