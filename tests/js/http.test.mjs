import assert from "node:assert/strict";
import test from "node:test";

import { Api } from "#chat/net/api.js";
import { Http, RequestFailed } from "#chat/net/http.js";
import { createState } from "#chat/state/state.js";
import { Finder } from "#chat/sync/finder.js";
import { History } from "#chat/sync/history.js";

import { ANA, message, room } from "./builders.mjs";

const settled = () => new Promise((resolve) => setImmediate(resolve));

const JSON_TYPE = { "Content-Type": "application/json" };
const answer = (body, status = 200) => new Response(JSON.stringify(body), { status, headers: JSON_TYPE });

/** An answer whose connection is cut in the middle of its body. */
function cut(status = 200) {
  const body = new ReadableStream({
    pull(controller) {
      controller.enqueue(new TextEncoder().encode('{"messages": ['));
      controller.error(new TypeError("network error"));
    },
  });
  return new Response(body, { status, headers: JSON_TYPE });
}

/** What the network does with the next requests, in turn. */
function network(context, ...turns) {
  const requests = [];
  context.mock.method(globalThis, "fetch", async (path, options) => {
    requests.push({ path, ...options });
    const turn = turns.shift();
    if (turn instanceof Error) throw turn;
    return turn;
  });
  return requests;
}

const failsWith = (code) => (failure) => failure instanceof RequestFailed && failure.code === code;

for (const [name, turn] of [
  ["no answer", () => new TypeError("failed to fetch")],
  ["an answer cut off", () => cut()],
  ["a refusal cut off", () => cut(404)],
  ["an answer of something else than Parley", () => new Response("<html>", { headers: JSON_TYPE })],
]) {
  test(`${name} is a request that failed`, async (context) => {
    network(context, turn());
    await assert.rejects(new Http(() => "").get("/x"), failsWith("offline"));
  });
}

test("a refusal is told as the server put it", async (context) => {
  network(context, answer({ error: { code: "not_found", detail: "There is nothing here." } }, 404));
  await assert.rejects(new Http(() => "").get("/x"), failsWith("not_found"));
});

test("a request is given up after twenty seconds", async (context) => {
  const given = context.mock.method(AbortSignal, "timeout", () => AbortSignal.abort());
  const requests = network(context, answer({}));
  await new Http(() => "").get("/x");
  assert.deepEqual(given.mock.calls[0].arguments, [20_000]);
  assert.equal(requests[0].signal.aborted, true);
});

const tooFast = (seconds) =>
  answer({ error: { code: "rate_limited", detail: "Wait a moment.", retry_after: seconds } }, 429);

test("history that was asked for too fast is asked for again when it is welcome", async (context) => {
  context.mock.timers.enable({ apis: ["setTimeout"] });
  const state = createState(ANA, { local: null, session: null });
  const timeline = state.timelines.of(12);
  timeline.reset([message(2)], { count: 2, hasMore: true });
  const page = answer({ messages: [message(1)], has_older: false, has_newer: true });
  const requests = network(context, tooFast(1.5), tooFast(0.5), page);
  const asking = new History(state, new Api(new Http(() => ""))).older(12, timeline.tail);
  for (const [milliseconds, asked] of [
    [1499, 1],
    [1, 2],
    [499, 2],
    [1, 3],
  ]) {
    await settled();
    context.mock.timers.tick(milliseconds);
    await settled();
    assert.equal(requests.length, asked);
    assert.equal(timeline.fetching.older, asked < 3 ? "loading" : "idle");
  }
  await asking;
  assert.deepEqual(timeline.tail.numbers, [1, 2]);
});

test("what would be welcome too late is refused with the server's sentence", async (context) => {
  const requests = network(context, tooFast(21));
  await assert.rejects(new Http(() => "").post("/x", {}), { code: "rate_limited", message: "Wait a moment." });
  assert.equal(requests.length, 1);
});

test("history that was cut off can be asked for again", async (context) => {
  const state = createState(ANA, { local: null, session: null });
  const timeline = state.timelines.of(12);
  timeline.reset([message(3)], { count: 3, hasMore: true });
  network(context, cut(), answer({ messages: [message(1), message(2)], has_older: false, has_newer: true }));
  const history = new History(state, new Api(new Http(() => "")));
  await history.older(12, timeline.tail);
  assert.equal(timeline.fetching.older, "failed");
  await history.older(12, timeline.tail);
  assert.equal(timeline.fetching.older, "idle");
  assert.deepEqual(timeline.tail.numbers, [1, 2, 3]);
});

test("a bug while a page is taken in leaves history to be asked for again", async () => {
  const state = createState(ANA, { local: null, session: null });
  const timeline = state.timelines.of(12);
  timeline.reset([message(3)], { count: 3, hasMore: true });
  const history = new History(state, { messages: async () => ({}) });
  await assert.rejects(history.older(12, timeline.tail), TypeError);
  assert.equal(timeline.fetching.older, "failed");
});

test("an address is looked up again after an answer was cut off", async (context) => {
  context.mock.timers.enable({ apis: ["setTimeout"] });
  const state = createState(ANA, { local: null, session: null });
  const found = [];
  network(context, cut(), answer({ rooms: [room()] }));
  const finder = new Finder(state, new Api(new Http(() => "")), (id) => found.push(id));
  state.rooms.replace([]);
  state.place.go("general");
  await finder.find();
  assert.deepEqual(found, []);
  context.mock.timers.tick(2000);
  await settled();
  await settled();
  assert.deepEqual(found, [12]);
});
