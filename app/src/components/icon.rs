//! The few icons, drawn in place.

use leptos::prelude::*;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    Bell,
    Silent,
    In,
    Missed,
    Out,
    Person,
}

impl Shape {
    fn path(self) -> &'static str {
        match self {
            Self::Bell => "M18 9a6 6 0 0 0-12 0c0 6-2.5 7.5-2.5 7.5h17S18 15 18 9M10 20a2.2 2.2 0 0 0 4 0",
            Self::Silent => "M18 9a6 6 0 0 0-12 0c0 6-2.5 7.5-2.5 7.5h17S18 15 18 9M10 20a2.2 2.2 0 0 0 4 0M4 3l16 18",
            Self::In => "M18 6 7 17M7 9v8h8",
            Self::Missed => "m5 7 7 7 7-7M5 13V7h6",
            Self::Out => "M6 18 17 7M9 7h8v8",
            Self::Person => "M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8M4.5 20a7.5 7.5 0 0 1 15 0",
        }
    }
}

/// Decoration: what it means stands beside it in words.
#[component]
pub fn Icon(shape: Shape, #[prop(optional)] kind: &'static str) -> impl IntoView {
    view! {
        <svg
            class="icon" data-kind=kind viewBox="0 0 24 24" fill="none" stroke="currentColor"
            stroke-width="2" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true"
        >
            <path d=shape.path()/>
        </svg>
    }
}
