//! The pages, named for what they show.

pub mod calls;
pub mod customer;
pub mod desk;
pub mod floor;
pub mod login;
