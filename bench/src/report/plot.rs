//! Plots, as SVG that needs no fonts or scripts of its own.

use crate::{
    parts::{FrameRow, Scale},
    systems::System,
};

const WIDTH: f64 = 720.0;
const HEIGHT: f64 = 300.0;
const LEFT: f64 = 60.0;
const BOTTOM: f64 = 250.0;
const TOP: f64 = 50.0;

/// A drawing with a title.
struct Drawing(String);

impl Drawing {
    fn new(title: &str) -> Self {
        let mut drawing = Self(format!(
            r##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif" font-size="12" role="img"><title>{title}</title><rect width="100%" height="100%" fill="#fff"/>"##
        ));
        drawing.text(LEFT, 22.0, "start", &format!("<tspan font-size=\"15\" font-weight=\"600\">{title}</tspan>"));
        drawing
    }

    fn text(&mut self, x: f64, y: f64, anchor: &str, text: &str) {
        self.0.push_str(&format!(r##"<text x="{x:.1}" y="{y:.1}" text-anchor="{anchor}" fill="#222">{text}</text>"##));
    }

    fn rectangle(&mut self, x: f64, top: f64, width: f64, colour: &str) {
        let height = BOTTOM - top;
        self.0.push_str(&format!(
            r#"<rect x="{x:.1}" y="{top:.1}" width="{width:.1}" height="{height:.1}" fill="{colour}"/>"#
        ));
    }

    fn grid(&mut self, y: f64, label: &str) {
        self.0.push_str(&format!(
            r##"<line x1="{LEFT}" x2="{:.1}" y1="{y:.1}" y2="{y:.1}" stroke="#ddd"/>"##,
            WIDTH - 20.0
        ));
        self.text(LEFT - 6.0, y + 4.0, "end", label);
    }

    fn finish(mut self) -> String {
        self.0.push_str("</svg>\n");
        self.0
    }
}

fn colour(system: System) -> &'static str {
    match system {
        System::Ringside => "#0b6e4f",
        System::Floor => "#9aa5a0",
        System::Peer => "#c98a1b",
        System::Polling => "#b3413a",
    }
}

/// Median (strong) and p99 (pale) of every system and load, on a logarithmic scale.
pub(super) fn latency(rows: &[FrameRow]) -> String {
    // From 0.1 ms to 10 s.
    let height = |ms: f64| BOTTOM - (BOTTOM - TOP) * ((ms.max(0.1) * 10.0).log10() / 5.0).min(1.0);
    let mut drawing = Drawing::new("Event to frame: median, and 99th percentile above it");
    for (ms, label) in [(0.1, "0.1 ms"), (1.0, "1 ms"), (10.0, "10 ms"), (100.0, "100 ms"), (1e3, "1 s"), (1e4, "10 s")]
    {
        drawing.grid(height(ms), label);
    }
    let mut loads: Vec<usize> = rows.iter().map(|row| row.at_once).collect();
    loads.dedup();
    let (share, bar) = ((WIDTH - LEFT - 20.0) / loads.len() as f64, 34.0);
    for (place, at_once) in loads.iter().enumerate() {
        let left = LEFT + share * place as f64 + (share - bar * 4.0) / 2.0;
        for (number, row) in rows.iter().filter(|row| row.at_once == *at_once).enumerate() {
            let x = left + bar * number as f64;
            let (spread, colour) = (row.measured.all, colour(row.system));
            drawing.rectangle(x, height(spread.p99), bar - 6.0, &format!("{colour}\" fill-opacity=\"0.35"));
            drawing.rectangle(x, height(spread.p50), bar - 6.0, colour);
        }
        let label = if *at_once == 1 { "1 call".to_owned() } else { format!("{at_once} calls at once") };
        drawing.text(left + bar * 2.0, BOTTOM + 18.0, "middle", &label);
    }
    for (number, system) in System::ALL.into_iter().enumerate() {
        let x = LEFT + 130.0 * number as f64;
        let key = format!("<tspan fill=\"{}\">■</tspan> {}", colour(system), system.name());
        drawing.text(x, BOTTOM + 40.0, "start", &key);
    }
    drawing.finish()
}

/// What a call costs beside more and more clients.
pub(super) fn scale(scale: &Scale) -> String {
    let most = scale.clients.iter().map(|row| row.cpu_ms_per_call).fold(1.0, f64::max).ceil();
    let height = |ms: f64| BOTTOM - (BOTTOM - TOP) * ms / most;
    let mut drawing = Drawing::new("CPU of one call, in milliseconds, beside so many clients");
    for ms in [0.0, most / 2.0, most] {
        drawing.grid(height(ms), &format!("{ms} ms"));
    }
    let share = (WIDTH - LEFT - 20.0) / scale.clients.len() as f64;
    for (number, row) in scale.clients.iter().enumerate() {
        let middle = LEFT + share * (number as f64 + 0.5);
        drawing.rectangle(middle - 30.0, height(row.cpu_ms_per_call), 60.0, colour(System::Ringside));
        drawing.text(middle, height(row.cpu_ms_per_call) - 6.0, "middle", &format!("{:.1}", row.cpu_ms_per_call));
        drawing.text(middle, BOTTOM + 18.0, "middle", &format!("{} clients", row.clients));
    }
    drawing.finish()
}
