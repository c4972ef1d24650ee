//! The table: each figure with its goal, and whether that is met.

/// What a figure should be.
#[derive(Clone, Copy)]
pub(crate) enum Goal {
    None,
    AtLeast(f64),
    Below(f64),
}

impl Goal {
    fn text(self, unit: &str) -> String {
        match self {
            Goal::None => String::new(),
            Goal::AtLeast(least) => format!(">= {}", figure(least, unit)),
            Goal::Below(most) => format!("< {}", figure(most, unit)),
        }
    }

    fn verdict(self, value: f64) -> &'static str {
        match self {
            Goal::None => "",
            Goal::AtLeast(least) if value >= least => "pass",
            Goal::Below(most) if value < most => "pass",
            Goal::AtLeast(_) | Goal::Below(_) => "MISS",
        }
    }
}

fn figure(value: f64, unit: &str) -> String {
    match value {
        // a ratio
        _ if unit.is_empty() => format!("{value:.2}"),
        _ if value < 1000.0 => format!("{value:.1} {unit}"),
        _ => format!("{value:.0} {unit}"),
    }
}

pub(crate) fn head() {
    line("", "figure", "goal", "", "beside");
}

/// A figure that stands alone.
pub(crate) fn row(what: &str, value: f64, unit: &str, goal: Goal) {
    compared(what, value, unit, goal, "");
}

pub(crate) fn compared(what: &str, value: f64, unit: &str, goal: Goal, beside: &str) {
    line(what, &figure(value, unit), &goal.text(unit), goal.verdict(value), beside);
}

fn line(what: &str, value: &str, goal: &str, verdict: &str, beside: &str) {
    println!("{}", format!("{what:46} {value:>18} {goal:>18}  {verdict:4}  {beside}").trim_end());
}
