import assert from "node:assert/strict";
import test from "node:test";

import { dayOf } from "#chat/state/days.js";
import { layout } from "#chat/state/layout.js";

import { ANA, BO } from "./builders.mjs";

const NOON = new Date(2026, 10, 22, 12).getTime();
const MINUTE = 60_000;

function said(number, author, minutes) {
  const at = NOON + minutes * MINUTE;
  return { key: `k${number}`, author, at, day: dayOf(at), number, row: {}, entry: null };
}

const nameOf = (item) => (item.kind === "new" ? "new" : item.start ? "start" : "more");
const sketch = (days) => days.flatMap(({ items }) => items.map(nameOf));

test("one author's messages within five minutes are one group", () => {
  const days = layout([said(1, ANA, 0), said(2, ANA, 5), said(3, ANA, 11), said(4, BO, 11), said(5, ANA, 12)]);
  assert.deepEqual(sketch(days), ["start", "more", "start", "start", "start"]);
});

test("a new day starts a new group under a heading of its own", () => {
  const days = layout([said(1, ANA, 12 * 60 - 1), said(2, ANA, 12 * 60 + 1)]);
  assert.deepEqual(days.map(({ key }) => key), ["2026-11-22", "2026-11-23"]);
  assert.deepEqual(sketch(days), ["start", "start"]);
});

test("the message above the first decides whether it starts a group", () => {
  assert.deepEqual(sketch(layout([said(2, ANA, 1)], { before: said(1, ANA, 0) })), ["more"]);
});

test("the line stands before the first new message and starts a group", () => {
  const messages = [said(1, ANA, 0), said(2, ANA, 1), said(3, ANA, 2)];
  assert.deepEqual(sketch(layout(messages, { newAfter: 1 })), ["start", "new", "start", "more"]);
});

test("there is no line where the new messages begin further up", () => {
  const messages = [said(5, ANA, 0), said(6, ANA, 1)];
  assert.deepEqual(sketch(layout(messages, { before: said(4, BO, 0), newAfter: 2 })), ["start", "more"]);
});

test("there is no line above one's own unsent message", () => {
  const unsent = { ...said(null, ANA, 1), key: "unsent" };
  assert.deepEqual(sketch(layout([said(1, ANA, 0), unsent], { newAfter: 1 })), ["start", "start"]);
});

test("a day that was left does not begin again, whatever a clock or an unsent message says", () => {
  const [first, second] = [said(1, ANA, 0), said(2, BO, 24 * 60)];
  const unsent = { ...said(null, ANA, 1), key: "unsent" };
  const days = layout([first, second, said(3, BO, 2), unsent]);
  assert.deepEqual(days.map(({ key }) => key), ["2026-11-22", "2026-11-23"]);
  assert.deepEqual(days.flatMap(({ items }) => items.map(({ key }) => key)), ["k1", "k2", "k3", "unsent"]);
});
