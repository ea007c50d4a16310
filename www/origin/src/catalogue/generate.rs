//! The first content of the table: three thousand products and three customers.

use std::collections::BTreeMap;
use std::time::{Duration, SystemTime};

use super::words::{CATEGORIES, COLOURS, COUNTRIES, Category, QUALITIES};
use super::{Item, Product, Profile, Random};

/// How many products there are.
const PRODUCTS: u32 = 3_000;

/// 2025-01-01: products were last changed in the months after it.
const OPENING: Duration = Duration::from_secs(1_735_689_600);

const DAY: u64 = 86_400;

/// All items. Product `n` is always the same one.
pub(crate) fn items() -> Vec<Item> {
    let products = (1..=PRODUCTS).map(|number| Item::Product(product(number)));
    products.chain(profiles().map(Item::Profile)).collect()
}

fn product(number: u32) -> Product {
    let mut random = Random::new(&format!("product {number}"));
    // Dealt out like cards, so that every shelf is equally full and related products are ten apart.
    let category = &CATEGORIES[number as usize % CATEGORIES.len()];
    let (thing, base) = *random.pick(category.things);
    let material = *random.pick(category.materials);
    let brand = *random.pick(category.brands);
    let quality = *random.pick(&QUALITIES);
    let (colour, _) = colour(number);
    let id = id(number);
    Product {
        name: format!("{quality} {material} {thing}"),
        brand: brand.to_owned(),
        category: category.slug.to_owned(),
        price: price(base, &mut random),
        rating: 32 + u8::try_from(random.below(19)).expect("below 19"),
        reviews: random.below(900) + 3,
        // One in twelve is sold out.
        stock: if random.below(12) == 0 { 0 } else { random.below(240) + 1 },
        image: format!("/images/{id}.svg"),
        description: description(category, thing, brand, material, &mut random),
        specs: BTreeMap::from([
            ("Material", material.to_owned()),
            ("Colour", colour.to_owned()),
            ("Weight", format!("{} g", 80 + random.below(240) * 10)),
            ("Made in", (*random.pick(&COUNTRIES)).to_owned()),
            ("Warranty", format!("{} years", 1 + random.below(10))),
        ]),
        related: related(number, &mut random),
        updated_at: SystemTime::UNIX_EPOCH + OPENING + Duration::from_secs(random.bits() % (300 * DAY)),
        version: 1,
        id,
    }
}

/// The colour of a product: its specification and its picture agree.
pub(super) fn colour(number: u32) -> (&'static str, [u8; 3]) {
    *Random::new(&format!("colour {number}")).pick(&COLOURS)
}

fn id(number: u32) -> String {
    format!("p{number:04}")
}

/// The number of a product id, if there is such a product.
pub(super) fn number(id: &str) -> Option<u32> {
    let number = id.strip_prefix('p')?.parse().ok()?;
    ((1..=PRODUCTS).contains(&number) && self::id(number) == id).then_some(number)
}

/// From 80 % to 220 % of the base, ending as shop prices do.
fn price(base: u32, random: &mut Random) -> u32 {
    let whole = (base * (80 + random.below(140)) / 100).max(3);
    let ending = *random.pick(&[0, 50, 90, 95, 99]);
    whole * 100 + ending
}

fn description(category: &Category, thing: &str, brand: &str, material: &str, random: &mut Random) -> String {
    let lower = thing.to_lowercase();
    let opening = *random.pick(&[
        "Made to be used rather than looked at",
        "Designed in a small workshop and tested for a full year",
        "The one our own team takes home",
        "A plain, honest piece of work",
    ]);
    let detail = *random.pick(&[
        "Every part can be replaced, and we stock the parts.",
        "It gets better with age, and is easy to mend.",
        "It ships without plastic.",
        "It is lighter than it looks and stronger than it needs to be.",
    ]);
    let usage = random.pick(category.uses);
    let material = material.to_lowercase();
    format!("{opening}: {brand}'s {lower} in {material}, right for {usage}. {detail}")
}

fn related(number: u32, random: &mut Random) -> Vec<String> {
    let shelf = u32::try_from(CATEGORIES.len()).expect("a handful");
    let step = shelf * (1 + random.below(20));
    (1..=4).map(|nth| id((number - 1 + nth * step) % PRODUCTS + 1)).collect()
}

fn profiles() -> impl Iterator<Item = Profile> {
    [
        ("alice", "Alice Marlow", "Bristol", "light"),
        ("bob", "Bob Okafor", "Leeds", "dark"),
        ("carol", "Carol Lindqvist", "Gothenburg", "light"),
    ]
    .into_iter()
    .map(|(user, name, city, theme)| {
        let mut random = Random::new(user);
        Profile {
            user: user.to_owned(),
            name: name.to_owned(),
            email: format!("{user}@example.com"),
            city: city.to_owned(),
            theme: theme.to_owned(),
            favourites: (0..5).map(|_| id(random.below(PRODUCTS) + 1)).collect(),
            updated_at: SystemTime::UNIX_EPOCH + OPENING,
            version: 1,
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_catalogue_is_the_same_every_time_and_every_id_resolves() {
        assert_eq!(product(7), product(7));
        let all: Vec<_> = (1..=PRODUCTS).map(product).collect();
        for product in &all {
            assert!(number(&product.id).is_some());
            assert!((300..=200_000).contains(&product.price), "{product:?}");
            for related in &product.related {
                let other = &all[number(related).unwrap() as usize - 1];
                assert_eq!(other.category, product.category);
            }
        }
        let names: std::collections::BTreeSet<_> = all.iter().map(|product| &product.name).collect();
        assert!(names.len() > 2_000, "{}", names.len());
    }

    #[test]
    fn only_ids_of_products_have_numbers() {
        for bad in ["", "p", "p0000", "p3001", "p1", "q0001", "p00001"] {
            assert_eq!(number(bad), None, "{bad}");
        }
    }
}
