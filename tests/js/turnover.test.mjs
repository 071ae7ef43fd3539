import assert from "node:assert/strict";
import test from "node:test";

import { Timeline } from "#chat/state/timeline.js";
import { Window } from "#chat/state/window.js";
import { Turnover } from "#chat/ui/turnover.js";

import { message } from "./builders.mjs";

const SCREEN = 20;

/** A reader at the newest, message by message; `frame()` draws, and tells the numbers drawn before and now. */
function reader() {
  const timeline = new Timeline();
  timeline.reset([message(1)], { count: 1, hasMore: false });
  const window = new Window(timeline);
  window.toNewest();
  const turnover = new Turnover();
  let newest = 1;
  return {
    come: (count) => {
      for (let each = 0; each < count; each++) timeline.apply(message(++newest));
    },
    // As a timeline of thousands does when it forgets, at any moment.
    forget: () => window.hold(),
    frame: () => {
      const before = turnover.drawn.messages.map(({ number }) => number);
      const read = () => ({ messages: window.numbers().map((number) => ({ number })), before: window.before() });
      const { again, ...drawing } = turnover.next(window, { atEnd: true, read });
      turnover.drawn = drawing;
      return { before, now: drawing.messages.map(({ number }) => number), above: drawing.before, again };
    },
  };
}

const BURSTS = [1, 30, 75, 80, 81, 159, 161, 300];

function assertCalm({ before, now }, what) {
  const left = before.filter((number) => !now.includes(number));
  const came = now.filter((number) => !before.includes(number));
  assert.ok(left.length === 0 || came.length === 0, `${what}: ${left.length} left, ${came.length} came`);
  if (left.length) assert.ok(now.length >= SCREEN, `${what} left ${now.length}`);
}

test("nothing comes in a frame in which something leaves, and what stays fills the screen", () => {
  for (const burst of BURSTS) {
    const { come, frame } = reader();
    for (let round = 0; round < 8; round++) {
      come(burst);
      for (let again = true; again; ) {
        const drawn = frame();
        assertCalm(drawn, `a burst of ${burst}`);
        again = drawn.again;
      }
    }
  }
});

test("nor where a burst comes between any two frames, and the oldest are forgotten", () => {
  for (const burst of BURSTS) {
    const { come, forget, frame } = reader();
    for (let round = 0; round < 12; round++) {
      come(burst);
      forget();
      assertCalm(frame(), `bursts of ${burst}`);
    }
  }
});

test("what is above the first message is never mistaken", () => {
  for (const burst of BURSTS) {
    const { come, forget, frame } = reader();
    for (let round = 0; round < 12; round++) {
      come(burst);
      forget();
      const { now, above } = frame();
      assert.equal(above, now[0] === 1 ? null : now[0] - 1, `bursts of ${burst}`);
    }
  }
});

test("however fast they come, few are drawn", () => {
  const { come, frame } = reader();
  for (let round = 0; round < 30; round++) {
    come(30);
    assert.ok(frame().now.length <= 300);
  }
});

test("a message that is not sent yet never leaves", () => {
  const unsent = { number: null };
  const turnover = new Turnover();
  turnover.drawn = { messages: [{ number: 1 }, unsent], before: null };
  const window = { trim: () => {}, numbers: () => [2, 3] };
  const read = () => ({ messages: [{ number: 2 }, { number: 3 }, unsent], before: { number: 1 } });
  const drawing = turnover.next(window, { atEnd: true, read });
  assert.deepEqual(drawing.messages, [{ number: 1 }, { number: 2 }, { number: 3 }, unsent]);
  turnover.drawn = drawing;
  assert.deepEqual(turnover.next(window, { atEnd: true, read }).messages, [{ number: 2 }, { number: 3 }, unsent]);
});
