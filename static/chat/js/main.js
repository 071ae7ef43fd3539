import { Actions } from "#chat/actions.js";
import { applyEvent } from "#chat/events.js";
import { Api } from "#chat/net/api.js";
import { Http } from "#chat/net/http.js";
import { Socket } from "#chat/net/socket.js";
import { EVENTS, SOCKET_PATH } from "#chat/protocol.js";
import { createState } from "#chat/state/state.js";
import { Finder } from "#chat/sync/finder.js";
import { History } from "#chat/sync/history.js";
import { InboxSync } from "#chat/sync/inbox_sync.js";
import { Reader } from "#chat/sync/reader.js";
import { RoomSync } from "#chat/sync/room_sync.js";
import { Sender } from "#chat/sync/sender.js";
import { Typist } from "#chat/sync/typist.js";
import { Page } from "#chat/ui/page.js";
import { Renewal } from "#chat/ui/renewal.js";
import { addressOf, Router } from "#chat/ui/router.js";

const bootstrap = JSON.parse(document.getElementById("bootstrap").textContent);
const IN_ROOM = new Set([EVENTS.MESSAGE_CHANGED, EVENTS.ROOM_CHANGED, EVENTS.MEMBER_CHANGED]);
const IN_INBOX = new Set([EVENTS.MEMBERSHIP_CHANGED, EVENTS.ACCOUNT_CHANGED]);

const state = createState(bootstrap.user, { local: localStorage, session: sessionStorage });
state.clock.learn(bootstrap.now);
const socketUrl = new URL(SOCKET_PATH, location.href.replace(/^http/, "ws")).href;
const socket = new Socket(socketUrl, bootstrap.user.id, { onStatus, onHello, onEvent });
const push = (command) => socket.push(command);
const api = new Api(new Http(() => /(?:^|; )csrftoken=([^;]+)/.exec(document.cookie)?.[1] ?? bootstrap.csrf));

const roomSync = new RoomSync(state, push, loseRoom);
const inboxSync = new InboxSync(push, applyInbox);
const finder = new Finder(state, api, (room) => roomSync.show(room));
const sync = {
  sender: new Sender(state, push),
  reader: new Reader(state, push),
  typist: new Typist((command) => socket.tell(command)),
  history: new History(state, api),
};
const renewal = new Renewal(sessionStorage, () => location.reload());
const actions = new Actions({ state, socket, api, sync, onStanding: stand });

// First, so that the server answers while the page is being put together.
socket.connect();
const router = new Router(goTo);
const page = new Page({ state, actions, router, serverName: bootstrap.server_name });
router.start();

addEventListener("online", () => socket.hurry());
addEventListener("storage", () => state.favourites.follow());
addEventListener("offline", () => socket.hurry());
document.addEventListener("visibilitychange", () => document.hidden || socket.hurry());

function onStatus(status) {
  state.connection.set(status);
  document.documentElement.dataset.connection = status.status;
  if (status.status === "live") return renewal.welcomed();
  if (status.reason === "outdated") renewal.outdated();
  sync.sender.onLost();
  state.typing.clear();
  state.presence.clear();
}

function onHello(hello) {
  const { place } = state;
  const kept = hello.rooms.some(({ room }) => room.id === place.room);
  const lost = state.rooms.isMember(place.room) && !kept;
  Object.assign(state.limits, hello.limits);
  inboxSync.onHello(hello);
  if (lost) loseRoom(place.room);
  state.rooms.replace(hello.rooms, place.room === null ? [] : [place.room]);
  roomSync.onLive();
  sync.reader.onLive();
  sync.sender.onLive();
  finder.find();
}

function onEvent(event) {
  if (IN_ROOM.has(event.type)) roomSync.receive(event);
  else if (IN_INBOX.has(event.type)) inboxSync.receive(event);
  else if (event.type === EVENTS.ROOM_CLOSED) loseRoom(event.room);
  else applyEvent(state, event);
}

function applyInbox(change) {
  if (change.type === EVENTS.MEMBERSHIP_CHANGED) stand(change);
  else applyEvent(state, change);
}

/** This person's standing in a room changed: here, in another tab, or by somebody else. */
function stand({ room, membership }) {
  const { rooms, place } = state;
  const was = rooms.isMember(room.id);
  rooms.upsert(room);
  rooms.upsertMembership(membership);
  const concerned = was || place.lost?.room.id === room.id;
  if (concerned && membership.state !== "active") loseRoom(room.id);
  else if (concerned && place.status === "gone") goTo(addressOf(location));
}

/** A room may not be read any more: nothing of it stays in this tab. */
function loseRoom(id) {
  const { place, rooms } = state;
  const room = rooms.get(id) ?? place.lost?.room;
  const left = rooms.membership(id)?.state === "left";
  roomSync.purge(id);
  rooms.forget(id);
  if (place.room !== id && place.lost?.room.id !== id) return;
  if (room) place.gone({ room, left });
  else place.missing();
}

function goTo(address) {
  const { place } = state;
  if (address.slug !== place.slug || !["finding", "open"].includes(place.status)) place.go(address.slug);
  finder.find();
  page.at(address);
}
