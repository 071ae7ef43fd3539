import assert from "node:assert/strict";
import test from "node:test";

import { Timeline } from "#chat/state/timeline.js";
import { Window } from "#chat/state/window.js";
import { History } from "#chat/sync/history.js";
import { Paging } from "#chat/ui/paging.js";

import { message } from "./builders.mjs";

const span = (from, to) => Array.from({ length: to - from + 1 }, (_, index) => message(from + index));

function newest(from, to) {
  const timeline = new Timeline();
  timeline.reset(span(from, to), { count: to, hasMore: from > 1 });
  const window = new Window(timeline);
  window.toNewest();
  return { timeline, window };
}

const ends = (window) => [window.numbers()[0], window.numbers().at(-1)];

test("it starts with the newest and follows them", () => {
  const { timeline, window } = newest(1, 200);
  assert.deepEqual(ends(window), [161, 200]);
  timeline.apply(message(201));
  assert.deepEqual(ends(window), [161, 201]);
});

test("growing upwards lets go of the newest, growing back finds them", () => {
  const { window } = newest(1, 1000);
  for (let step = 0; step < 10; step++) window.growOlder();
  assert.equal(window.numbers().length, 160);
  assert.equal(window.follows, false);
  for (let step = 0; step < 50 && window.canGrow.newer; step++) window.growNewer();
  assert.equal(window.follows, true);
  assert.equal(window.numbers().at(-1), 1000);
  assert.ok(window.numbers().length <= 160);
});

test("at the start of what is known it cannot grow", () => {
  const { window } = newest(1, 20);
  assert.deepEqual(window.canGrow, { older: false, newer: false });
  assert.equal(window.before(), null);
});

test("it lies around a number of another stretch without following", () => {
  const { timeline, window } = newest(951, 1000);
  timeline.addPage(span(100, 150), { from: 100, to: 150 });
  window.toNumber(120);
  assert.equal(window.follows, false);
  assert.deepEqual(ends(window), [100, 139]);
  timeline.apply(message(1001));
  assert.deepEqual(ends(window), [100, 139]);
});

test("a reset leaves it without a range until it is moved", () => {
  const { timeline, window } = newest(1, 1000);
  for (let step = 0; step < 10; step++) window.growOlder();
  timeline.reset(span(951, 1000), { count: 1000, hasMore: true });
  assert.equal(window.range, null);
  assert.deepEqual(window.numbers(), []);
});

test("a reader at the newest keeps a short window through any number of messages", () => {
  const { timeline, window } = newest(1, 10);
  for (let number = 11; number <= 2000; number++) {
    timeline.apply(message(number));
    window.trim({ atEnd: true });
    assert.ok(window.numbers().length <= 160);
    assert.equal(window.numbers().at(-1), number);
  }
});

test("a reader further up stops following when too many arrive", () => {
  const { timeline, window } = newest(1, 10);
  for (let number = 11; number <= 2000; number++) {
    timeline.apply(message(number));
    window.trim({ atEnd: false });
  }
  assert.equal(window.follows, false);
  assert.ok(window.numbers().length <= 321);
});

/** A reader further up, whose tab was hidden while two thousand messages arrived. */
function returned() {
  const { timeline, window } = newest(1, 10);
  for (let number = 11; number <= 2000; number++) timeline.apply(message(number));
  window.trim({ atEnd: false });
  return { timeline, window };
}

test("a reader further up who comes back to thousands is drawn some hundred of them, from where they were", () => {
  const { window } = returned();
  assert.deepEqual(ends(window), [1, 320]);
});

/** Paging for a reader who is always at the end of what is drawn, with an API that has nothing to give. */
function pagingAtEnd(timeline, window) {
  const asked = [];
  const messages = async (room, place) => {
    asked.push(place);
    return { messages: [], has_older: false, has_newer: false };
  };
  const history = new History({ timelines: { of: () => timeline } }, { messages });
  const actions = { older: (...where) => history.older(...where), newer: (...where) => history.newer(...where) };
  const keeper = { distanceToStart: () => Infinity, distanceToEnd: () => 0 };
  const paging = new Paging({ actions, keeper, onGrown: () => {} });
  paging.open(12, timeline, window);
  const check = async () => {
    paging.check();
    await new Promise((resolve) => setImmediate(resolve));
  };
  return { asked, check };
}

test("a reader who scrolls down to the newest follows them again, and nothing is fetched", async () => {
  const { timeline, window } = returned();
  const { asked, check } = pagingAtEnd(timeline, window);
  for (let step = 0; step < 200 && !window.follows; step++) await check();
  assert.equal(window.follows, true);
  assert.equal(window.numbers().at(-1), 2000);
  assert.deepEqual(asked, []);
});

test("a window that ends with the newest, and does not follow, follows without a request", async () => {
  const timeline = new Timeline();
  const deleted = span(11, 20).map((each) => ({ ...each, deleted: true }));
  timeline.reset(deleted.slice(5), { count: 20, hasMore: true });
  timeline.addPage(span(1, 10), { from: 1, to: 10 });
  const window = new Window(timeline);
  window.toNumber(5);
  timeline.addPage(deleted.slice(0, 5), { from: 11, to: 15 });
  assert.equal(window.follows, false);
  const { asked, check } = pagingAtEnd(timeline, window);
  await check();
  assert.equal(window.follows, true);
  assert.deepEqual(asked, []);
});

test("a page that brings nothing is not asked for again by itself", async () => {
  const { timeline, window } = newest(951, 1000);
  timeline.addPage(span(100, 110), { from: 100, to: 110 });
  window.toNumber(105);
  const { asked, check } = pagingAtEnd(timeline, window);
  await check();
  assert.deepEqual(asked, [{ after: 110 }]);
});
