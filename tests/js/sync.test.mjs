import assert from "node:assert/strict";
import test from "node:test";

import { createState } from "#chat/state/state.js";
import { RoomSync } from "#chat/sync/room_sync.js";
import { Sender } from "#chat/sync/sender.js";
import { COMMANDS } from "#chat/protocol.js";

import { ANA, MemoryStorage, randomFrom } from "./builders.mjs";
import { FakeServer } from "./fake_server.mjs";

const settled = () => new Promise((resolve) => setImmediate(resolve));

function page() {
  const state = createState(ANA, { local: new MemoryStorage(), session: new MemoryStorage() });
  const lost = [];
  let sync = null;
  const server = new FakeServer({ me: ANA, deliver: (event) => sync.receive(event) });
  sync = new RoomSync(state, server.push, (room) => lost.push(room));
  const sender = new Sender(state, server.push);
  state.connection.set({ status: "live" });
  const timeline = () => state.timelines.of(12);
  const bodies = () => timeline().tail.numbers.map((number) => timeline().row(number).message.body);
  return { state, server, sync, sender, bodies, lost };
}

async function opened(texts = []) {
  const all = page();
  for (const text of texts) all.server.say(text, { heard: false });
  all.sync.show(12);
  await settled();
  return all;
}

const opens = (server) => server.commands.filter(({ type }) => type === COMMANDS.ROOM_OPEN);

test("a room shows its newest page and then what is said", async () => {
  const { server, bodies } = await opened(["1", "2", "3", "4", "5", "6"]);
  assert.deepEqual(bodies(), ["2", "3", "4", "5", "6"]);
  server.say("7");
  assert.deepEqual(bodies().at(-1), "7");
});

test("a lost event is noticed by the next one and asked for once", async () => {
  const { server, bodies } = await opened(["1"]);
  server.say("2", { heard: false });
  server.say("3");
  server.say("4");
  await settled();
  assert.deepEqual(bodies(), ["1", "2", "3", "4"]);
  assert.equal(opens(server).length, 2);
  assert.deepEqual(opens(server)[1].since, { epoch: "e", seq: 1 });
});

test("after a reconnect everything missed arrives, page by page", async () => {
  const { state, server, sync, bodies } = await opened(["1"]);
  state.connection.set({ status: "waiting", retryAt: 0 });
  for (let number = 2; number <= 14; number++) server.say(String(number), { heard: false });
  server.edit(1, "1, edited", { heard: false });
  state.connection.set({ status: "live" });
  sync.onLive();
  await settled();
  assert.equal(bodies().length, 14);
  assert.equal(bodies()[0], "1, edited");
  assert.equal(opens(server).length, 4);
});

test("what is said while the room is being opened is neither lost nor doubled", async () => {
  const { server, sync, bodies } = page();
  for (const text of ["1", "2"]) server.say(text, { heard: false });
  sync.show(12);
  server.say("3");
  await settled();
  server.say("4");
  assert.deepEqual(bodies(), ["1", "2", "3", "4"]);
});

test("what is said while the server reads the newest page is shown once", async () => {
  const { server, sync, bodies } = page();
  for (const text of ["1", "2"]) server.say(text, { heard: false });
  server.between = () => server.say("3");
  sync.show(12);
  await settled();
  assert.deepEqual(bodies(), ["1", "2", "3"]);
});

test("a server restored from a backup starts the room anew", async () => {
  const { server, sync, bodies } = await opened(["1", "2", "3"]);
  server.epoch = "f";
  server.rows.delete(3);
  server.head = 2;
  sync.onLive();
  await settled();
  assert.deepEqual(bodies(), ["1", "2"]);
});

test("an answer of a connection that is gone changes nothing", async () => {
  const { server, sync, bodies } = page();
  server.say("1", { heard: false });
  sync.show(12);
  sync.onLive();
  await settled();
  assert.deepEqual(bodies(), ["1"]);
});

for (const code of ["not_found", "not_allowed"]) {
  test(`a room whose opening is refused with ${code} is lost`, async () => {
    const { server, sync, lost } = page();
    server.mishaps.push({ refuse: { code, detail: "There is nothing here." } });
    sync.show(12);
    await settled();
    assert.deepEqual(lost, [12]);
  });
}

for (const [code, seconds] of [["unavailable", 2], ["too_many_rooms", 15], ["internal", 15]]) {
  test(`a room whose opening is refused with ${code} is opened again after ${seconds} s`, async (context) => {
    context.mock.timers.enable({ apis: ["setTimeout"] });
    const { server, sync, bodies, lost } = page();
    server.say("1", { heard: false });
    server.mishaps.push({ refuse: { code, detail: "Not now.", retry_after: code === "unavailable" ? 2 : null } });
    sync.show(12);
    await settled();
    context.mock.timers.tick(seconds * 1000 - 1);
    await settled();
    assert.equal(opens(server).length, 1);
    context.mock.timers.tick(1);
    await settled();
    assert.deepEqual(bodies(), ["1"]);
    assert.deepEqual(lost, []);
  });
}

