// An API Gateway stage: signatures and tokens that rotate, a stage that throttles, and its cache told to forget.

import assert from "node:assert/strict";

import { fetched, headers, open } from "./lib/cache.mjs";
import { forEachBrowser, until } from "./lib/suite.mjs";

const gateway = (more = {}) => ({ origin: { kind: "api-gateway", ...more } });
const MANY = 50;

/** Numbered answers, fresh for a minute. */
const numbered = (origin, count) =>
  origin.script("a", Array.from({ length: count }, (_, at) => ({ headers: headers("max-age=60"), body: `answer ${at + 1}` })));

// ---- what a signer and an identity provider make

let calls = 0;

/** The headers of a SigV4-signed call: date, token and signature are new each time. */
function sigv4(accessKey) {
  calls += 1;
  const date = `20260101T0000${String(calls).padStart(2, "0")}Z`;
  return {
    Authorization: `AWS4-HMAC-SHA256 Credential=${accessKey}/20260101/eu-central-1/execute-api/aws4_request, `
      + `SignedHeaders=host;x-amz-date, Signature=${String(calls).padStart(64, "0")}`,
    "X-Amz-Date": date,
    "X-Amz-Security-Token": `token-${calls}`,
    "X-Amz-Content-Sha256": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
  };
}

/** The query of a presigned URL. */
function presigned(accessKey) {
  calls += 1;
  return new URLSearchParams({
    "X-Amz-Algorithm": "AWS4-HMAC-SHA256",
    "X-Amz-Credential": `${accessKey}/20260101/eu-central-1/execute-api/aws4_request`,
    "X-Amz-Date": `20260101T0000${String(calls).padStart(2, "0")}Z`,
    "X-Amz-Expires": "300",
    "X-Amz-SignedHeaders": "host",
    "X-Amz-Signature": String(calls).padStart(64, "0"),
  });
}

/** A JWT as an identity provider renews it: same subject, everything else new. */
function token(claims) {
  calls += 1;
  const text = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const times = { iat: 1_800_000_000 + calls, exp: 1_800_003_600 + calls, jti: `id-${calls}` };
  return { Authorization: `Bearer ${text({ alg: "RS256" })}.${text({ ...claims, ...times })}.c2lnbmF0dXJl${calls}` };
}

// ---- what the page does

/** `count` fetches of one URL at once: their statuses and bodies, each different one with how often it came. */
const atOnce = (tab, path, count = MANY) => tab.evaluate(async (path, count) => {
  const got = {};
  await Promise.all(Array.from({ length: count }, async () => {
    const response = await cache.fetch(path);
    const answer = `${response.status} ${await response.text()}`;
    got[answer] = (got[answer] ?? 0) + 1;
  }));
  return got;
}, path, count);

const network = (tab) => tab.evaluate(() => cache.stats().network);

const refusal = (seconds) => ({
  status: 429, headers: [["Retry-After", String(seconds)], ["Content-Type", "application/json"]], body: '{"message":"Too Many Requests"}',
});

/** Whether any request asked a stage cache to drop what it keeps. */
const droppers = async (origin) => (await origin.log()).filter((line) => /max-age=0/.test(line.headers["cache-control"] ?? ""));

