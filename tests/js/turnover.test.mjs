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
    frame: () => {
      const before = turnover.drawn.map(({ number }) => number);
      const read = () => window.numbers().map((number) => ({ number }));
      const { messages, again } = turnover.next(window, { atEnd: true, read });
      turnover.draws(messages, window, { before: window.before() });
      return { before, now: messages.map(({ number }) => number), again };
    },
  };
}

test("nothing comes in a frame in which something leaves, and what stays fills the screen", () => {
  for (const burst of [1, 30, 75, 80, 81, 159, 161, 300]) {
    const { come, frame } = reader();
    for (let round = 0; round < 8; round++) {
      come(burst);
      for (let again = true; again; ) {
        let before, now;
        ({ before, now, again } = frame());
        const left = before.filter((number) => !now.includes(number));
        const came = now.filter((number) => !before.includes(number));
        assert.ok(left.length === 0 || came.length === 0, `a burst of ${burst}: ${left.length} left, ${came.length} came`);
        if (left.length) assert.ok(now.length >= SCREEN, `a burst of ${burst} left ${now.length}`);
      }
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

test("those that leave begin as they did until they are gone", () => {
  const window = { trim: () => {}, numbers: () => [10, 11] };
  const turnover = new Turnover();
  const [stay, leave] = [{ number: 10 }, { number: 9 }];
  turnover.draws([leave, stay], { numbers: () => [9, 10] }, { before: "8" });
  for (const [drawn, before] of [[[leave, stay, { number: 11 }], "8"], [[stay, { number: 11 }], "9"]]) {
    const { messages } = turnover.next(window, { atEnd: true, read: () => [stay, { number: 11 }] });
    turnover.draws(messages, window, { before: "9" });
    assert.deepEqual(turnover.drawn, drawn);
    assert.equal(turnover.before, before);
  }
});

test("a message that is not sent yet never leaves", () => {
  const unsent = { number: null };
  const turnover = new Turnover();
  turnover.drawn = [{ number: 1 }, unsent];
  const window = { trim: () => true, numbers: () => [2, 3] };
  const read = () => [{ number: 2 }, { number: 3 }, unsent];
  assert.deepEqual(turnover.next(window, { atEnd: true, read }).messages, [{ number: 1 }, { number: 2 }, { number: 3 }, unsent]);
});
