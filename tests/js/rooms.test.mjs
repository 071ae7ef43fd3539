import assert from "node:assert/strict";
import test from "node:test";

import { ReadMarks } from "#chat/state/readmarks.js";
import { Rooms } from "#chat/state/rooms.js";

import { membership, room } from "./builders.mjs";

function joined(count, lastRead) {
  const rooms = new Rooms();
  const standing = membership({ last_read_number: lastRead });
  rooms.replace([{ room: room({ head: 50, message_count: count }), membership: standing }]);
  return rooms;
}

test("unread is the count less the last number read", () => {
  const rooms = joined(10, 7);
  assert.equal(rooms.unread(12), 3);
  rooms.advance(12, { head: 52, message_count: 12 });
  assert.equal(rooms.unread(12), 5);
  rooms.read(12, 12);
  assert.equal(rooms.unread(12), 0);
});

test("unread is never negative, and nothing where one is no member", () => {
  const rooms = joined(10, 12);
  assert.equal(rooms.unread(12), 0);
  rooms.upsertMembership(membership({ state: "left", last_read_number: 0 }));
  assert.equal(rooms.unread(12), 0);
});

test("counters do not go back when something older arrives", () => {
  const rooms = joined(10, 7);
  rooms.advance(12, { head: 49, message_count: 9 });
  assert.equal(rooms.get(12).message_count, 10);
  rooms.upsert(room({ head: 40, name: "Old name", message_count: 8 }));
  assert.equal(rooms.get(12).name, "General");
  assert.equal(rooms.get(12).message_count, 10);
  rooms.read(12, 5);
  assert.equal(rooms.membership(12).last_read_number, 7);
});

test("the read marker of another tab moves this one", () => {
  const rooms = joined(10, 7);
  rooms.upsertMembership(membership({ last_read_number: 9 }));
  assert.equal(rooms.unread(12), 1);
  rooms.upsertMembership(membership({ last_read_number: 8 }));
  assert.equal(rooms.unread(12), 1);
});

test("hello replaces the list, but for the room looked at", () => {
  const rooms = joined(10, 7);
  rooms.upsert(room({ id: 13, slug: "books", name: "Books" }));
  rooms.replace([], [13]);
  assert.equal(rooms.get(12), null);
  assert.equal(rooms.get(13).slug, "books");
  assert.deepEqual(rooms.joined(), []);
});

test("a read marker goes out at once, the next a second later, and only the last one", () => {
  const marks = new ReadMarks();
  marks.want(12, 5);
  assert.deepEqual(marks.take(1000), [{ room: 12, number: 5 }]);
  marks.want(12, 6);
  marks.want(12, 8);
  marks.want(12, 7);
  assert.deepEqual(marks.take(1400), []);
  assert.equal(marks.wait(1400), 600);
  assert.deepEqual(marks.take(2000), [{ room: 12, number: 8 }]);
  assert.equal(marks.wait(2000), null);
});
