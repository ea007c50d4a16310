// A CloudFront distribution in front: weak ETags, validators that don't help, signed URLs, and what the edge says.

import assert from "node:assert/strict";

import { fetched, headers, open } from "./lib/cache.mjs";
import { REAL } from "./lib/origin.mjs";
import { forEachBrowser } from "./lib/suite.mjs";

const cloudfront = { origin: { kind: "cloudfront" } };
const list = "/api/products?limit=20";

/** A signed URL's parameters, new at each call as the signer's are. */
let signatures = 0;
const signed = () => {
  signatures += 1;
  return `Expires=${1_800_000_000 + signatures}&Policy=cG9saWN5${signatures}&Signature=c2ln${signatures}`
    + "&Key-Pair-Id=K2JCJMDEHXQW5F&Hash-Algorithm=SHA256";
};

const network = (tab) => tab.evaluate(() => cache.stats().network);

/** The edge's behaviours, one of them changed. */
async function behaviour(origin, path, patch) {
  const { edge } = await origin.switch({});
  const behaviours = edge.behaviours.map((behaviour) => (behaviour.path === path ? { ...behaviour, ...patch } : behaviour));
  return origin.switch({ edge: { behaviours } });
}

forEachBrowser("CloudFront", (test) => {
  test("the weak ETag of what the edge compressed revalidates by 304", async ({ origin, visit }) => {
    const tab = await visit();
    await open(tab, cloudfront);
    const first = await fetched(tab, list);
    assert.match(first.headers.etag, /^W\/"/);
    const again = await fetched(tab, list, { cache: "no-cache" });
    assert.deepEqual([again.status, again.body, again.via["fwd-status"]], [200, first.body, 304]);
    const [, line] = await origin.log({ path: "/api/products" });
    assert.deepEqual([line.status, line.headers["if-none-match"]], [304, first.headers.etag]);
  });

  test("a strong ETag that has become weak meanwhile names the same response", async ({ origin, visit }) => {
    await origin.switch({ edge: { compress: false } });
    const tab = await visit();
    await open(tab, cloudfront);
    const first = await fetched(tab, list);
    assert.match(first.headers.etag, /^"/);
    await origin.switch({ edge: { compress: true } });
    await origin.purge(["edge"]);
    const again = await fetched(tab, list, { cache: "no-cache" });
    assert.deepEqual([again.status, again.body, again.via["fwd-status"]], [200, first.body, 304]);
    // nginx answers conditions before it compresses: its 304 has the tag of what it keeps.
    assert.equal(again.headers.etag, REAL ? first.headers.etag : `W/${first.headers.etag}`);
    const fresh = await fetched(tab, list);
    assert.deepEqual([fresh.via.hit, fresh.body], [true, first.body]);
    const { requests, notModified } = await origin.counts("/api/products");
    assert.deepEqual({ requests, notModified }, { requests: 2, notModified: 1 });
  });

  test("where cookies are forwarded, a 200 with the same ETag renews what is stored", async ({ origin, visit }) => {
    await behaviour(origin, "/api/*", { cookies: ["session"] });
    const tab = await visit();
    await open(tab, cloudfront);
    const path = "/api/products/p0004";
    const { body } = await fetched(tab, path);
    for (let turn = 0; turn < 3; turn += 1) {
      const again = await fetched(tab, path, { cache: "no-cache" });
      assert.deepEqual([again.status, again.body, again.via["fwd-status"]], [200, body, 200]);
    }
    const { requests, notModified } = await origin.counts(path);
    assert.deepEqual({ requests, notModified }, { requests: 4, notModified: 0 });
    assert.equal((await fetched(tab, path)).via.hit, true);
    // What has changed is told by another ETag, and does replace it.
    await origin.change("p0004");
    const changed = await fetched(tab, path, { cache: "no-cache" });
    assert.notEqual(changed.body, body);
    assert.equal((await fetched(tab, path)).body, changed.body);
  });

  test("the same ETag again: the stored body stays, its head and lifetime are the new ones", async ({ origin, visit }) => {
    const tab = await visit();
    await open(tab, cloudfront);
    const path = await origin.script("a", [
      { headers: [...headers("max-age=0", '"1"'), ["X-Turn", "first"]], body: "hello" },
      // Another text, to show which one is kept.
      { headers: [...headers("max-age=60", 'W/"1"'), ["X-Turn", "second"]], body: "HELLO" },
    ], { match304: false });
    await fetched(tab, path);
    const again = await fetched(tab, path);
    assert.deepEqual([again.body, again.via["fwd-status"], again.headers["x-turn"]], ["HELLO", 200, "second"]);
    const fresh = await fetched(tab, path);
    assert.deepEqual([fresh.via.hit, fresh.body, fresh.headers["x-turn"]], [true, "hello", "second"]);
    await tab.evaluate(() => cache.flush());
    await tab.reload();
    await open(tab, cloudfront);
    const kept = await fetched(tab, path);
    assert.deepEqual([kept.via.hit, kept.body, kept.headers["x-turn"]], [true, "hello", "second"]);
    assert.equal((await origin.asked("a")).length, 2);
  });

  test("two signatures of a URL are one entry; other parameters are not", async ({ origin, visit }) => {
    const tab = await visit();
    await open(tab, cloudfront);
    const path = await origin.script("a", [1, 2].map((turn) => ({ headers: headers("max-age=60"), body: `answer ${turn}` })));
    for (const [query, body] of [["v=1", "answer 1"], ["v=1", "answer 1"], ["v=2", "answer 2"], ["v=1", "answer 1"]]) {
      assert.equal((await fetched(tab, `${path}?${query}&${signed()}`)).body, body);
    }
    // Without any signature too: it says who may ask, not what is asked for.
    assert.equal((await fetched(tab, `${path}?v=2`)).body, "answer 2");
    assert.deepEqual((await origin.log({ path })).map(({ query }) => query.split("&")[0]), ["v=1", "v=2"]);
  });

  test("what is stale is asked for with the newest signature", async ({ origin, visit }) => {
    const tab = await visit();
    await open(tab, cloudfront);
    const path = await origin.script("a", { headers: headers("max-age=0", '"1"'), body: "hello" });
    const queries = [signed(), signed()];
    for (const query of queries) assert.equal((await fetched(tab, `${path}?${query}`)).body, "hello");
    assert.deepEqual((await origin.log({ path })).map(({ query, status }) => [query, status]), [[queries[0], 200], [queries[1], 304]]);
  });

  test("other origins' URLs may call a parameter Signature: it counts", async ({ origin, visit }) => {
    const tab = await visit();
    await open(tab);
    const path = await origin.script("a", [1, 2].map((turn) => ({ headers: headers("max-age=60"), body: `answer ${turn}` })));
    const [one, two] = [signed(), signed()];
    assert.equal((await fetched(tab, `${path}?${one}`)).body, "answer 1");
    assert.equal((await fetched(tab, `${path}?${two}`)).body, "answer 2");
    assert.equal((await fetched(tab, `${path}?${one}`)).body, "answer 1");
    assert.equal((await origin.asked("a")).length, 2);
  });

  test("what the edge had and what it had to ask for is counted", async ({ origin, visit }) => {
    const tab = await visit();
    await open(tab, cloudfront);
    const path = "/api/products/p0006";
    assert.equal((await fetched(tab, path)).headers["x-cache"], "Miss from cloudfront");
    const { edgeHits, edgeMisses } = await network(tab);
    assert.deepEqual({ edgeHits, edgeMisses }, { edgeHits: 0, edgeMisses: 1 });
    // A hit of ours is none of the edge's.
    assert.equal((await fetched(tab, path)).via.hit, true);
    assert.match((await fetched(tab, path, { cache: "no-cache" })).headers["x-cache"], /^(Refresh)?Hit from cloudfront$/);
    const after = await network(tab);
    assert.deepEqual([after.edgeHits, after.edgeMisses, after.notModified], [1, 1, 1]);
    const { perLayer } = await origin.stats();
    assert.deepEqual([perLayer.edge.misses, perLayer.edge.hits + perLayer.edge.refreshHits], [1, 1]);
  });

  test("the time at the edge counts towards the age", async ({ origin, visit }) => {
    const tab = await visit();
    await open(tab, cloudfront);
    const edge = [["Age", "50"], ["X-Cache", "Hit from cloudfront"], ["Via", "1.1 abc.cloudfront.net (CloudFront)"]];
    const [young, old] = [
      await origin.script("young", { headers: [...headers("max-age=60"), ...edge], body: "young" }),
      await origin.script("old", { headers: [...headers("max-age=40", '"1"'), ...edge], body: "old" }),
    ];
    await fetched(tab, young);
    const fresh = await fetched(tab, young);
    assert.ok(fresh.via.hit && fresh.via.ttl <= 10 && Number(fresh.headers.age) >= 50, fresh.headers["cache-status"]);
    await fetched(tab, old);
    assert.equal((await fetched(tab, old)).via.fwd, "stale");
    assert.deepEqual([(await origin.asked("young")).length, (await origin.asked("old")).length], [1, 2]);
    // Its 304 has an X-Cache too.
    assert.equal((await network(tab)).edgeHits, 3);
  });
});
