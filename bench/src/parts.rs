//! The parts of the benchmark, in the order in which they run.

mod frames;
mod lookup;
mod scale;

pub use self::{
    frames::{FrameRow, frames},
    lookup::{LookupRow, lookup},
    scale::{LoadRow, Scale, ScaleRow, scale},
};

/// Says what is being done, while it is.
pub fn progress(text: &str) {
    println!("  {text}");
}