forEachBrowser("API Gateway: who asks", (test) => {
  test("SigV4 headers rotate, the access key stays: one entry", async ({ origin, visit }) => {
    const tab = await visit();
    await open(tab, gateway());
    const path = await numbered(origin, 2);
    for (const [key, body] of [["AKIDONE", "answer 1"], ["AKIDONE", "answer 1"], ["AKIDTWO", "answer 2"], ["AKIDONE", "answer 1"]]) {
      assert.equal((await fetched(tab, path, { headers: sigv4(key) })).body, body);
    }
    const asked = await origin.asked("a");
    assert.deepEqual(asked.map(({ headers }) => headers.authorization.match(/Credential=(\w+)/)[1]), ["AKIDONE", "AKIDTWO"]);
  });

  test("presigned URLs rotate, the access key stays: one entry", async ({ origin, visit }) => {
    const tab = await visit();
    await open(tab, gateway());
    const path = await numbered(origin, 3);
    for (const [key, stage, body] of [
      ["AKIDONE", "v1", "answer 1"], ["AKIDONE", "v1", "answer 1"], ["AKIDTWO", "v1", "answer 2"], ["AKIDONE", "v2", "answer 3"],
      ["AKIDTWO", "v1", "answer 2"], ["AKIDONE", "v1", "answer 1"],
    ]) assert.equal((await fetched(tab, `${path}?stage=${stage}&${presigned(key)}`)).body, body, `${key} ${stage}`);
    assert.equal((await origin.asked("a")).length, 3);
  });

  test("bearer tokens rotate, their subject stays: one entry", async ({ origin, visit }) => {
    const tab = await visit();
    await open(tab, gateway());
    const path = await numbered(origin, 3);
    for (const [claims, body] of [
      [{ sub: "alice" }, "answer 1"], [{ sub: "alice" }, "answer 1"], [{ sub: "bob" }, "answer 2"], [{ sub: "alice" }, "answer 1"],
      // Another scope may see other things.
      [{ sub: "alice", scope: "admin" }, "answer 3"], [{ sub: "bob" }, "answer 2"],
    ]) assert.equal((await fetched(tab, path, { headers: token(claims) })).body, body, JSON.stringify(claims));
    assert.equal((await origin.asked("a")).length, 3);
  });

  test("a real login's tokens: alice's profile comes back as a 304, bob gets his own", async ({ origin, visit }) => {
    const tab = await visit();
    await open(tab, gateway());
    const login = async (user) => {
      const response = await fetch(`${origin.url}/api/login`, { method: "POST", body: JSON.stringify({ user }) });
      return { Authorization: `Bearer ${(await response.json()).token}` };
    };
    const path = "/api/profile";
    const alice = await fetched(tab, path, { headers: await login("alice") });
    const renewed = await fetched(tab, path, { headers: await login("alice") });
    assert.deepEqual([renewed.body, renewed.via["fwd-status"]], [alice.body, 304]);
    const bob = await fetched(tab, path, { headers: await login("bob") });
    assert.deepEqual([JSON.parse(alice.body).user, JSON.parse(bob.body).user], ["alice", "bob"]);
    const lines = await origin.log({ path });
    assert.deepEqual(lines.map(({ status }) => status), [200, 304, 200]);
    assert.equal(lines[2].headers["if-none-match"], undefined, "bob was asked about alice's");
  });

  test("the identity function decides, and falls back to the header", async ({ origin, visit }) => {
    const tab = await visit();
    await tab.evaluate(async () => {
      const identity = (request) => request.headers.get("X-User") ?? undefined;
      globalThis.cache = await nearcache.open({ name: "test", origin: { kind: "api-gateway", identity } });
    });
    const path = await numbered(origin, 4);
    let opaque = 0;
    const speaking = (user) => ({ Authorization: `Bearer opaque-${(opaque += 1)}`, ...(user && { "X-User": user }) });
    for (const [sent, body] of [
      [speaking("alice"), "answer 1"], [speaking("alice"), "answer 1"], [speaking("bob"), "answer 2"], [speaking("alice"), "answer 1"],
      // A token that says nothing is told apart by its text.
      [speaking(), "answer 3"], [speaking(), "answer 4"],
    ]) assert.equal((await fetched(tab, path, { headers: sent })).body, body);
    assert.equal((await origin.asked("a")).length, 4);
    const raw = await tab.evaluate(async () => {
      await cache.flush();
      return (await rawStores()).filter((line) => /alice|bob|opaque-/.test(line));
    });
    assert.deepEqual(raw, [], "who it was is stored in clear");
  });

  test("an identity function that throws fails its own call only", async ({ origin, visit }) => {
    const tab = await visit();
    const path = await numbered(origin, 1);
    const got = await tab.evaluate(async (path) => {
      const identity = (request) => {
        if (request.headers.has("X-Bad")) throw new RangeError("no identity");
        return "alice";
      };
      const cache = await nearcache.open({ name: "test", origin: { kind: "api-gateway", identity } });
      const thrown = await cache.fetch(path, { headers: { "X-Bad": "1" } }).then(() => null, (error) => error.name);
      return [thrown, await (await cache.fetch(path)).text()];
    }, path);
    assert.deepEqual(got, ["RangeError", "answer 1"]);
  });
});

