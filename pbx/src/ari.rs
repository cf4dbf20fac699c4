//! What Asterisk sends, as types.
