import assert from "node:assert/strict";
import test from "node:test";

import { Renewal } from "#chat/ui/renewal.js";

import { MemoryStorage } from "./builders.mjs";

/** A page loaded over this storage; `loads` counts how often it loaded itself anew. */
function loaded(storage) {
  const page = { loads: 0 };
  page.renewal = new Renewal(storage, () => page.loads++);
  return page;
}

test("an outdated page loads itself anew once, also when it is loaded anew by hand", () => {
  const storage = new MemoryStorage();
  const counts = [1, 2, 3].map(() => {
    const page = loaded(storage);
    page.renewal.outdated();
    return page.loads;
  });
  assert.deepEqual(counts, [1, 0, 0]);
});

test("once it was welcomed it may do so again", () => {
  const storage = new MemoryStorage();
  loaded(storage).renewal.outdated();
  const page = loaded(storage);
  page.renewal.welcomed();
  page.renewal.outdated();
  assert.equal(page.loads, 1);
});

test("where nothing can be remembered it stays", () => {
  const full = new MemoryStorage();
  full.setItem = () => {
    throw new DOMException("full", "QuotaExceededError");
  };
  for (const storage of [full, null]) {
    const page = loaded(storage);
    page.renewal.outdated();
    assert.equal(page.loads, 0);
  }
});