forEachBrowser("API Gateway: throttled", (test) => {
  test(`${MANY} callers wait for the break together, then one asks`, async ({ origin, visit }) => {
    const tab = await visit();
    await open(tab, gateway());
    const path = await origin.script("a", [refusal(1), { headers: headers("max-age=60"), body: "hello" }]);
    assert.deepEqual(await atOnce(tab, path), { "200 hello": MANY });
    const asked = await origin.asked("a");
    assert.equal(asked.length, 2);
    assert.ok(asked[1].at - asked[0].at >= 1_000, `asked again after ${asked[1].at - asked[0].at} ms`);
    assert.equal((await network(tab)).throttled, 1);
    assert.equal((await fetched(tab, path)).via.hit, true);
  });

  test("several refusals in a row: one request at a time, in good order", async ({ origin, visit }) => {
    const tab = await visit();
    await open(tab, gateway());
    const path = await origin.script("a", [refusal(1), refusal(1), { headers: headers("max-age=60"), body: "hello", delayMs: 200 }]);
    assert.deepEqual(await atOnce(tab, path), { "200 hello": MANY });
    const lines = await origin.log({ path });
    assert.deepEqual(lines.map(({ status }) => status), [429, 429, 200]);
    for (const [at, line] of lines.entries()) {
      const before = lines[at - 1];
      if (before) assert.ok(line.at >= before.at + before.ms + 1_000, JSON.stringify(lines));
    }
  });

  test("a stage that really throttles", async ({ origin, visit }) => {
    await origin.switch({ stage: { throttle: { rate: 1, burst: 1 } } });
    const tab = await visit();
    await open(tab, gateway());
    assert.equal((await fetched(tab, "/api/products/p0001")).status, 200);
    const path = "/api/products/p0002";
    const got = await tab.evaluate(async (path, count) => Promise.all(Array.from({ length: count }, async () => {
      const response = await cache.fetch(path);
      return response.status === 200 && (await response.json()).id;
    })), path, MANY);
    assert.deepEqual(new Set(got), new Set(["p0002"]));
    const statuses = (await origin.log({ path })).map(({ status }) => status);
    assert.ok(statuses.length <= 3 && statuses.at(-1) === 200, statuses.join());
  });

  test("a break longer than anybody waits: the refusal goes to all, by one request", async ({ origin, visit }) => {
    const tab = await visit();
    await open(tab, gateway());
    const path = await origin.script("a", refusal(3_600));
    assert.deepEqual(await atOnce(tab, path), { '429 {"message":"Too Many Requests"}': MANY });
    const later = await fetched(tab, path);
    assert.deepEqual([later.status, later.headers["retry-after"]], [429, "3600"]);
    assert.equal((await origin.asked("a")).length, 1);
    // It is that resource's break, nobody else's.
    assert.equal((await fetched(tab, "/api/categories")).status, 200);
  });

  test("maxRetryDelay and retries are kept to", async ({ origin, visit }) => {
    const tab = await visit();
    await open(tab, gateway({ maxRetryDelay: "500ms" }));
    const impatient = await origin.script("a", refusal(1));
    assert.deepEqual(await atOnce(tab, impatient, 5), { '429 {"message":"Too Many Requests"}': 5 });
    assert.equal((await origin.asked("a")).length, 1);
    await tab.evaluate(() => cache.close());
    await open(tab, gateway({ retries: 0 }));
    const frank = await origin.script("b", refusal(0));
    assert.equal((await fetched(tab, frank)).status, 429);
    assert.equal((await fetched(tab, frank)).status, 429);
    assert.equal((await origin.asked("b")).length, 2);
  });

  for (const [status, name] of [[429, "Too Many Requests"], [503, "Service Unavailable"]]) {
    test(`what is stored stands in for a ${status}, during the break too`, async ({ origin, visit }) => {
      const tab = await visit();
      await open(tab, gateway());
      await tab.evaluate(() => void cache.route("/s/*", { staleIfError: "1d" }));
      const path = await origin.script("a", [{ headers: headers("max-age=0", '"1"'), body: "old" }, { ...refusal(30), status, body: name }]);
      await fetched(tab, path);
      for (let turn = 0; turn < 3; turn += 1) {
        const got = await fetched(tab, path);
        assert.deepEqual([got.status, got.body], [200, "old"], `turn ${turn}: ${got.headers["cache-status"]}`);
      }
      assert.deepEqual(await atOnce(tab, path), { "200 old": MANY });
      assert.equal((await origin.asked("a")).length, 2);
    });
  }
});

