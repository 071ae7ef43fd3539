import assert from "node:assert/strict";
import test from "node:test";

import { Heartbeat } from "#chat/net/heartbeat.js";

const HOUR = 3600;

/** A heartbeat of fifteen seconds. Time passes second by second, or in one leap, as where timers are held up. */
function started(context, { answers = true } = {}) {
  context.mock.timers.enable({ apis: ["setTimeout", "setInterval", "Date"] });
  const line = { answers, pings: 0, dead: 0, wrong: 0 };
  const clock = Date.now;
  context.mock.method(Date, "now", () => clock() + line.wrong * 1000);
  const heartbeat = new Heartbeat({
    ping: () => {
      line.pings += 1;
      if (line.answers) setTimeout(() => heartbeat.heard(), 100);
    },
    dead: () => {
      line.dead += 1;
      heartbeat.stop();
    },
  });
  heartbeat.start(15);
  const leap = (seconds) => context.mock.timers.tick(seconds * 1000);
  const pass = (seconds) => {
    for (let second = 0; second < seconds; second++) leap(1);
  };
  return { heartbeat, line, leap, pass };
}

test("it asks after fifteen seconds of silence, and gives up nine later", (context) => {
  const { line, pass } = started(context, { answers: false });
  pass(14);
  assert.equal(line.pings, 0);
  pass(1);
  assert.deepEqual([line.pings, line.dead], [1, 0]);
  pass(8);
  assert.equal(line.dead, 0);
  pass(1);
  assert.deepEqual([line.pings, line.dead], [1, 1]);
});

test("after a command it gives up in fifteen seconds", (context) => {
  const { heartbeat, line, pass } = started(context, { answers: false });
  pass(3);
  heartbeat.expect();
  pass(14);
  assert.deepEqual([line.pings, line.dead], [1, 0]);
  pass(1);
  assert.equal(line.dead, 1);
});

test("in a tab whose timers run once a minute a connection that answers is kept", (context) => {
  const { line, leap, pass } = started(context);
  pass(30);
  for (let minute = 0; minute < 60; minute++) leap(60);
  assert.equal(line.dead, 0);
});

test("in a tab whose timers run once a minute a dead connection is found in a few", (context) => {
  const { line, leap } = started(context, { answers: false });
  for (let minute = 0; minute < 4; minute++) leap(60);
  assert.equal(line.dead, 1);
});

test("after a sleep it asks first, and judges by the answer", (context) => {
  const { line, leap, pass } = started(context);
  pass(40);
  line.answers = false;
  leap(8 * HOUR);
  assert.deepEqual([line.pings, line.dead], [3, 0]);
  line.answers = true;
  leap(8 * HOUR);
  pass(60);
  assert.equal(line.dead, 0);
  line.answers = false;
  leap(8 * HOUR);
  pass(9);
  assert.equal(line.dead, 1);
});

test("a sleep in the middle of a question repeats it", (context) => {
  const { line, leap, pass } = started(context, { answers: false });
  pass(16);
  line.answers = true;
  leap(HOUR);
  assert.deepEqual([line.pings, line.dead], [2, 0]);
  pass(60);
  assert.equal(line.dead, 0);
});

for (const days of [-1, 1]) {
  test(`a clock that is set by ${days} days makes it ask at once`, (context) => {
    const { line, pass } = started(context);
    pass(2);
    line.wrong = days * 24 * HOUR;
    pass(5);
    assert.deepEqual([line.pings, line.dead], [1, 0]);
    line.answers = false;
    pass(24);
    assert.equal(line.dead, 1);
  });
}

test("when it is stopped it neither asks nor judges", (context) => {
  const { heartbeat, line, pass } = started(context, { answers: false });
  pass(16);
  heartbeat.stop();
  heartbeat.probe();
  pass(100);
  assert.deepEqual([line.pings, line.dead], [1, 0]);
});
