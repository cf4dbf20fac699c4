//! Ringside's server: the only crate that touches the network, the disk and the clock.

pub mod exchange;
