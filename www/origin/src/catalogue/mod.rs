//! The shop's data: products and profiles, the same on every start, and the products' pictures.

pub(crate) mod art;
mod generate;
mod random;
mod words;

use std::collections::BTreeMap;
use std::time::SystemTime;

use serde::{Serialize, Serializer};

use crate::message::millis;

pub(crate) use generate::items;
pub(crate) use random::Random;
pub(crate) use words::CATEGORIES;

/// A row of the table.
#[derive(Clone, Debug, Serialize)]
#[serde(untagged)]
pub(crate) enum Item {
    /// Something to buy.
    Product(Product),
    /// Somebody who buys.
    Profile(Profile),
}

/// Something to buy.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Product {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) brand: String,
    /// The category's slug.
    pub(crate) category: String,
    #[serde(serialize_with = "as_price")]
    pub(crate) price: Cents,
    /// 0 to 5, in tenths.
    #[serde(serialize_with = "as_stars")]
    pub(crate) rating: u8,
    pub(crate) reviews: u32,
    pub(crate) stock: u32,
    pub(crate) image: String,
    pub(crate) description: String,
    pub(crate) specs: BTreeMap<&'static str, String>,
    /// The ids of products of the same category.
    pub(crate) related: Vec<String>,
    #[serde(serialize_with = "as_millis")]
    pub(crate) updated_at: SystemTime,
    pub(crate) version: u32,
}

/// Somebody who buys.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Profile {
    pub(crate) user: String,
    pub(crate) name: String,
    pub(crate) email: String,
    pub(crate) city: String,
    pub(crate) theme: String,
    /// Ids of products.
    pub(crate) favourites: Vec<String>,
    #[serde(serialize_with = "as_millis")]
    pub(crate) updated_at: SystemTime,
    pub(crate) version: u32,
}

/// Money, in hundredths; a number with two decimals on the wire.
pub(crate) type Cents = u32;

impl Item {
    /// The primary key.
    pub(crate) fn key(&self) -> String {
        match self {
            Self::Product(product) => product_key(&product.id),
            Self::Profile(profile) => profile_key(&profile.user),
        }
    }

    /// The size in bytes that DynamoDB would bill, near enough.
    pub(crate) fn size(&self) -> usize {
        match self {
            Self::Product(product) => {
                let specs = product.specs.iter().map(|(name, value)| name.len() + value.len());
                250 + product.name.len() + product.description.len() + specs.sum::<usize>()
            }
            Self::Profile(profile) => 150 + profile.favourites.len() * 8,
        }
    }

    /// The product, if it is one.
    pub(crate) fn product(&self) -> Option<&Product> {
        match self {
            Self::Product(product) => Some(product),
            Self::Profile(_) => None,
        }
    }

    /// The profile, if it is one.
    pub(crate) fn profile(&self) -> Option<&Profile> {
        match self {
            Self::Product(_) => None,
            Self::Profile(profile) => Some(profile),
        }
    }
}

impl Product {
    /// The product after somebody changed its price.
    pub(crate) fn repriced(&self, now: SystemTime) -> Self {
        Self {
            // Up 3 %, and by a cent at least, so that every change is visible.
            price: self.price + (self.price * 3 / 100).max(1),
            version: self.version + 1,
            updated_at: now,
            ..self.clone()
        }
    }
}

/// The primary key of a product.
pub(crate) fn product_key(id: &str) -> String {
    format!("PRODUCT#{id}")
}

/// The primary key of a profile.
pub(crate) fn profile_key(user: &str) -> String {
    format!("USER#{user}")
}

fn as_price<S: Serializer>(cents: &Cents, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_f64(f64::from(*cents) / 100.0)
}

fn as_stars<S: Serializer>(tenths: &u8, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_f64(f64::from(*tenths) / 10.0)
}

fn as_millis<S: Serializer>(time: &SystemTime, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_u64(millis(*time))
}
