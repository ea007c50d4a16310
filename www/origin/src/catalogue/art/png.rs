//! The raster picture: lit spheres on paper with the grain of a photograph, so that it weighs what one does.

use ::png::{BitDepth, ColorType, Encoder};

use super::{Rgb, mix, sketch};

const SIDE: u32 = 160;

/// The picture of a product, as a PNG file.
pub(crate) fn png(id: &str) -> Option<Vec<u8>> {
    let mut sketch = sketch(id)?;
    let side = f64::from(SIDE);
    let spheres: [Sphere; 3] = std::array::from_fn(|_| {
        let radius = side * (0.12 + sketch.random.fraction() * 0.16);
        Sphere {
            x: radius + sketch.random.fraction() * (side - 2.0 * radius),
            y: side * 0.85 - radius,
            radius,
            colour: mix(sketch.body, [255, 255, 255], sketch.random.fraction() * 0.4),
        }
    });
    let mut pixels = Vec::with_capacity((SIDE * SIDE * 3) as usize);
    for row in 0..SIDE {
        for column in 0..SIDE {
            let (x, y) = (f64::from(column), f64::from(row));
            let paper = mix(sketch.paper, sketch.body, y / side * 0.4);
            let colour = spheres.iter().rev().find_map(|sphere| sphere.at(x, y)).unwrap_or(paper);
            let grain = sketch.random.fraction() * 0.06;
            pixels.extend(mix(colour, [0, 0, 0], grain));
        }
    }
    Some(encode(&pixels))
}

struct Sphere {
    x: f64,
    y: f64,
    radius: f64,
    colour: Rgb,
}

impl Sphere {
    /// The sphere's colour at a point, lit from the upper left; [`None`] beside it.
    fn at(&self, x: f64, y: f64) -> Option<Rgb> {
        let (across, down) = ((x - self.x) / self.radius, (y - self.y) / self.radius);
        let flat = across * across + down * down;
        if flat > 1.0 {
            return None;
        }
        let light = (-0.5 * across - 0.6 * down + 0.62 * (1.0 - flat).sqrt()).clamp(0.0, 1.0);
        let shade = mix([18, 16, 22], self.colour, 0.3 + 0.7 * light);
        Some(mix(shade, [255, 255, 255], light.powi(12) * 0.7))
    }
}

fn encode(pixels: &[u8]) -> Vec<u8> {
    let mut file = Vec::new();
    let mut encoder = Encoder::new(&mut file, SIDE, SIDE);
    encoder.set_color(ColorType::Rgb);
    encoder.set_depth(BitDepth::Eight);
    let mut writer = encoder.write_header().expect("a Vec takes every write");
    writer.write_image_data(pixels).expect("as many pixels as announced");
    writer.finish().expect("a Vec takes every write");
    file
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pictures_are_repeatable_and_weigh_what_pictures_weigh() {
        let picture = png("p0042").unwrap();
        assert_eq!(Some(&picture), png("p0042").as_ref());
        assert!((10_000..100_000).contains(&picture.len()), "{}", picture.len());
        let drawing = super::super::svg("p0042").unwrap();
        assert!((2_000..8_000).contains(&drawing.len()), "{}", drawing.len());
        assert!(png("p9999").is_none() && super::super::svg("../x").is_none());
    }
}
