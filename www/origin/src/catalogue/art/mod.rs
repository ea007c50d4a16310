//! Pictures of products, drawn from the id alone: an SVG of a few KB and a PNG of tens of KB.

mod png;
mod svg;

pub(crate) use self::png::png;
pub(crate) use self::svg::svg;

use super::Random;
use super::generate::{colour, number};

type Rgb = [u8; 3];

/// What both drawings of a product share.
struct Sketch {
    random: Random,
    body: Rgb,
    paper: Rgb,
}

/// The sketch of a product; [`None`] for an id that is none.
fn sketch(id: &str) -> Option<Sketch> {
    let (_, body) = colour(number(id)?);
    Some(Sketch { random: Random::new(&format!("art {id}")), body, paper: mix(body, [255, 255, 255], 0.82) })
}

/// A colour this far on the way to another.
fn mix(from: Rgb, to: Rgb, share: f64) -> Rgb {
    std::array::from_fn(|channel| {
        let (from, to) = (f64::from(from[channel]), f64::from(to[channel]));
        (from + (to - from) * share).round() as u8
    })
}
