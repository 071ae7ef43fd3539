import assert from "node:assert/strict";
import test from "node:test";

import { placeOf, Stream } from "#chat/state/stream.js";

const change = (prev, seq) => ({ prev, seq });

function streamAt(seq) {
  const applied = [];
  const stream = new Stream((each) => applied.push(each.seq));
  stream.reached("e", seq);
  return { stream, applied };
}

test("a change is old, next or ahead of a position", () => {
  assert.equal(placeOf(5, change(4, 5)), "old");
  assert.equal(placeOf(5, change(5, 6)), "next");
  assert.equal(placeOf(5, change(3, 8)), "next");
  assert.equal(placeOf(5, change(6, 7)), "ahead");
});

test("a change that follows is applied and moves the position", () => {
  const { stream, applied } = streamAt(5);
  assert.equal(stream.receive(change(5, 6)), false);
  assert.deepEqual(applied, [6]);
  assert.deepEqual(stream.cursor, { epoch: "e", seq: 6 });
});

test("a change that is known already is dropped", () => {
  const { stream, applied } = streamAt(5);
  assert.equal(stream.receive(change(4, 5)), false);
  assert.deepEqual(applied, []);
});

test("a gap is reported and the position stays", () => {
  const { stream, applied } = streamAt(5);
  assert.equal(stream.receive(change(7, 8)), true);
  assert.deepEqual(applied, []);
  assert.equal(stream.cursor.seq, 5);
});

test("changes that arrive during catch-up wait and are applied in order", () => {
  const { stream, applied } = streamAt(5);
  stream.begin();
  stream.receive(change(8, 9));
  stream.receive(change(7, 8));
  stream.receive(change(5, 6));
  stream.reached("e", 7);
  assert.equal(stream.finish(), false);
  assert.deepEqual(applied, [8, 9]);
});

test("a change that came before its predecessor is applied after the catch-up that brings it", () => {
  const { stream, applied } = streamAt(5);
  assert.equal(stream.receive(change(7, 8)), true);
  stream.begin();
  stream.reached("e", 7);
  assert.equal(stream.finish(), false);
  assert.deepEqual(applied, [8]);
});

test("a gap that catch-up did not close is reported again", () => {
  const { stream } = streamAt(5);
  stream.begin();
  stream.receive(change(9, 10));
  stream.reached("e", 7);
  assert.equal(stream.finish(), true);
});

test("more changes than can be held are asked for again", () => {
  const { stream } = streamAt(0);
  stream.begin();
  for (let seq = 1; seq <= 1001; seq++) stream.receive(change(seq - 1, seq));
  assert.equal(stream.finish(), true);
  assert.equal(stream.cursor.seq, 1000);
});
