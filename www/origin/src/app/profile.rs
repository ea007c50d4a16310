//! Customers: logging in, reading and writing one's own profile. Nothing of it is in a shared cache.

use std::sync::Arc;
use std::time::SystemTime;

use http::StatusCode;
use http::header::{AUTHORIZATION, CACHE_CONTROL, VARY};
use serde::Deserialize;
use serde_json::json;

use super::{Desk, Problem, page, token};
use crate::catalogue::{Item, Profile, profile_key};
use crate::input;
use crate::message::{self, Call, Reply, set, text};

const OWN: &str = "private, max-age=0, must-revalidate";

/// Who may log in. There are no passwords in this shop.
const USERS: [&str; 3] = ["alice", "bob", "carol"];

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Login {
    user: String,
}

/// What a customer can change.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Change {
    name: Option<String>,
    email: Option<String>,
    city: Option<String>,
    theme: Option<String>,
    favourites: Option<Vec<String>>,
}

/// `POST /api/login`
pub(super) fn login(desk: &Desk<'_>, call: &Call) -> Result<Reply, Problem> {
    let Login { user } = input::read(call.body())?;
    if !USERS.contains(&user.as_str()) {
        return Err(Problem::Unauthorized("There is no such user: try alice, bob or carol."));
    }
    let token = token::issue(&user, desk.visit.now);
    let mut reply = message::json(StatusCode::OK, &json!({ "token": token, "user": user }));
    set(&mut reply, CACHE_CONTROL, "no-store");
    Ok(reply)
}

/// `GET /api/profile`
pub(super) async fn read(desk: &Desk<'_>, call: &Call) -> Result<Reply, Problem> {
    own(desk, call).await.map(|profile| shown(&profile))
}

/// `PUT /api/profile`
pub(super) async fn write(desk: &Desk<'_>, call: &Call) -> Result<Reply, Problem> {
    let profile = own(desk, call).await?;
    let change: Change = input::read(call.body())?;
    let profile = changed(profile, change, desk.visit.now);
    desk.dax.put(desk.visit, Arc::new(Item::Profile(profile.clone()))).await;
    Ok(shown(&profile))
}

async fn own(desk: &Desk<'_>, call: &Call) -> Result<Profile, Problem> {
    let bearer = text(call.headers(), AUTHORIZATION)
        .and_then(|value| value.strip_prefix("Bearer "))
        .ok_or(Problem::Unauthorized("Send the token from /api/login as Authorization: Bearer."))?;
    let user = token::subject(bearer, desk.visit.now)
        .ok_or(Problem::Unauthorized("The token is malformed or has expired: log in again."))?;
    let item = desk.dax.get(desk.visit, &profile_key(&user)).await;
    let profile = item.as_deref().and_then(Item::profile).cloned();
    profile.ok_or(Problem::Unauthorized("The token's user is gone."))
}

fn changed(profile: Profile, change: Change, now: SystemTime) -> Profile {
    Profile {
        name: change.name.unwrap_or(profile.name),
        email: change.email.unwrap_or(profile.email),
        city: change.city.unwrap_or(profile.city),
        theme: change.theme.unwrap_or(profile.theme),
        favourites: change.favourites.unwrap_or(profile.favourites),
        version: profile.version + 1,
        updated_at: now,
        user: profile.user,
    }
}

fn shown(profile: &Profile) -> Reply {
    let mut reply = page(profile, profile.updated_at, OWN);
    set(&mut reply, VARY, "Authorization");
    reply
}
