//! Search: every word of the question has to be in the name, the brand or the description.

use serde::Deserialize;

use super::params;
use super::products::{self, SEARCH_LIMIT};
use super::{Desk, Problem};
use crate::catalogue::Product;
use crate::input::{self, Invalid};
use crate::message::{Call, Reply};

/// A response to POST is fresh for whoever caches by body; nobody else will reuse it.
const RESULTS: &str = "public, max-age=60";

const MAX_LENGTH: usize = 200;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Question {
    q: String,
    category: Option<String>,
    page: Option<usize>,
}

/// `POST /api/search`
pub(super) async fn search(desk: &Desk<'_>, call: &Call) -> Result<Reply, Problem> {
    let question: Question = input::read(call.body())?;
    let q = question.q.trim().to_lowercase();
    if q.is_empty() || q.len() > MAX_LENGTH {
        return Err(Invalid::new("q", format!("expected 1 to {MAX_LENGTH} bytes of text")).into());
    }
    let page = question.page.unwrap_or(1);
    if !(1..=10_000).contains(&page) {
        return Err(Invalid::new("page", "expected a number from 1 to 10000").into());
    }
    let category = params::category(question.category)?;
    let key = format!("search#{}#{page}#{q}", category.as_deref().unwrap_or_default());
    let work = async {
        let found = products::stocked(desk, category).await;
        let words: Vec<_> = q.split_whitespace().collect();
        let mut products = products::products(&found);
        products.retain(|product| matches(product, &words));
        Ok(products::paged(&products, page, SEARCH_LIMIT))
    };
    let answer = desk.remembered(key, work).await;
    answer.map(|answer| answer.reply(RESULTS))
}

fn matches(product: &Product, words: &[&str]) -> bool {
    let text = format!("{} {} {}", product.name, product.brand, product.description).to_lowercase();
    words.iter().all(|word| text.contains(word))
}
