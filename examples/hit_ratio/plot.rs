//! Small multiples as SVG: a panel a workload, a line a policy, hit ratio over the budget.
//!
//! By hand: it is a grid of polylines, and a plotting crate would be built for wasm with the other
//! dev-dependencies.

use std::fmt::{self, Write as _};

use crate::candidates::ALL;
use crate::workload::Workload;
use crate::{BUDGETS, Ratios};

const COLUMNS: usize = 5;
const PANEL: (usize, usize) = (190, 150);
/// Where a panel's axes cross, from its upper left corner, and how far they reach.
const ORIGIN: (usize, usize) = (30, 122);
const REACH: (usize, usize) = (145, 98);
const TOP: usize = 44;

/// Okabe and Ito's colours, told apart by the colour-blind too; ours is the black one.
const COLOURS: [&str; ALL.len()] =
    ["#999999", "#56b4e9", "#009e73", "#e69f00", "#cc79a7", "#f0a0c8", "#0072b2", "#000000"];

/// Which of the two ratios is drawn.
type Pick = fn(&Ratios) -> f64;

/// Writes `docs/plots/hit-ratio-{set}-{objects,bytes}.svg`.
pub(crate) fn write(set: &str, workloads: &[Workload], panels: &[Vec<Vec<Ratios>>]) -> std::io::Result<()> {
    std::fs::create_dir_all("docs/plots")?;
    let kinds: [(&str, Pick); 2] = [("objects", |ratios| ratios.objects), ("bytes", |ratios| ratios.bytes)];
    for (kind, pick) in kinds {
        let title =
            format!("Hit ratio ({kind}, %) over the cache size (% of the footprint), {set} workloads");
        let svg = draw(&title, workloads, panels, pick).map_err(std::io::Error::other)?;
        std::fs::write(format!("docs/plots/hit-ratio-{set}-{kind}.svg"), svg)?;
    }
    Ok(())
}

fn draw(
    title: &str,
    workloads: &[Workload],
    panels: &[Vec<Vec<Ratios>>],
    pick: Pick,
) -> Result<String, fmt::Error> {
    let mut svg = String::new();
    let (width, height) = (PANEL.0 * COLUMNS, TOP + PANEL.1 * panels.len().div_ceil(COLUMNS));
    writeln!(svg, r#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}">"#)?;
    writeln!(svg, "<style>text{{font:10px sans-serif}}polyline,path{{fill:none}}</style>")?;
    writeln!(svg, r##"<rect width="{width}" height="{height}" fill="#fff"/>"##)?;
    writeln!(svg, r#"<text x="8" y="16" style="font-size:13px">{title}</text>"#)?;
    for (at, (name, _)) in ALL.iter().enumerate() {
        let (x, colour) = (8 + at * 105, COLOURS[at]);
        writeln!(svg, r#"<path d="M{x} 32h16" stroke="{colour}" stroke-width="{}"/>"#, thickness(at))?;
        writeln!(svg, r#"<text x="{}" y="35">{name}</text>"#, x + 20)?;
    }
    for (at, (workload, rows)) in workloads.iter().zip(panels).enumerate() {
        let (x, y) = (at % COLUMNS * PANEL.0, TOP + at / COLUMNS * PANEL.1);
        writeln!(svg, r#"<g transform="translate({x} {y})">"#)?;
        panel(&mut svg, &workload.name, rows, pick)?;
        writeln!(svg, "</g>")?;
    }
    writeln!(svg, "</svg>")?;
    Ok(svg)
}

fn panel(svg: &mut String, name: &str, rows: &[Vec<Ratios>], pick: Pick) -> fmt::Result {
    let most = rows.iter().flatten().map(pick).fold(1.0, f64::max);
    let top = (most / 10.0).ceil() * 10.0;
    let x = |at: usize| ORIGIN.0 + at * REACH.0 / (BUDGETS.len() - 1);
    let y = |ratio: f64| ORIGIN.1 as f64 - ratio / top * REACH.1 as f64;
    writeln!(svg, r#"<text x="{}" y="16" style="font-weight:bold">{name}</text>"#, ORIGIN.0)?;
    let (left, foot) = ORIGIN;
    writeln!(svg, r##"<path d="M{left} {}V{foot}H{}" stroke="#ccc"/>"##, y(top), x(BUDGETS.len() - 1))?;
    for ratio in [0.0, top] {
        writeln!(svg, r#"<text x="{}" y="{}" text-anchor="end">{ratio}</text>"#, left - 4, y(ratio) + 3.0)?;
    }
    for (at, share) in BUDGETS.iter().enumerate() {
        writeln!(svg, r#"<text x="{}" y="{}" text-anchor="middle">{share}</text>"#, x(at), foot + 13)?;
    }
    for (policy, colour) in COLOURS.iter().enumerate() {
        write!(svg, r#"<polyline stroke="{colour}" stroke-width="{}" points=""#, thickness(policy))?;
        for (at, row) in rows.iter().enumerate() {
            write!(svg, "{},{:.1} ", x(at), y(pick(&row[policy])))?;
        }
        writeln!(svg, r#""/>"#)?;
    }
    Ok(())
}

const fn thickness(policy: usize) -> u8 {
    if policy == ALL.len() - 1 { 2 } else { 1 }
}
