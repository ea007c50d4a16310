// Plays cases inside a page against the scripted origin. What is fetched goes through `fetched`: a cache's `fetch`, or the
// page's own with a service worker behind it. What the origin is told and asked about itself goes past both.

import { judge } from "./judge.js";

const direct = globalThis.fetch.bind(globalThis);
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** Plays all of them, so many at once; resolves to `[{ id, why, late }]`, `why` null where the case passed. */
export async function playAll(cases, fetched, { atOnce, home, cross, attempt }) {
  const left = [...cases];
  const results = [];
  await Promise.all(Array.from({ length: atOnce }, async () => {
    for (let one = left.shift(); one; one = left.shift()) results.push(await play(one, fetched, { home, cross, attempt }));
  }));
  return results;
}

async function play(one, fetched, { home, cross, attempt }) {
  const id = `c${one.number}-${attempt}`;
  const isCross = one.steps.some(({ response }) => ["opaque", "cors"].includes(response?.kind));
  const place = { id, home, base: (isCross ? cross : home) + `/s/${id}`, isCross };
  // HTTP's dates are whole seconds: a case begins with one, so that "at" is what the headers say it is.
  const start = await nextSecond();
  let seconds = 0;
  let before = 0;
  let ready = start;
  let late = 0;
  const played = [];
  for (const [number, step] of one.steps.entries()) {
    seconds = step.at ?? seconds;
    const now = start + seconds * 1000;
    // Seconds count from when the answer before was there, and a little more, by this clock or the origin's.
    await pause(Math.max(now, ready + (seconds - before) * 1000) + 20 - Date.now());
    before = seconds;
    const facts = await take(step, number, fetched, place, now, played);
    ready = facts.at;
    late = Math.max(late, Date.now() - now);
    let why;
    try {
      why = judge(step, facts, played);
    } catch (error) {
      why = `the case itself: ${error.stack}`;
    }
    if (why) return { id: one.id, why: `step ${number}: ${why}`, late };
    played.push(facts);
  }
  return { id: one.id, why: null, late };
}

async function nextSecond() {
  const into = Date.now() % 1000;
  if (into > 100) await pause(1000 - into);
  return Math.floor(Date.now() / 1000) * 1000;
}

/** Carries out a step; resolves to what there was to see of it, here and at the origin. */
async function take(step, number, fetched, place, now, played) {
  const { from } = step.expect;
  if (played.length > 0) {
    // What the step before left running in the background is the one before's.
    const asked = await askedOf(place);
    const before = played.at(-1);
    if (asked.length > before.asked.length && before.script.at(-1)?.fail !== "reset") before.strays = asked.length - before.asked.length;
  }
  const script = answers(step, number, place, now, played.flatMap((one) => one.script).findLast((one) => one.body)?.body);
  const says = { responses: script.length > 0 ? script : [{ status: 599, headers: [["cache-control", "no-store"]] }] };
  await control(place, "PUT", { ...says, onExhausted: script.at(-1)?.fail === "reset" ? "repeat-last" : "500" });
  const facts = { now, script, place, expected: filled(step.expect, place, now), request: step.request ?? {}, ...await seen(step, fetched, place, now) };
  facts.at = Date.now();
  facts.asked = await askedOf(place);
  if (from === "cache+renew") {
    for (let turn = 0; facts.asked.length === 0 && turn < 100; turn += 1) {
      await pause(20);
      facts.asked = await askedOf(place);
    }
    // The origin has been asked; what it says still has to come and be stored.
    await pause(200);
    facts.asked = await askedOf(place);
  }
  return facts;
}

/** The request of a step, and what came of it. */
async function seen(step, fetched, place, now) {
  const { method = "GET", url = "/r", headers = {}, abort, ...rest } = step.request ?? {};
  const init = { method, headers: lines(headers, place, now), ...rest };
  if (abort !== undefined) init.signal = AbortSignal.timeout(abort);
  let response;
  try {
    response = await fetched(place.base + url, init);
  } catch (error) {
    return { error: `${error?.code ?? error?.name}: ${error?.message}` };
  }
  const head = { status: response.status, type: response.type, headers: Object.fromEntries(response.headers) };
  return response.text().then((body) => ({ ...head, body }), (error) => ({ ...head, broken: String(error) }));
}

/** What the origin is to answer in a step, as its script takes it; `last` is the body it sent before. */
function answers(step, number, place, now, last) {
  if (step.response === undefined) return [];
  return [step.response, step.again].filter((response) => response !== undefined).flatMap((response) => {
    if (response === null) return [{ fail: "reset" }];
    const { status = 200, headers = {}, kind, body, fail, delay, chunk } = response;
    const own = lines(headers, place, now);
    if (!("date" in headers)) own.push(["date", dated("{date}", now)]);
    if (place.isCross && step.request?.mode !== "no-cors" && !("access-control-allow-origin" in headers)) own.push(["access-control-allow-origin", place.home]);
    const answer = { status: status || 200, headers: own, body: body ?? named(step, response, number, last), ...(fail && { fail }), ...(delay && { delayMs: delay }), ...(chunk && { chunkMs: chunk }) };
    if (kind !== "redirected") return [answer];
    return [{ status: 302, headers: [["location", `/s/${place.id}/elsewhere`], ["cache-control", "no-store"]] }, answer];
  });
}

/** A body that tells the steps' answers apart, where the case says nothing of it and there can be one. */
function named({ request }, { status, headers = {} }, number, last = "") {
  if ([204, 205, 206, 304].includes(status) || "content-length" in headers) return "";
  // What HEAD says of the length is that of what GET would get.
  return request?.method === "HEAD" ? last : `of step ${number}`;
}

function lines(headers, place, now) {
  return Object.entries(headers).flatMap(([name, value]) => [value].flat().filter((line) => line !== null)
    .map((line) => [name, dated(line, now).replaceAll("https://origin.example", place.base)])
    .map(([name, line]) => [name, /^(content-)?location$/i.test(name) && line.startsWith("/") ? `/s/${place.id}${line}` : line]));
}

function filled(expect, place, now) {
  const values = (of) => of && Object.fromEntries(Object.entries(of).map(([name, value]) => [name, value === null ? null : dated(value, now)]));
  return { ...expect, headers: values(expect.headers), sent: values(expect.sent) };
}

const DAYS = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];

/** Puts dates in the place of `{date}`, `{date+5}`, `{rfc850-5}`, `{asctime}`. */
function dated(text, now) {
  return text.replace(/\{(date|rfc850|asctime)([+-]\d+)?\}/g, (_, form, shift = "0") => {
    const at = new Date(now + Number(shift) * 1000);
    const [, day, month, year, time] = at.toUTCString().match(/, (\d\d) (\w+) (\d+) (\S+)/);
    if (form === "rfc850") return `${DAYS[at.getUTCDay()]}, ${day}-${month}-${year.slice(2)} ${time} GMT`;
    if (form === "asctime") return `${DAYS[at.getUTCDay()].slice(0, 3)} ${month} ${day.replace(/^0/, " ")} ${time} ${year}`;
    return at.toUTCString();
  });
}

async function askedOf(place) {
  const { requests } = await control(place, "GET");
  return requests.map((request) => ({ ...request, headers: Object.fromEntries(request.headers) }));
}

async function control({ id, home }, method, body) {
  const response = await direct(`${home}/_origin/script/${id}`, { method, cache: "no-store", body: body && JSON.stringify(body) });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} script: ${response.status} ${text}`);
  return text ? JSON.parse(text) : undefined;
}