forEachBrowser("API Gateway: the stage cache", (test) => {
  const path = "/api/products";
  const url = `${path}?limit=3`;
  const firstPrice = (got) => JSON.parse(got.body).items[0].price;

  /** A page with the list stored here and at the stage, and the data changed behind both. */
  async function outdated(origin, visit, invalidation) {
    await origin.switch({ edge: { enabled: false }, stage: { invalidation } });
    const tab = await visit();
    await open(tab, gateway());
    const before = await fetched(tab, url);
    await origin.change("all", { behind: true });
    await origin.purge(["memory", "shared", "dax"]);
    return { tab, before };
  }

  const invalidate = (tab, signature) => tab.evaluate(async (url, headers) =>
    cache.invalidate({ url, origin: headers ? () => ({ headers }) : true }), url, signature);

  for (const [invalidation, status, warned, signature] of [
    ["allow", 200, false],
    ["warn", 200, true],
    ["forbid", 403, false],
    ["forbid", 200, false, sigv4("AKIDONE")],
  ]) {
    const accepted = status === 200 && !warned;
    const how = `${invalidation}${signature ? ", signed" : ""}`;
    test(`invalidate at a stage set to ${how}: ${accepted ? "it drops its entry" : "it keeps its entry, and we are told"}`, async ({ origin, visit }) => {
      const { tab, before } = await outdated(origin, visit, invalidation);
      const report = await invalidate(tab, signature);
      const [said] = report.origin;
      assert.equal(report.removed, 1);
      assert.equal(report.origin.length, 1);
      assert.deepEqual([said.url, said.status, said.accepted], [origin.url + url, status, accepted]);
      assert.match(said.warning ?? "", warned ? /^199 / : /^$/);
      const after = await fetched(tab, url);
      assert.match(after.via.fwd, /miss/);
      assert.equal(firstPrice(after) !== firstPrice(before), accepted, "new data exactly where the stage dropped its entry");
      const lines = await origin.log({ path });
      assert.deepEqual(lines.map(({ headers }) => headers["cache-control"] === "max-age=0"), [false, true, false]);
      const outcome = { allow: "invalidated", warn: "hit", forbid: signature ? "invalidated" : "refused" }[invalidation];
      assert.equal(lines[1].layers.find(({ layer }) => layer === "stage").outcome, outcome);
    });
  }

  test("without `origin` the stage keeps its entry, and is not asked", async ({ origin, visit }) => {
    const { tab, before } = await outdated(origin, visit, "allow");
    assert.equal(await tab.evaluate((url) => cache.invalidate({ url }), url), 1);
    assert.equal(firstPrice(await fetched(tab, url)), firstPrice(before));
    assert.equal((await droppers(origin)).length, 0);
  });

  test("by tags: every response that carries one is dropped there too", async ({ origin, visit }) => {
    await origin.switch({ edge: { enabled: false }, stage: { invalidation: "allow" } });
    const tab = await visit();
    await open(tab, gateway());
    await tab.evaluate(() => void cache.route("/api/*", { tags: ["shop"] }));
    for (const each of [url, "/api/categories"]) await fetched(tab, each);
    // Only what is stored by then is known to carry the tag.
    await tab.evaluate(() => cache.flush());
    const report = await tab.evaluate(() => cache.invalidate({ tags: ["shop"], origin: true }));
    assert.equal(report.removed, 2);
    assert.deepEqual(report.origin.map(({ url, accepted }) => [url, accepted]).toSorted(),
      [[`${origin.url}/api/categories`, true], [origin.url + url, true]]);
    assert.equal((await droppers(origin)).length, 2);
  });

  test("an origin that is down is reported; what is stored here goes all the same", async ({ origin, visit }) => {
    const { tab } = await outdated(origin, visit, "allow");
    await origin.offline();
    const report = await tab.evaluate(async (url) => {
      const { removed, origin: [{ status, accepted, cause }] } = await cache.invalidate({ url, origin: true });
      return { removed, status, accepted, cause: cause instanceof Error };
    }, url);
    assert.deepEqual(report, { removed: 1, status: 0, accepted: false, cause: true });
  });

  test("nothing else ever asks it to: every mode, strategy and caller's condition", async ({ origin, visit }) => {
    await origin.switch({ edge: { enabled: false }, cors: { allowOrigin: "reflect", exposeHeaders: ["ETag"] } });
    const tab = await visit();
    await open(tab, gateway());
    await tab.evaluate(() => {
      cache.route("/api/products/p0001", { strategy: "network-first" });
      cache.route("/api/products/p0002", { strategy: "stale-while-revalidate", ttl: 0 });
      cache.route("/api/products/p0003", { ttl: 0 });
    });
    for (const at of [1, 2, 3, 4]) {
      const product = `/api/products/p000${at}`;
      for (const init of [
        {}, {}, ...["no-cache", "reload", "no-store", "force-cache", "default"].map((cache) => ({ cache })),
        { headers: { "If-None-Match": '"x"' } }, { headers: token({ sub: "alice" }) }, { method: "HEAD" }, { headers: { Range: "bytes=0-9" } },
      ]) {
        await fetched(tab, product, init);
        if (at > 2) await fetched(tab, origin.crossUrl + product, init);
      }
    }
    await tab.evaluate(() => cache.flush());
    await until(async () => (await origin.stats()).requests > 30);
    const validated = (await origin.log()).filter(({ headers }) => "if-none-match" in headers);
    assert.ok(validated.length >= 8, `only ${validated.length} revalidations`);
    assert.deepEqual((await droppers(origin)).map(({ method, path, headers }) => [method, path, headers]), []);
  });
});
