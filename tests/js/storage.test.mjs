import assert from "node:assert/strict";
import test from "node:test";

import { Drafts } from "#chat/state/drafts.js";
import { Favourites } from "#chat/state/favourites.js";

import { MemoryStorage } from "./builders.mjs";

/** The same thing in two tabs of one browser. */
function tabs(Kind) {
  const storage = new MemoryStorage();
  return { storage, one: new Kind(storage, 1), other: new Kind(storage, 1), reloaded: () => new Kind(storage, 1) };
}

test("drafts of two tabs do not overwrite each other", () => {
  const { one, other, reloaded } = tabs(Drafts);
  one.set(12, "a long text");
  other.set(13, "another");
  const drafts = reloaded();
  assert.deepEqual([drafts.get(12), drafts.get(13)], ["a long text", "another"]);
});

test("a draft that was sent in one tab stays gone in the other", () => {
  const { storage, one, other, reloaded } = tabs(Drafts);
  one.set(12, "hello");
  assert.equal(other.get(12), "hello");
  one.set(12, "");
  assert.equal(other.get(12), "");
  other.set(13, "more");
  other.set(13, "");
  assert.equal(reloaded().get(12), "");
  assert.deepEqual(storage.names, []);
});

test("drafts are each person's own", () => {
  const storage = new MemoryStorage();
  new Drafts(storage, 1).set(12, "mine");
  assert.equal(new Drafts(storage, 2).get(12), "");
});

for (const [name, storage] of [
  ["that is forbidden", null],
  ["that is full", {
    getItem: () => JSON.stringify("older"),
    setItem: () => { throw new DOMException("full", "QuotaExceededError"); },
  }],
]) {
  test(`a draft is kept in memory beside a storage ${name}`, (context) => {
    context.mock.method(console, "warn", () => {});
    const drafts = new Drafts(storage, 1);
    drafts.set(12, "newer");
    assert.equal(drafts.get(12), "newer");
  });
}

test("favourites of two tabs are added up", () => {
  const { one, other, reloaded } = tabs(Favourites);
  one.toggle(12);
  other.toggle(13);
  assert.deepEqual([reloaded().has(12), reloaded().has(13)], [true, true]);
  other.toggle(12);
  one.toggle(14);
  assert.deepEqual([12, 13, 14].map((room) => reloaded().has(room)), [false, true, true]);
});

test("a favourite of another tab is shown here, and nothing is drawn for other news", () => {
  const { one, other } = tabs(Favourites);
  let drawn = 0;
  other.subscribe(() => (drawn += 1));
  one.toggle(12);
  other.follow();
  other.follow();
  assert.deepEqual([other.has(12), drawn], [true, 1]);
});
