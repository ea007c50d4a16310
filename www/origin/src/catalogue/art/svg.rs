//! The vector picture: a still life of turned shapes on a table, with a shadow and some light.

use std::fmt::Write;

use super::{Rgb, mix, sketch};

/// The picture of a product, as SVG text.
pub(crate) fn svg(id: &str) -> Option<String> {
    let mut sketch = sketch(id)?;
    let (body, paper) = (sketch.body, sketch.paper);
    let mut out = String::with_capacity(4096);
    let mut draw = |shape: std::fmt::Arguments| out.write_fmt(shape).expect("a String takes every write");
    let light = hex(mix(body, [255, 255, 255], 0.35));
    let dark = hex(mix(body, [20, 18, 24], 0.45));
    draw(format_args!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 400 400\" role=\"img\" aria-label=\"Product {id}\">\
         <defs><linearGradient id=\"b\" x1=\"0\" x2=\"1\"><stop offset=\"0\" stop-color=\"{light}\"/>\
         <stop offset=\".6\" stop-color=\"{}\"/><stop offset=\"1\" stop-color=\"{dark}\"/></linearGradient>\
         <radialGradient id=\"p\" cx=\".35\" cy=\".3\" r=\".9\"><stop offset=\"0\" stop-color=\"#fff\"/>\
         <stop offset=\"1\" stop-color=\"{}\"/></radialGradient></defs>\
         <rect width=\"400\" height=\"400\" fill=\"url(#p)\"/>\
         <path d=\"M0 300H400V400H0Z\" fill=\"{}\" opacity=\".35\"/>",
        hex(body),
        hex(paper),
        hex(mix(paper, body, 0.35)),
    ));
    for piece in 0..3 {
        let middle = 90 + piece * 105 + sketch.random.below(30);
        let height = 70 + sketch.random.below(150);
        let profile = turned(&mut sketch.random, f64::from(middle), f64::from(height));
        draw(format_args!(
            "<ellipse cx=\"{}\" cy=\"316\" rx=\"58\" ry=\"9\" fill=\"#000\" opacity=\".16\"/>\
             <path d=\"{profile}\" fill=\"url(#b)\" opacity=\"{}\"/>",
            middle + 10,
            if piece == 1 { "1" } else { ".78" },
        ));
    }
    for _ in 0..24 {
        let (x, y) = (sketch.random.below(400), sketch.random.below(290));
        let radius = 1 + sketch.random.below(3);
        draw(format_args!("<circle cx=\"{x}\" cy=\"{y}\" r=\"{radius}\" fill=\"#fff\" opacity=\".4\"/>"));
    }
    draw(format_args!("</svg>"));
    Some(out)
}

/// The outline of a turned piece standing at 312: radii at five heights, mirrored.
fn turned(random: &mut super::Random, middle: f64, height: f64) -> String {
    const FOOT: f64 = 312.0;
    let radii: [f64; 5] = std::array::from_fn(|_| 16.0 + random.fraction() * 34.0);
    let at = |level: usize| FOOT - height * level as f64 / 4.0;
    let mut path = format!("M{:.1} {FOOT}", middle - radii[0]);
    let mut curve = |side: f64, from: usize, to: usize| {
        let bend = (at(from) + at(to)) / 2.0;
        let (start, end) = (middle + side * radii[from], middle + side * radii[to]);
        path += &format!("C{start:.1} {bend:.1} {end:.1} {bend:.1} {end:.1} {:.1}", at(to));
    };
    (0..4).for_each(|level| curve(-1.0, level, level + 1));
    // Across the top, then down the other side.
    curve(1.0, 4, 4);
    (0..4).rev().for_each(|level| curve(1.0, level + 1, level));
    path + "Z"
}

fn hex([red, green, blue]: Rgb) -> String {
    format!("#{red:02x}{green:02x}{blue:02x}")
}
