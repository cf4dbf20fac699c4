//! From CSV files, as CRMs and spreadsheets write them, to rows for the database.
//!
//! - [`sheet`]: the file: its encoding, its separator, its columns by name, its line numbers
//! - [`customers`], [`bookings`]: what a row of each means
//!
//! A row that cannot be used is told with its line and with what was expected there;
//! [`crate::store::import`] decides what becomes of the others.

pub mod bookings;
pub mod customers;
pub mod sheet;
