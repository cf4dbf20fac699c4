//! What browsers and machines ask of the server over HTTP.
//!
//! - [`listener`]: connections, and how long a client may take; [`connections`]: how many there may be
//! - `router`: every route and every layer, in one place
//! - `headers`: what every answer says to the browser about safety and caching
//! - `state`: what they all have at hand
//! - `ws`: the WebSocket
//! - `health`: for the service manager and the supervisor
//! - `play`: calls on request, where calls are simulated

pub mod connections;
mod headers;
mod health;
pub mod listener;
mod play;
pub mod router;
pub mod state;
mod ws;
