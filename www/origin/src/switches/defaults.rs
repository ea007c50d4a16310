//! The defaults: a stack as AWS documents it, with the latencies it publishes.

use super::*;

impl Switches {
    /// The stack with the published latencies.
    pub(crate) fn published() -> Self {
        Self {
            // Lighthouse's "dense 4G" (its desktop setting): a round trip of 40 ms.
            network_ms: Millis::new(40.0),
            network_kbps: None,
            offline: false,
            edge: Edge {
                enabled: true,
                // AWS publishes sub-millisecond for CloudFront Functions, which run in the same place; the rest
                // of a hit is network.
                latency_ms: Millis::new(1.0),
                compress: true,
                collapse: true,
                // CloudFront Developer Guide, "Error caching minimum TTL": 10 seconds.
                error_ttl_seconds: Bounded::new(10),
                behaviours: behaviours(),
            },
            stage: Stage {
                enabled: true,
                // AWS Compute Blog, "HTTP APIs now generally available": under 10 ms added at p99.
                latency_ms: Millis::new(8.0),
                // API Gateway Developer Guide, "Cache settings": 300 s unless set, 3600 at most.
                ttl_seconds: Bounded::new(300),
                // API Gateway quotas: 10 000 requests a second, bursts of 5 000, an account and region.
                throttle: Some(Throttle { rate: Bounded::new(10_000), burst: Bounded::new(5_000) }),
                invalidation: Invalidation::Warn,
                cache_post: true,
                methods: methods(),
            },
            functions: Functions {
                enabled: true,
                latency_ms: Millis::new(5.0),
                // Lambda Operator Guide: a cold start takes "from under 100 ms to over 1 second".
                cold_start_ms: Millis::new(250.0),
                // AWS does not publish this one; measurements report 5 to 7 minutes.
                idle_seconds: Bounded::new(300),
                // Lambda quotas: 1 000 concurrent executions an account and region.
                concurrency: Bounded::new(1_000),
                memory_mb: Bounded::new(512),
                memory_ttl_seconds: Bounded::new(10),
            },
            shared: Shared {
                enabled: true,
                // ElastiCache product page: microsecond reads in the node, sub-millisecond with the network.
                latency_ms: Millis::new(0.8),
                ttl_seconds: Bounded::new(60),
            },
            dax: Dax {
                enabled: true,
                // DynamoDB Developer Guide, DAX: "response times in microseconds".
                latency_ms: Millis::new(0.5),
                // DAX parameter groups: record-ttl-millis and query-ttl-millis are 5 minutes.
                item_ttl_seconds: Bounded::new(300),
                query_ttl_seconds: Bounded::new(300),
            },
            table: Table {
                // DynamoDB product page: "single-digit millisecond performance".
                latency_ms: Millis::new(6.0),
            },
            bucket: Bucket {
                // S3 User Guide, "Performance design patterns": roughly 100 to 200 ms to the first byte.
                latency_ms: Millis::new(100.0),
            },
            failure: Failure {
                mode: FailureMode::None,
                status: Bounded::new(503),
                path_prefix: "/api/".to_owned(),
                rate: Share::WHOLE,
                count: None,
            },
            cors: Cors {
                allow_origin: None,
                expose_headers: Vec::new(),
                allow_credentials: false,
                max_age: None,
            },
        }
    }

    /// The same stack in no time, for tests.
    pub(crate) fn fast() -> Self {
        let mut switches = Self::published();
        for latency in [
            &mut switches.network_ms,
            &mut switches.edge.latency_ms,
            &mut switches.stage.latency_ms,
            &mut switches.functions.latency_ms,
            &mut switches.functions.cold_start_ms,
            &mut switches.shared.latency_ms,
            &mut switches.dax.latency_ms,
            &mut switches.table.latency_ms,
            &mut switches.bucket.latency_ms,
        ] {
            *latency = Millis::default();
        }
        switches
    }
}

fn behaviours() -> Vec<Behaviour> {
    let behaviour = |path: &str, cached, queries: &[&str]| Behaviour {
        path: path.to_owned(),
        cached,
        // The managed policy "CachingOptimized" has a default of a day and a maximum of a year; its minimum
        // of 1 s would override `no-cache`, so 0 as in "UseOriginCacheControlHeaders".
        min_ttl_seconds: Bounded::new(0),
        default_ttl_seconds: Bounded::new(86_400),
        max_ttl_seconds: Bounded::new(31_536_000),
        queries: owned(queries),
        headers: Vec::new(),
        cookies: Vec::new(),
    };
    vec![
        behaviour("/images/*", true, &[]),
        behaviour("/api/profile", false, &[]),
        behaviour("/api/login", false, &[]),
        behaviour("/api/*", true, &["category", "sort", "page", "limit"]),
    ]
}

fn methods() -> Vec<Method> {
    let method = |method, path: &str, queries: &[&str]| Method {
        method,
        path: path.to_owned(),
        queries: owned(queries),
        headers: Vec::new(),
        body: method != Verb::Get,
    };
    // Not /api/products/*: the stage would answer the edge's revalidations with a 200 for five minutes.
    vec![
        method(Verb::Get, "/api/products", &["category", "sort", "page", "limit"]),
        method(Verb::Get, "/api/categories", &[]),
        method(Verb::Post, "/api/search", &[]),
    ]
}

fn owned(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}
