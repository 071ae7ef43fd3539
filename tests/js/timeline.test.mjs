import assert from "node:assert/strict";
import test from "node:test";

import { Stream } from "#chat/state/stream.js";
import { Timeline } from "#chat/state/timeline.js";

import { BO, message, randomFrom, shuffled } from "./builders.mjs";

const shown = (timeline, range = timeline.tail) =>
  range.numbers.map((number) => {
    const { message: each } = timeline.row(number);
    return `${number}:${each.deleted ? "-" : each.body}`;
  });

function opened(messages, { count = messages.at(-1)?.number ?? 0, hasMore = false } = {}) {
  const timeline = new Timeline();
  timeline.reset(messages, { count, hasMore });
  return timeline;
}

test("messages stand by number, whatever the order of arrival", () => {
  const timeline = opened([]);
  for (const number of [3, 1, 2]) timeline.apply(message(number));
  assert.deepEqual(timeline.tail.numbers, [1, 2, 3]);
});

test("an older row never replaces a newer one", () => {
  const timeline = opened([message(1, { seq: 5, body: "edited" })]);
  timeline.apply(message(1, { seq: 1, body: "first" }));
  assert.deepEqual(shown(timeline), ["1:edited"]);
});

test("what was seen leaves a tombstone, what was not leaves nothing", () => {
  const timeline = opened([message(1), message(2, { deleted: true })]);
  timeline.apply(message(1, { seq: 9, deleted: true }));
  timeline.apply(message(3, { seq: 10, deleted: true }));
  assert.deepEqual(shown(timeline), ["1:-"]);
});

test("two authors may use the same key", () => {
  const timeline = opened([message(1, { key: "same" }), message(2, { key: "same", author: BO })]);
  assert.deepEqual(timeline.tail.numbers, [1, 2]);
  assert.equal(timeline.has("1/same") && timeline.has("2/same"), true);
});

test("an edit of a row not loaded survives the stale page that brings it", () => {
  const timeline = opened([message(50)], { count: 50, hasMore: true });
  timeline.apply(message(40, { seq: 90, body: "edited" }));
  timeline.addPage([message(40), message(41)], { from: 40, to: 41 });
  assert.deepEqual(shown(timeline, timeline.rangeAt(40)), ["40:edited", "41:body 41"]);
});

test("ranges that touch become one", () => {
  const timeline = opened([message(9), message(10)], { count: 10, hasMore: true });
  timeline.addPage([message(3), message(4)], { from: 3, to: 4 });
  assert.deepEqual(timeline.tail.numbers, [9, 10]);
  timeline.addPage([5, 6, 7, 8].map((number) => message(number)), { from: 5, to: 8 });
  assert.deepEqual(timeline.tail.numbers, [3, 4, 5, 6, 7, 8, 9, 10]);
});

test("a reset forgets what was there", () => {
  const timeline = opened([message(1), message(2)]);
  timeline.reset([message(7, { seq: 1 })], { count: 7, hasMore: true });
  assert.deepEqual(timeline.tail.numbers, [7]);
  assert.equal(timeline.row(1), undefined);
});

test("what a newest page has beyond the room's count is shown", () => {
  const timeline = opened([message(1), message(2), message(3)], { count: 2 });
  assert.deepEqual(timeline.tail.numbers, [1, 2, 3]);
  timeline.apply(message(4));
  assert.deepEqual(timeline.tail.numbers, [1, 2, 3, 4]);
});

test("a row that came before its room was opened is shown when its change comes", () => {
  const timeline = opened([message(1)]);
  timeline.addPage([message(3)], { from: 4, to: 3 });
  assert.deepEqual(timeline.tail.numbers, [1]);
  timeline.apply(message(2));
  timeline.apply(message(3));
  assert.deepEqual(timeline.tail.numbers, [1, 2, 3]);
});

test("an amended row is taken back, unless the server spoke meanwhile", () => {
  const timeline = opened([message(1)]);
  const undo = timeline.amend(1001, { body: "soon" });
  assert.deepEqual(shown(timeline), ["1:soon"]);
  undo();
  assert.deepEqual(shown(timeline), ["1:body 1"]);

  const late = timeline.amend(1001, { body: "soon" });
  timeline.apply(message(1, { seq: 2, body: "truth" }));
  late();
  assert.deepEqual(shown(timeline), ["1:truth"]);
});

for (const order of ["in turn", "the other way round"]) {
  test(`two amendments that are both refused, ${order}, leave what the server said`, () => {
    const timeline = opened([message(1)]);
    const undo = [timeline.amend(1001, { body: "soon" }), timeline.amend(1001, { body: "sooner" })];
    assert.deepEqual(shown(timeline), ["1:sooner"]);
    for (const each of order === "in turn" ? undo : undo.reverse()) each();
    assert.deepEqual(shown(timeline), ["1:body 1"]);
  });
}

test("an amendment on top of one that is refused stays until it is answered itself", () => {
  const timeline = opened([message(1)]);
  const undo = timeline.amend(1001, { body: "soon" });
  timeline.amend(1001, { body: "sooner" });
  undo();
  assert.deepEqual(shown(timeline), ["1:sooner"]);
});

/** A room's whole history of changes, and its rows at any seq. */
function historyOf(random) {
  const rows = new Map();
  const changes = [];
  for (let seq = 1; seq <= 120; seq++) {
    const known = [...rows.values()].filter(({ deleted }) => !deleted);
    const chance = random();
    let row;
    if (known.length && chance < 0.35) {
      row = { ...known[Math.floor(random() * known.length)], seq };
      if (chance < 0.12) Object.assign(row, { deleted: true, body: "" });
      else row.body = `edit ${seq}`;
    } else row = message(rows.size + 1, { seq });
    rows.set(row.number, row);
    changes.push({ prev: seq - 1, seq, message: row });
  }
  return changes;
}

const rowsAt = (changes, seq) => {
  const rows = new Map();
  for (const { message: row } of changes.slice(0, seq)) rows.set(row.number, row);
  return [...rows.values()];
};

test("dropped, doubled and disordered live changes with catch-up always end in the server's list", () => {
  for (let seed = 1; seed <= 200; seed++) {
    const random = randomFrom(seed);
    const changes = historyOf(random);
    const timeline = opened([]);
    const stream = new Stream(({ message: row }) => timeline.apply(row));
    stream.reached("e", 0);

    let head = 0;
    const catchUp = () => {
      stream.begin();
      let paging = true;
      while (paging) {
        const page = rowsAt(changes, head)
          .filter(({ seq }) => seq > stream.cursor.seq)
          .sort((one, other) => one.seq - other.seq);
        const part = page.slice(0, 7);
        paging = page.length > part.length;
        for (const row of part) timeline.apply(row);
        stream.reached("e", paging ? part.at(-1).seq : head);
      }
      if (stream.finish()) catchUp();
    };

    while (head < changes.length) {
      const burst = changes.slice(head, head + 1 + Math.floor(random() * 9));
      head += burst.length;
      const delivered = shuffled([...burst, ...burst], random).filter(() => random() < 0.7);
      for (const change of delivered) if (stream.receive(change)) catchUp();
      if (random() < 0.1) {
        stream.interrupt();
        catchUp();
      }
    }
    catchUp();

    const truth = rowsAt(changes, head).sort((one, other) => one.number - other.number);
    const alive = shown(timeline).filter((line) => !line.endsWith(":-"));
    const expected = truth.filter(({ deleted }) => !deleted).map(({ number, body }) => `${number}:${body}`);
    assert.deepEqual(alive, expected, `seed ${seed}`);
  }
});
