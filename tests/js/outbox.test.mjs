import assert from "node:assert/strict";
import test from "node:test";

import { Outbox } from "#chat/state/outbox.js";

import { MemoryStorage } from "./builders.mjs";

const bodies = (outbox, room = 12) => outbox.entries(room).map(({ body }) => body);

function filled(storage = new MemoryStorage(), ...texts) {
  const outbox = new Outbox(storage, 1);
  for (const body of texts) outbox.add({ room: 12, body, at: 0 });
  return outbox;
}

test("every message gets a UUID of its own", () => {
  const outbox = filled(undefined, "one", "two");
  const [one, two] = outbox.entries(12);
  assert.match(one.key, /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  assert.notEqual(one.key, two.key);
});

test("one message of a room is under way at a time", () => {
  const outbox = filled(undefined, "one", "two");
  const first = outbox.next(12);
  outbox.sending(first.key);
  assert.equal(outbox.next(12), null);
  outbox.remove(first.key);
  assert.equal(outbox.next(12).body, "two");
});

test("rooms do not wait for each other", () => {
  const outbox = filled(undefined, "one");
  outbox.sending(outbox.next(12).key);
  outbox.add({ room: 13, body: "other", at: 0 });
  assert.equal(outbox.next(13).body, "other");
  assert.deepEqual(outbox.rooms(), [13]);
});

test("a reload keeps what was not stored, with the same keys and in order", () => {
  const storage = new MemoryStorage();
  const before = filled(storage, "one", "two", "three");
  before.sending(before.next(12).key);
  const keys = before.entries(12).map(({ key }) => key);

  const after = new Outbox(storage, 1);
  assert.deepEqual(after.entries(12).map(({ key }) => key), keys);
  assert.deepEqual(after.entries(12).map(({ state }) => state), ["waiting", "waiting", "waiting"]);
  assert.equal(after.next(12).body, "one");
});

test("somebody else who signs in finds an empty outbox", () => {
  const storage = new MemoryStorage();
  filled(storage, "mine");
  assert.deepEqual(bodies(new Outbox(storage, 2)), []);
});

test("a failed message lets the others pass and keeps why", () => {
  const outbox = filled(undefined, "one", "two");
  const { key } = outbox.next(12);
  outbox.sending(key);
  outbox.failed(key, { code: "not_a_member", detail: "Join the room before you write in it." });
  assert.equal(outbox.next(12).body, "two");
  assert.equal(outbox.get(key).error.detail, "Join the room before you write in it.");
});

test("a failed message is sent again with its key, after what was written since", () => {
  const outbox = filled(undefined, "one", "two");
  const { key } = outbox.next(12);
  outbox.failed(key, { code: "not_a_member", detail: "" });
  outbox.retry(key);
  assert.deepEqual(bodies(outbox), ["two", "one"]);
  assert.equal(outbox.get(key).state, "waiting");
});

test("a key that is taken is replaced", () => {
  const outbox = filled(undefined, "one");
  const { key } = outbox.next(12);
  outbox.failed(key, { code: "key_conflict", detail: "" });
  outbox.retry(key);
  assert.equal(outbox.get(key), null);
  assert.deepEqual(bodies(outbox), ["one"]);
});

test("a lost connection puts what was under way back", () => {
  const outbox = filled(undefined, "one");
  outbox.sending(outbox.next(12).key);
  outbox.interrupt();
  assert.equal(outbox.next(12).body, "one");
});

test("storage that refuses keeps the messages in memory", (context) => {
  context.mock.method(console, "warn", () => {});
  const full = { getItem: () => null, setItem: () => { throw new DOMException("full", "QuotaExceededError"); } };
  const outbox = filled(full, "one");
  assert.deepEqual(bodies(outbox), ["one"]);
});
