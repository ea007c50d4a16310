//! A cache over one store and a scripted origin.

use std::rc::Rc;

use nearcache::engine::{Answered, Engine, Exchange, Failure, OriginOptions, Reply};
use nearcache::http::Answer;
use nearcache::model::{Bytes, Headers, Millis, Request, Url};
use nearcache::router::Route;
use nearcache::strategy::Strategy;
use nearcache::tier::{Stack, Tier, TierId};

use super::origin::{Native, Scripted};
use super::support::{Context, Store, World};

/// The own origin.
pub const OWN: &str = "https://shop.example";

pub struct House {
    pub world: Rc<World>,
    pub context: Rc<Context>,
    pub origin: Rc<Scripted>,
    pub db: Rc<Store<Native>>,
    pub engine: Rc<Engine<Native>>,
}

/// What a caller got.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Got {
    /// From the network, as it came.
    Network(String),
    /// From the cache: body and headers.
    Stored(String, Headers),
    NotModified,
    GatewayTimeout,
    NetworkError,
    /// No response, and why.
    Failed(String),
}

impl Got {
    pub fn body(&self) -> &str {
        match self {
            Self::Network(body) | Self::Stored(body, _) => body,
            other => panic!("no body: {other:?}"),
        }
    }

    pub fn is_stored(&self) -> bool {
        matches!(self, Self::Stored(..))
    }
}

impl House {
    pub fn new() -> Self {
        Self::before(OriginOptions::default())
    }

    /// In front of an origin of that kind.
    pub fn before(options: OriginOptions) -> Self {
        let world = World::new();
        let (origin, db) = (Scripted::new(&world), Store::new(TierId::IndexedDb));
        Self::over(1, world, origin, &[db], options)
    }

    /// Another context over the same store and origin, and both hear each other.
    pub fn neighbour(&self) -> Self {
        let other = Self::over(
            2,
            Rc::clone(&self.world),
            Rc::clone(&self.origin),
            &[Rc::clone(&self.db)],
            OriginOptions::default(),
        );
        for (speaker, hearer) in [(self, &other), (&other, self)] {
            let engine = Rc::clone(&hearer.engine);
            speaker.context.listen(move |notice| {
                engine.stack.apply(notice);
                engine.overtaken(notice);
            });
        }
        other
    }

    /// A context over `stores`, the last of which is its database.
    pub fn over(
        node: u32,
        world: Rc<World>,
        origin: Rc<Scripted>,
        stores: &[Rc<Store<Native>>],
        options: OriginOptions,
    ) -> Self {
        let context = Context::new(&world);
        let tiers = stores.iter().map(|store| Rc::clone(store).tier() as Rc<dyn Tier<Native>>).collect();
        let db = stores.last().cloned().unwrap();
        let stack = Stack::new(Rc::clone(&context) as _, tiers, [Bytes::mib(1); TierId::ALL.len()], node);
        world.run(stack.open());
        let options = OriginOptions { own: OWN.into(), ..options };
        let engine = Engine::new(Rc::clone(&context) as _, stack, Rc::clone(&origin) as _, options);
        Self { world, context, origin, db, engine: Rc::new(engine) }
    }

    /// Begins a request; its background work is the caller's.
    pub fn begin(
        &self,
        request: Request,
        route: Route,
    ) -> impl Future<Output = Result<Answered<Native>, Failure<Native>>> + use<> {
        let engine = Rc::clone(&self.engine);
        let native = Native::Request(request.url.as_str().to_owned());
        let exchange = Exchange { request, native, body_key: None, identity: None, route: route.into() };
        async move { engine.fetch(exchange).await }
    }

    /// Asks, and lets the background work go on by itself.
    pub fn ask(&self, request: Request, route: Route) -> impl Future<Output = Got> + use<> {
        let (answering, world) = (self.begin(request, route), Rc::clone(&self.world));
        async move {
            let answered = answering.await;
            if let Ok(Answered { background: Some(_), .. }) = &answered {
                let Ok(Answered { reply, background: Some(work) }) = answered else { unreachable!() };
                world.spawn(work);
                return got(Ok(reply));
            }
            got(answered.map(|answered| answered.reply))
        }
    }

    /// Asks, and waits for everything that follows.
    pub fn fetch_with(&self, request: Request, route: Route) -> Got {
        let got = self.world.run(self.ask(request, route));
        self.world.run(self.engine.flush());
        got
    }

    /// A plain GET of `path` by the default route.
    pub fn fetch(&self, path: &str) -> Got {
        self.fetch_with(get(path), Route::default())
    }

    pub fn advance_secs(&self, seconds: u64) {
        self.world.advance(Millis::from_secs(seconds));
    }

    /// How many requests went out since the last look.
    pub fn sent(&self) -> usize {
        self.origin.take_sent().len()
    }
}

/// A GET of a path of the own origin.
pub fn get(path: &str) -> Request {
    Request::get(Url::new(&[OWN, path].concat()))
}

/// The route of that strategy.
pub fn by(strategy: Strategy) -> Route {
    Route { strategy, ..Route::default() }
}

fn got(answered: Result<Reply<Native>, Failure<Native>>) -> Got {
    match answered {
        Ok(Reply::Network(Native::Response(answer), _)) => Got::Network(answer.body),
        Ok(Reply::Stored(served)) if served.answer == Answer::NotModified => Got::NotModified,
        Ok(Reply::Stored(served)) => {
            let headers = served.headers();
            let Native::Body(body) = served.body else { panic!("answered with {:?}", served.body) };
            Got::Stored(body, headers)
        }
        Ok(Reply::GatewayTimeout) => Got::GatewayTimeout,
        Ok(Reply::NetworkError) => Got::NetworkError,
        Ok(Reply::Network(native, _)) => {
            panic!("answered with {native:?}")
        }
        Err(failure) => Got::Failed(format!("{failure:?}")),
    }
}
