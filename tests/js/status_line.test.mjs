import assert from "node:assert/strict";
import test from "node:test";

import { createState } from "#chat/state/state.js";
import { Sender } from "#chat/sync/sender.js";

import { ANA, MemoryStorage } from "./builders.mjs";
import { FakeServer } from "./fake_server.mjs";

globalThis.document = { documentElement: { dataset: {} } };
const { StatusLine } = await import("#chat/ui/status_line.js");

const STUCK = "The server cannot store right now. Your messages are kept.";
const settled = () => new Promise((resolve) => setImmediate(resolve));
const refusal = (code) => ({ refuse: { code, detail: "Not now.", retry_after: 1 } });

/** The status line of a page with a room open, whose server does these things first and answers after `seconds`. */
function page(context, mishaps, { seconds = 0 } = {}) {
  context.mock.timers.enable({ apis: ["setTimeout"] });
  let now = 0;
  context.mock.method(performance, "now", () => now);
  const storage = new MemoryStorage();
  const state = createState(ANA, { local: null, session: storage });
  const server = new FakeServer({ me: ANA, deliver: () => {} });
  server.mishaps.push(...mishaps);
  const slowly = () => new Promise((resolve) => (seconds ? setTimeout(resolve, seconds * 1000) : resolve()));
  const sender = new Sender(state, (command) => slowly().then(() => server.push(command)));
  const line = { parentElement: { dataset: {} }, textContent: "" };
  state.connection.set({ status: "live" });
  state.place.found(12);
  new StatusLine({ connection: line, typing: { textContent: "" } }, { state });
  return {
    state, storage, server, sender,
    says: () => line.textContent,
    async write(body, room = 12) {
      state.outbox.add({ room, body, at: 0 });
      sender.flush();
      await settled();
    },
    async pass(span) {
      now += span * 1000;
      context.mock.timers.tick(span * 1000);
      await settled();
    },
  };
}

test("a server that cannot store for two seconds is told of until the message is stored", async (context) => {
  const { state, server, says, write, pass } = page(context, Array(4).fill(refusal("unavailable")));
  const said = [];
  await write("kept");
  for (let second = 0; second < 5; second++) {
    said.push(says());
    await pass(1);
  }
  assert.deepEqual(said, ["", "", STUCK, STUCK, ""]);
  assert.deepEqual(state.outbox.entries(12), []);
  assert.equal(server.rows.size, 1);
});

test("a server that takes long to say that it cannot store is told of with its first answer", async (context) => {
  const { says, write, pass } = page(context, Array(2).fill(refusal("unavailable")), { seconds: 10 });
  await write("kept");
  await pass(9.9);
  assert.equal(says(), "");
  await pass(0.1);
  assert.equal(says(), STUCK);
  await pass(1);
  assert.equal(says(), STUCK);
});

test("what is refused for another reason that passes is not put down to the storing", async (context) => {
  const { says, write, pass } = page(context, Array(5).fill(refusal("rate_limited")));
  await write("too fast");
  for (let second = 0; second < 4; second++) {
    await pass(1);
    assert.equal(says(), "");
  }
});

test("the two seconds begin anew when something was stored between", async (context) => {
  const { says, write, pass, server } = page(context, [refusal("unavailable")]);
  await write("kept for a second");
  await pass(1);
  await pass(60);
  server.mishaps.push(refusal("unavailable"));
  await write("kept for a second, too");
  assert.equal(says(), "");
});

test("a room in which nothing waits says nothing of it", async (context) => {
  const { state, says, write, pass } = page(context, Array(9).fill(refusal("unavailable")));
  await write("elsewhere", 13);
  await pass(1);
  await pass(1);
  assert.equal(says(), "");
  state.place.found(13);
  assert.equal(says(), STUCK);
});

test("a message that is discarded or stored by another way takes the word with it", async (context) => {
  const { state, says, write, pass } = page(context, Array(9).fill(refusal("unavailable")));
  await write("kept");
  await pass(1);
  await pass(1);
  assert.equal(says(), STUCK);
  state.outbox.remove(state.outbox.entries(12)[0].key);
  assert.equal(says(), "");
});

test("a connection that is lost is the first thing to say, and a new one begins without a word", async (context) => {
  const { state, sender, says, write, pass } = page(context, Array(3).fill(refusal("unavailable")));
  await write("kept");
  await pass(1);
  await pass(1);
  state.connection.set({ status: "waiting", retryAt: 5000 });
  sender.onLost();
  await pass(1);
  assert.equal(says(), "Reconnecting in 2 s. Your messages are kept.");
  state.connection.set({ status: "live" });
  assert.equal(says(), "");
});

test("a reload forgets what the server said of storing, and nothing else", async (context) => {
  const { state, storage, write, pass } = page(context, Array(3).fill(refusal("unavailable")));
  await write("kept");
  await pass(1);
  await pass(1);
  assert.ok(state.outbox.stuck(12));
  const { outbox } = createState(ANA, { local: null, session: storage });
  assert.ok(!outbox.stuck(12));
  assert.deepEqual(outbox.entries(12).map(({ body, sent }) => [body, sent]), [["kept", true]]);
});
