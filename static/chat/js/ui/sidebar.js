import { drawAvatar } from "#chat/ui/avatar.js";
import { element, icon, roomIcon, setText } from "#chat/ui/dom.js";
import { reconcile } from "#chat/ui/reconcile.js";
import { counted, number } from "#chat/ui/words.js";

const MAC = /Mac|iP(hone|ad)/.test(navigator.platform);

const STATUS = {
  live: "Connected",
  connecting: "Connecting",
  waiting: "Reconnecting",
  "signed-out": "Signed out",
  stopped: "Page out of date",
};

/** The list of rooms, and who one is. */
export class Sidebar {
  #state;
  #parts;
  #needs;

  /**
   * @param {Record<string, HTMLElement>} parts
   * @param {{ state: object, onFind: () => void, onBrowse: () => void, onNew: () => void }} needs
   */
  constructor(parts, needs) {
    this.#state = needs.state;
    this.#parts = parts;
    this.#needs = needs;
    parts.finder.addEventListener("click", needs.onFind);
    if (MAC) parts["finder-key"].textContent = "⌘K";
    drawAvatar(parts.avatar, this.#state.me);
  }

  draw() {
    const { rooms, favourites, connection } = this.#state;
    const joined = rooms.joined();
    const starred = joined.filter(({ id }) => favourites.has(id));
    const others = joined.filter(({ id }) => !favourites.has(id));
    const sections = [
      ...(starred.length ? [{ key: "favourites", title: "Favourites", rooms: starred }] : []),
      { key: "rooms", title: "Rooms", rooms: others },
    ];
    reconcile(this.#parts.sections, sections, {
      make: (section) => this.#makeSection(section),
      update: (root, section) => this.#drawRows(root.querySelector("ul"), section.rooms),
    });
    this.#parts.self.dataset.connection = connection.status;
    setText(this.#parts.status, STATUS[connection.status]);
  }

  #makeSection({ key, title }) {
    const head = element("div", { class: "section-head" }, element("h2", {}, title));
    const list = element("ul", { role: "list" });
    const section = element("section", { class: "section" }, head, list);
    if (key === "rooms") {
      head.append(
        this.#button("compass", "Look at all rooms", this.#needs.onBrowse),
        this.#button("plus", "New room", this.#needs.onNew),
      );
    }
    return section;
  }

  #button(name, label, deed) {
    const button = element("button", { class: "button-icon section-button", type: "button", title: label }, icon(name));
    button.setAttribute("aria-label", label);
    button.addEventListener("click", deed);
    return button;
  }

  #drawRows(list, rooms) {
    const items = rooms.map((room) => ({ key: room.id, room }));
    reconcile(list, items, { make: makeRow, update: (row, { room }) => this.#drawRow(row.firstChild, room) });
  }

  #drawRow(link, room) {
    const unread = this.#state.rooms.unread(room.id);
    const unsent = this.#state.outbox.entries(room.id).some(({ state }) => state === "failed");
    const here = this.#state.place.room === room.id;
    const [face, name, count] = link.children;
    if (face.dataset.icon !== roomIcon(room)) face.replaceChildren(icon(roomIcon(room)));
    face.dataset.icon = roomIcon(room);
    setText(name, room.name);
    setText(count, unsent ? "!" : unread ? number(unread) : "");
    link.href = `/rooms/${room.slug}/`;
    link.dataset.room = room.slug;
    link.classList.toggle("row-unread", unread > 0);
    link.classList.toggle("row-unsent", unsent);
    link.classList.toggle("row-archived", room.archived);
    if (here) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
    const facts = [room.name];
    if (unread) facts.push(counted(unread, "unread message", "unread messages"));
    if (unsent) facts.push("a message was not sent");
    link.setAttribute("aria-label", facts.join(", "));
  }
}

function makeRow() {
  const parts = ["row-icon", "row-name truncate", "row-count"].map((name) => element("span", { class: name }));
  return element("li", {}, element("a", { class: "row" }, ...parts));
}
