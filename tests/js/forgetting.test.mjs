import assert from "node:assert/strict";
import test from "node:test";

import { Timeline } from "#chat/state/timeline.js";
import { Window } from "#chat/state/window.js";

import { message, randomFrom } from "./builders.mjs";

const MOST = 3000;
const PAGE = 50;

const span = (from, to) => Array.from({ length: to - from + 1 }, (_, index) => message(from + index));

/** A room that somebody looks at, and the rows it has on the server. */
class Looked {
  rows = new Map();
  head = 0;
  timeline = new Timeline();

  constructor(count) {
    for (const row of span(1, count)) this.rows.set(row.number, { ...row, seq: ++this.head });
    this.timeline.reset([...this.rows.values()].slice(-PAGE), { count, hasMore: count > PAGE });
    this.look();
  }

  look() {
    this.window = new Window(this.timeline);
    this.window.toNewest();
  }

  say(count = 1) {
    for (let index = 0; index < count; index++) this.change(message(this.rows.size + 1));
  }

  change(row) {
    const stored = { ...row, seq: ++this.head };
    this.rows.set(row.number, stored);
    this.timeline.apply(stored);
  }

  /** Asks for a page of history. @returns {() => void} the page, as it was read now, arrives */
  ask(direction) {
    const { range } = this.window;
    const from = direction === "older" ? Math.max(1, range.from - PAGE) : range.to + 1;
    const to = direction === "older" ? range.from - 1 : Math.min(this.rows.size, range.to + PAGE);
    const page = [];
    for (let number = from; number <= to; number++) page.push(this.rows.get(number));
    this.timeline.setFetching(direction, "loading");
    return () => {
      this.timeline.addPage(page, { from, to });
      this.timeline.setFetching(direction, "idle");
    };
  }

  get kept() {
    return [...this.rows.keys()].filter((number) => this.timeline.row(number)).length;
  }

  /** The living rows of the range around a number, as the page and as the server has them. */
  both(number) {
    const { from, to, numbers } = this.timeline.rangeAt(number);
    const shown = numbers.map((each) => this.timeline.row(each).message).filter(({ deleted }) => !deleted);
    const stored = [];
    for (let each = from; each <= to; each++) if (!this.rows.get(each).deleted) stored.push(this.rows.get(each));
    return [shown, stored].map((rows) => rows.map(({ seq }) => seq).join());
  }
}

test("a tab that is open for weeks keeps some thousand rows", () => {
  const looked = new Looked(10);
  looked.say(6000);
  assert.ok(looked.kept <= MOST, String(looked.kept));
  assert.equal(looked.window.numbers().at(-1), 6010);
  assert.equal(...looked.both(6010));
});

test("a reader at the newest, whose tab draws nothing, still follows them", () => {
  const looked = new Looked(10);
  looked.say(5000);
  assert.equal(looked.window.follows, true);
  assert.ok(looked.timeline.tail.from > 1);
});

test("a reader further up finds their place as it was, and what follows it is fetched again", () => {
  const looked = new Looked(200);
  looked.window.trim({ atEnd: false });
  const [first] = looked.window.numbers();
  looked.say(5000);
  assert.ok(looked.kept <= MOST, String(looked.kept));
  const numbers = looked.window.numbers();
  assert.deepEqual([numbers[0], numbers.length], [first, 320]);
  while (looked.window.canGrow.newer) looked.window.growNewer();
  looked.ask("newer")();
  assert.equal(looked.window.canGrow.newer, true);
  assert.equal(...looked.both(first));
});

test("what was forgotten at the start is fetched again", () => {
  const looked = new Looked(10);
  looked.say(5000);
  while (looked.window.canGrow.older) looked.window.growOlder();
  const before = looked.window.range.from;
  looked.ask("older")();
  assert.equal(looked.window.range.from, before - PAGE);
});

test("nothing is forgotten while a page is on its way that may be older", () => {
  const looked = new Looked(200);
  const arrive = looked.ask("older");
  looked.change({ ...looked.rows.get(140), body: "edited" });
  looked.say(4000);
  arrive();
  assert.equal(looked.timeline.row(140).message.body, "edited");
  looked.say();
  assert.ok(looked.kept <= MOST, String(looked.kept));
});

test("whatever the reader and the room do, what is shown is what the server has", () => {
  for (let seed = 1; seed <= 4; seed++) {
    const random = randomFrom(seed);
    const looked = new Looked(1 + Math.floor(random() * 400));
    const any = (count) => 1 + Math.floor(random() * count);
    let arriving = null;
    for (let step = 0; step < 400; step++) {
      const { window, timeline } = looked;
      const chance = random();
      if (chance < 0.5) looked.say(any(50));
      else if (chance < 0.6) {
        const row = looked.rows.get(any(looked.rows.size));
        if (!row.deleted) looked.change({ ...row, deleted: random() < 0.4, body: `edit ${step}` });
      } else if (chance < 0.7) {
        if (arriving) arriving();
        const direction = random() < 0.6 ? "older" : "newer";
        const more = direction === "older" ? window.range.from > 1 : window.range !== timeline.tail;
        arriving = !arriving && more ? looked.ask(direction) : null;
      } else if (chance < 0.8) window.canGrow.older && window.growOlder();
      else if (chance < 0.85) window.canGrow.newer && window.growNewer();
      else if (chance < 0.95) window.trim({ atEnd: random() < 0.5 });
      else if (chance < 0.97) looked.look();
      else {
        const number = any(looked.rows.size);
        if (timeline.rangeAt(number)) window.toNumber(number);
      }

      const drawn = window.numbers();
      if (drawn.length) assert.equal(...looked.both(drawn[0]), `seed ${seed}, step ${step}`);
      assert.notEqual(window.range, null);
      assert.equal(timeline.tail.to, looked.rows.size);
      assert.ok(arriving || timeline.rangeAt(looked.rows.size) === timeline.tail);
    }
    arriving?.();
    looked.say();
    assert.ok(looked.kept <= MOST, `seed ${seed}: ${looked.kept}`);
  }
});
