import { RequestFailed } from "#chat/net/http.js";
import { matchOf } from "#chat/state/search.js";
import { openDialog } from "#chat/ui/dialog.js";
import { element, icon, parts as partsOf, roomIcon, setText } from "#chat/ui/dom.js";
import { number } from "#chat/ui/words.js";

const MOST = 12;

/** Ctrl+K: type a few letters of a room, press Enter. */
export class Switcher {
  #dialog = document.getElementById("switcher");
  #parts = partsOf(this.#dialog);
  #state;
  #actions;
  #onGo;
  #others = [];
  #found = [];
  #chosen = 0;

  /** @param {{ state: object, actions: object, onGo: (slug: string) => void }} needs */
  constructor({ state, actions, onGo }) {
    this.#state = state;
    this.#actions = actions;
    this.#onGo = onGo;
    this.#parts.query.addEventListener("input", () => this.#search());
    this.#parts.query.addEventListener("keydown", (event) => this.#pressed(event));
  }

  toggle() {
    if (this.#dialog.open) return this.#dialog.close();
    this.#parts.query.value = "";
    openDialog(this.#dialog);
    this.#search();
    this.#loadOthers();
  }

  // Rooms joined are known; the others are a convenience that may be missing.
  async #loadOthers() {
    try {
      this.#others = await this.#actions.browse();
    } catch (failure) {
      if (!(failure instanceof RequestFailed)) throw failure;
    }
    if (this.#dialog.open) this.#search();
  }

  #search() {
    const { rooms } = this.#state;
    const typed = this.#parts.query.value;
    const others = typed.trim() ? this.#others.filter(({ id }) => !rooms.isMember(id)) : [];
    const rank = (room, joined) => matchOf(room.name, typed) * 10 + (joined ? 5 : 0) + (rooms.unread(room.id) ? 2 : 0);
    this.#found = [...rooms.joined().map((room) => [room, true]), ...others.map((room) => [room, false])]
      .filter(([room]) => matchOf(room.name, typed) > 0)
      .sort(([one, mine], [other, theirs]) => rank(other, theirs) - rank(one, mine))
      .slice(0, MOST);
    this.#chosen = 0;
    this.#draw();
  }

  #draw() {
    this.#parts.list.replaceChildren(...this.#found.map(([room, joined], index) => this.#option(room, joined, index)));
    this.#parts.list.hidden = this.#found.length === 0;
    this.#parts.none.hidden = this.#found.length > 0;
    const typed = this.#parts.query.value.trim();
    setText(this.#parts.none, typed ? `No room is called anything like “${typed}”.` : "You are not in any room yet.");
    if (this.#found.length) this.#parts.query.setAttribute("aria-activedescendant", `option-${this.#chosen}`);
    else this.#parts.query.removeAttribute("aria-activedescendant");
  }

  #option(room, joined, index) {
    const unread = this.#state.rooms.unread(room.id);
    const note = !joined ? "not joined" : unread ? number(unread) : "";
    const option = element("li", { class: "switcher-option", role: "option", id: `option-${index}` });
    const name = element("span", { class: "truncate" }, room.name);
    option.append(icon(roomIcon(room)), name, element("span", { class: "switcher-note" }, note));
    option.setAttribute("aria-selected", String(index === this.#chosen));
    option.classList.toggle("row-unread", unread > 0);
    option.addEventListener("click", () => this.#go(room));
    option.addEventListener("pointermove", () => this.#choose(index));
    return option;
  }

  #pressed(event) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && this.#found.length) {
      event.preventDefault();
      this.#choose((this.#chosen + step + this.#found.length) % this.#found.length);
    } else if (event.key === "Enter" && !event.isComposing) {
      event.preventDefault();
      if (this.#found[this.#chosen]) this.#go(this.#found[this.#chosen][0]);
    }
  }

  #choose(index) {
    if (index === this.#chosen) return;
    this.#parts.list.children[this.#chosen]?.setAttribute("aria-selected", "false");
    this.#chosen = index;
    const option = this.#parts.list.children[index];
    option.setAttribute("aria-selected", "true");
    option.scrollIntoView({ block: "nearest" });
    this.#parts.query.setAttribute("aria-activedescendant", option.id);
  }

  #go(room) {
    this.#dialog.close();
    this.#onGo(room.slug);
  }
}