const closes = (server) => server.commands.filter(({ type }) => type === COMMANDS.ROOM_CLOSE).map(({ room }) => room);

test("a room that is left is closed on the server", async () => {
  const { server, sync } = await opened(["1"]);
  sync.purge(12);
  sync.purge(13);
  assert.deepEqual(closes(server), [12]);
});

test("no more rooms are open than the server allows", async () => {
  const { state, server, sync } = await opened();
  Object.assign(state.limits, { open_rooms: 3 });
  for (const room of [13, 14, 15]) sync.show(room);
  assert.deepEqual(closes(server), [12]);
});

test("a message is stored once although its answer was lost", async (context) => {
  context.mock.timers.enable({ apis: ["setTimeout"] });
  const { state, server, sender, bodies } = await opened();
  server.mishaps.push("lose the answer");
  state.outbox.add({ room: 12, body: "once", at: 0 });
  sender.flush();
  await settled();
  context.mock.timers.tick(3000);
  await settled();
  assert.deepEqual(bodies(), ["once"]);
  assert.deepEqual(state.outbox.entries(12), []);
});

test("the server's time is learned from what is stored at once, not from what was sent before", async (context) => {
  context.mock.timers.enable({ apis: ["setTimeout", "Date"], now: Date.UTC(2026, 10, 22, 9) });
  const { state, server, sender } = await opened();
  server.deliver = () => {};
  const write = async (body) => {
    state.outbox.add({ room: 12, body, at: 0 });
    sender.flush();
    await settled();
  };
  server.mishaps.push("lose the answer");
  await write("stored, but the answer was lost");
  sender.onLost();
  context.mock.timers.tick(3_600_000);
  sender.onLive();
  await settled();
  assert.deepEqual(state.outbox.entries(12), []);
  assert.equal(state.clock.now(), Date.now());
  await write("stored an hour ago by the server's clock");
  assert.equal(state.clock.now(), Date.UTC(2026, 10, 22, 9, 0, 2));
});

test("a reload does not forget what was sent before", () => {
  const storage = new MemoryStorage();
  const outbox = createState(ANA, { local: null, session: storage }).outbox;
  const { key } = outbox.add({ room: 12, body: "sent", at: 0 });
  assert.equal(outbox.next(12).sent, false);
  outbox.sending(key);
  assert.equal(createState(ANA, { local: null, session: storage }).outbox.next(12).sent, true);
});

test("a refusal that passes is waited out, one that does not is told", async (context) => {
  context.mock.timers.enable({ apis: ["setTimeout"] });
  const { state, server, sender, bodies } = await opened();
  server.mishaps.push({ refuse: { code: "rate_limited", detail: "Slow down.", retry_after: 2 } });
  server.mishaps.push({ refuse: { code: "message_too_long", detail: "The message is too long." } });
  state.outbox.add({ room: 12, body: "too long", at: 0 });
  state.outbox.add({ room: 12, body: "after", at: 0 });
  sender.flush();
  await settled();
  assert.deepEqual(bodies(), []);
  context.mock.timers.tick(2000);
  await settled();
  assert.deepEqual(state.outbox.entries(12).map(({ body, state: name }) => [body, name]), [["too long", "failed"]]);
  assert.deepEqual(bodies(), ["after"]);
});

test("however the network behaves, everything written is stored once and in order", async (context) => {
  context.mock.timers.enable({ apis: ["setTimeout"] });
  for (let seed = 1; seed <= 40; seed++) {
    const random = randomFrom(seed);
    const { state, server, sync, sender, bodies } = await opened();
    const written = [];
    for (let step = 0; step < 25; step++) {
      written.push(`mine ${step}`);
      state.outbox.add({ room: 12, body: `mine ${step}`, at: 0 });
      const chance = random();
      if (chance < 0.25) server.mishaps.push("lose");
      else if (chance < 0.5) server.mishaps.push("lose the answer");
      if (random() < 0.3) server.say(`theirs ${step}`, { heard: random() < 0.5 });
      sender.flush();
      if (random() < 0.5) await settled();
      if (random() < 0.2) {
        sender.onLost();
        sync.onLive();
        sender.onLive();
      }
    }
    server.mishaps = [];
    for (let round = 0; round < 60; round++) {
      context.mock.timers.tick(2000);
      await settled();
    }
    sync.onLive();
    await settled();
    const mine = bodies().filter((body) => body.startsWith("mine"));
    assert.deepEqual(mine, written, `seed ${seed}`);
    assert.equal(server.rows.size, bodies().length);
    assert.deepEqual(state.outbox.entries(12), []);
  }
});
