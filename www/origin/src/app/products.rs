//! The shelves: a page of products, one product, the categories.

use std::sync::Arc;
use std::time::SystemTime;

use serde::Serialize;

use super::answer::Answer;
use super::{Desk, Problem, params};
use crate::catalogue::{CATEGORIES, Item, Product, product_key};
use crate::input::Invalid;
use crate::layers::table::Query;
use crate::message::{Call, Reply, encode};

/// Lists change slowly and may be served stale while a new one is fetched.
const LIST: &str = "public, max-age=60, stale-while-revalidate=300, stale-if-error=86400";

/// Short, so that a demonstration sees a revalidation soon.
const ONE: &str = "public, max-age=5, stale-if-error=86400";

const CATEGORY_LIST: &str = "public, max-age=3600, stale-while-revalidate=86400, stale-if-error=86400";

/// Products on a page unless the client says otherwise, and at most.
const LIMIT: usize = 24;
const MAX_LIMIT: usize = 100;

/// A page of a list, of search results too.
#[derive(Serialize)]
struct Page<'a> {
    items: Vec<Summary<'a>>,
    page: usize,
    pages: usize,
    total: usize,
}

/// What a list shows of a product.
#[derive(Serialize)]
struct Summary<'a> {
    id: &'a str,
    name: &'a str,
    price: f64,
    category: &'a str,
    rating: f64,
    stock: u32,
    image: &'a str,
}

#[derive(Serialize)]
struct CategorySummary {
    slug: &'static str,
    name: &'static str,
    count: usize,
}

/// The orders a list can be asked in.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Sort {
    Featured,
    Name,
    PriceUp,
    PriceDown,
    Rating,
}

impl Sort {
    const NAMES: [(&'static str, Self); 5] = [
        ("featured", Self::Featured),
        ("name", Self::Name),
        ("price", Self::PriceUp),
        ("-price", Self::PriceDown),
        ("rating", Self::Rating),
    ];

    fn named(name: &str) -> Result<Self, Invalid> {
        let found = Self::NAMES.iter().find(|(known, _)| *known == name);
        found.map(|(_, sort)| *sort).ok_or_else(|| {
            let known: Vec<_> = Self::NAMES.iter().map(|(known, _)| *known).collect();
            Invalid::new("sort", format!("expected one of {}, not {name:?}", known.join(", ")))
        })
    }

    fn apply(self, products: &mut [&Product]) {
        match self {
            Self::Featured => {}
            Self::Name => products.sort_by(|a, b| a.name.cmp(&b.name)),
            Self::PriceUp => products.sort_by_key(|product| product.price),
            Self::PriceDown => products.sort_by_key(|product| std::cmp::Reverse(product.price)),
            Self::Rating => {
                products.sort_by_key(|product| std::cmp::Reverse((product.rating, product.reviews)))
            }
        }
    }
}

/// `GET /api/products`
pub(super) async fn list(desk: &Desk<'_>, call: &Call) -> Result<Reply, Problem> {
    let category = params::category(params::query(call, "category"))?;
    let name = params::query(call, "sort").unwrap_or_else(|| "featured".to_owned());
    let sort = Sort::named(&name)?;
    let page = params::number(call, "page", 1, 10_000)?;
    let limit = params::number(call, "limit", LIMIT, MAX_LIMIT)?;
    let shelf = category.clone().unwrap_or_default();
    let work = async {
        let found = stocked(desk, category).await;
        let mut products = products(&found);
        sort.apply(&mut products);
        Ok(paged(&products, page, limit))
    };
    let answer = desk.remembered(format!("list#{shelf}#{name}#{page}#{limit}"), work).await;
    answer.map(|answer| answer.reply(LIST))
}

/// `GET /api/products/{id}`
pub(super) async fn one(desk: &Desk<'_>, id: &str) -> Result<Reply, Problem> {
    let work = async {
        let item = desk.dax.get(desk.visit, &product_key(id)).await;
        let product = item.as_deref().and_then(Item::product).ok_or(Problem::NoSuchProduct)?;
        Ok(Answer { body: encode(product), modified: product.updated_at })
    };
    let answer = desk.remembered(format!("product#{id}"), work).await;
    answer.map(|answer| answer.reply(ONE))
}

/// `GET /api/categories`
pub(super) async fn categories(desk: &Desk<'_>) -> Result<Reply, Problem> {
    let work = async {
        let found = stocked(desk, None).await;
        let products = products(&found);
        let count = |slug| products.iter().filter(|product| product.category == slug).count();
        let shelves: Vec<_> = CATEGORIES
            .iter()
            .map(|category| CategorySummary {
                slug: category.slug,
                name: category.name,
                count: count(category.slug),
            })
            .collect();
        Ok(Answer { body: encode(&shelves), modified: newest(&products) })
    };
    let answer = desk.remembered("categories".to_owned(), work).await;
    answer.map(|answer| answer.reply(CATEGORY_LIST))
}

/// The items of a category, or of all of them.
pub(super) async fn stocked(desk: &Desk<'_>, category: Option<String>) -> Arc<Vec<Arc<Item>>> {
    let query = category.map_or(Query::Products, Query::Category);
    desk.dax.query(desk.visit, &query).await
}

/// The products among items.
pub(super) fn products(items: &[Arc<Item>]) -> Vec<&Product> {
    items.iter().filter_map(|item| item.product()).collect()
}

/// One page of products.
pub(super) fn paged(products: &[&Product], page: usize, limit: usize) -> Answer {
    let items = products.iter().skip((page - 1) * limit).take(limit);
    let body = Page {
        items: items.map(|product| summary(product)).collect(),
        page,
        pages: products.len().div_ceil(limit),
        total: products.len(),
    };
    Answer { body: encode(&body), modified: newest(products) }
}

/// Products on a page of search results.
pub(super) const SEARCH_LIMIT: usize = LIMIT;

fn summary(product: &Product) -> Summary<'_> {
    Summary {
        id: &product.id,
        name: &product.name,
        price: f64::from(product.price) / 100.0,
        category: &product.category,
        rating: f64::from(product.rating) / 10.0,
        stock: product.stock,
        image: &product.image,
    }
}

fn newest(products: &[&Product]) -> SystemTime {
    let times = products.iter().map(|product| product.updated_at);
    times.max().unwrap_or(SystemTime::UNIX_EPOCH)
}
