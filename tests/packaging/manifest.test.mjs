// The list of a build folder, by the command and by the functions behind the Vite plugin.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import { fileURLToPath } from "node:url";

import { inject, manifest, nearcache } from "nearcache/vite";

const command = fileURLToPath(new URL("../../pkg/dist/entry/manifest.js", import.meta.url));
const root = await mkdtemp(join(tmpdir(), "nearcache-manifest-"));
after(() => rm(root, { recursive: true }));

const files = {
  "index.html": "<!doctype html>", "assets/app.js": "app", "assets/app.js.map": "{}", "assets/a b#1?.js": "odd",
  "admin/users.html": "users", ".hidden": "x", "large.bin": "x".repeat(2_000),
};
let count = 0;
/** A folder with `files`, and a worker with `script`. */
async function folder(script) {
  const path = join(root, String(++count));
  for (const [name, text] of Object.entries(files)) {
    await mkdir(join(path, name, ".."), { recursive: true });
    await writeFile(join(path, name), text);
  }
  if (script) await writeFile(join(path, "sw.js"), script);
  return path;
}
const sha = (text) => createHash("sha384").update(text).digest("base64");
const urls = (items) => items.map(({ url }) => url);
const run = (args, cwd = root) => new Promise((resolve) => {
  execFile(process.execPath, [command, ...args], { cwd }, (error, stdout, stderr) => resolve({ code: error?.code ?? 0, stdout, stderr }));
});

describe("manifest", () => {
  it("lists every file with its hash, but source maps and hidden ones", async () => {
    const items = await manifest(await folder());
    assert.deepEqual(urls(items), ["/admin/users.html", "/assets/a%20b%231%3F.js", "/assets/app.js", "/index.html", "/large.bin"]);
    const { revision, integrity } = items[2];
    assert.deepEqual([revision, integrity], [sha("app").slice(0, 16), `sha384-${sha("app")}`]);
  });

  it("is the same for the same files, and changes where a file does", async () => {
    const [one, other] = [await folder(), await folder()];
    assert.deepEqual(await manifest(one), await manifest(`${other}/`));
    await writeFile(join(other, "assets/app.js"), "app 2");
    const before = await manifest(one);
    assert.deepEqual(urls((await manifest(other)).filter(({ revision }, at) => revision !== before[at].revision)), ["/assets/app.js"]);
  });

  it("takes base, ignore, maxSize and integrity", async () => {
    const items = await manifest(await folder(), { base: "/shop/", ignore: ["/admin/*", /#|b#/], maxSize: 1_000, integrity: false });
    assert.deepEqual(urls(items), ["/shop/assets/app.js", "/shop/index.html"]);
    assert.deepEqual(Object.keys(items[0]), ["url", "revision"]);
  });

  it("is put into a worker's script, and refuses a script without a place for it", async () => {
    const path = await folder("serve({ precache: self.__NEARCACHE_PRECACHE__ });");
    await inject(join(path, "sw.js"), [{ url: "/$&", revision: "1" }]);
    assert.equal(await readFile(join(path, "sw.js"), "utf8"), 'serve({ precache: [{"url":"/$&","revision":"1"}] });');
    await assert.rejects(inject(join(path, "index.html"), []), /does not say __NEARCACHE_PRECACHE__/);
  });
});

describe("nearcache-manifest", () => {
  it("prints the list", async () => {
    const { code, stdout } = await run([".", "--ignore", "/admin/*", "--no-integrity"], await folder());
    assert.deepEqual([code, urls(JSON.parse(stdout))], [0, ["/assets/a%20b%231%3F.js", "/assets/app.js", "/index.html", "/large.bin"]]);
  });

  it("fills in a worker, which it does not list", async () => {
    const path = await folder("serve({ precache: __NEARCACHE_PRECACHE__ });");
    const { code, stdout } = await run([path, "--inject", join(path, "sw.js"), "--base", "/shop"]);
    assert.deepEqual([code, stdout], [0, "5 files\n"]);
    const script = await readFile(join(path, "sw.js"), "utf8");
    assert.match(script, /^serve\(\{ precache: \[\{"url":"\/shop\/admin/);
    assert.doesNotMatch(script, /sw\.js/);
  });

  it("writes a file, which the next run does not list", async () => {
    const path = await folder();
    for (let round = 0; round < 2; round += 1) assert.equal((await run([".", "--out", "list.json"], path)).code, 0);
    assert.equal(JSON.parse(await readFile(join(path, "list.json"), "utf8")).length, 5);
  });

  for (const [args, message] of [[[], /name one folder/], [["a", "b"], /name one folder/], [["--colour"], /--colour/], [["nowhere"], /nowhere/], [[".", "--max-size", "big"], /number of bytes/]]) {
    it(`refuses ${args.join(" ") || "nothing"}`, async () => {
      const { code, stderr } = await run(args);
      assert.equal(code, 1);
      assert.match(stderr, message);
      assert.match(stderr, /usage: nearcache-manifest FOLDER/);
    });
  }

  it("explains itself", async () => {
    const { code, stdout } = await run(["--help"]);
    assert.equal(code, 0);
    assert.match(stdout, /--inject FILE/);
  });
});

describe("the Vite plugin", () => {
  it("leaves an empty list in development, and builds without the worker alone", async () => {
    const plugin = nearcache();
    assert.deepEqual(plugin.config({}, { command: "serve" }), { define: { __NEARCACHE_PRECACHE__: "[]" } });
    assert.equal(plugin.config({}, { command: "build" }), undefined);
    await plugin.writeBundle.handler({}, { "server.js": {} });
  });
});
