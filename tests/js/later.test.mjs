import assert from "node:assert/strict";
import test from "node:test";
import { setTimeout as wait } from "node:timers/promises";

import { Later } from "#chat/ui/later.js";

function flaky(failures) {
  let tries = 0;
  return async () => {
    tries += 1;
    if (tries <= failures) throw new TypeError("Failed to fetch dynamically imported module");
    return { tries };
  };
}

test("what cannot be loaded is said, and loaded the next time", async () => {
  const [told, used] = [[], []];
  const later = new Later(flaky(1), () => told.push("needs the network"));
  await later.with((loaded) => used.push(loaded.tries));
  assert.deepEqual([told, used], [["needs the network"], []]);
  await later.with((loaded) => used.push(loaded.tries));
  await later.with((loaded) => used.push(loaded.tries));
  assert.deepEqual([told.length, used], [1, [2, 2]]);
});

test("what is loaded ahead fails without a word, and is tried again", async () => {
  const [told, used] = [[], []];
  const later = new Later(flaky(1), () => told.push("needs the network"));
  later.soon();
  await wait(300);
  later.soon();
  await wait(300);
  await later.with((loaded) => used.push(loaded.tries));
  assert.deepEqual([told, used], [[], [2]]);
});
