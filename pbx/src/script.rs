//! Scripted calls as timed ARI events.
