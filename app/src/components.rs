//! The parts of the pages, one a file.
//!
//! End-to-end tests find things by: `article.card[data-call-id][data-phase]`, `.name`, `.phone`,
//! `textarea[name=note]`, `.save`, `.close`, `.saved[data-where]`, `.light[data-link]`, `.lang`,
//! `.theme`, `tr[data-exten]`, `tr[data-call-id]`, and `html[data-hydrated]`.

pub mod add_customer;
pub mod age;
pub mod banners;
pub mod bar;
pub mod became;
pub mod bell;
pub mod card;
pub mod clock;
pub mod corner;
pub mod customer_history;
pub mod draft_card;
pub mod endpoints;
pub mod error_text;
pub mod facts;
pub mod guarded;
pub mod icon;
pub mod note_box;
pub mod phones;
pub mod recent;
pub mod reload_offer;
pub mod settled;
pub mod strip;
