import { element, icon, parts as partsOf, roomIcon } from "#chat/ui/dom.js";
import { openDialog } from "#chat/ui/dialog.js";
import { counted } from "#chat/ui/words.js";

/** The dialog with every room one may see. */
export class Browser {
  #dialog = document.getElementById("browse-rooms");
  #parts = partsOf(this.#dialog);
  #state;
  #actions;
  #onGo;
  #rooms = null;

  /** @param {{ state: object, actions: object, onGo: (slug: string) => void, onNew: () => void }} needs */
  constructor({ state, actions, onGo, onNew }) {
    this.#state = state;
    this.#actions = actions;
    this.#onGo = onGo;
    this.#parts.query.addEventListener("input", () => this.#draw());
    this.#parts.new.addEventListener("click", () => {
      this.#dialog.close();
      onNew();
    });
  }

  async open() {
    this.#parts.query.value = "";
    openDialog(this.#dialog);
    this.#draw();
    await this.#load();
  }

  async #load() {
    try {
      this.#rooms = (await this.#actions.browse()).sort((one, other) => one.name.localeCompare(other.name));
      this.#draw();
    } catch (failure) {
      this.#say("offline", failure.message, "Try again", () => this.#load());
    }
  }

  #draw() {
    const words = this.#parts.query.value.trim().toLocaleLowerCase();
    const matches = ({ name, topic }) => `${name} ${topic}`.toLocaleLowerCase().includes(words);
    const found = (this.#rooms ?? []).filter(matches);
    this.#parts.list.replaceChildren(...found.map((room) => this.#row(room)));
    if (this.#rooms === null || found.length) this.#parts.state.replaceChildren();
    else if (words) this.#offerNew("search", "No room has this in its name or topic.");
    else this.#offerNew("compass", "There are no rooms yet. Make the first one.");
  }

  #row(room) {
    const joined = this.#state.rooms.isMember(room.id);
    const facts = [counted(room.member_count, "member", "members"), ...(room.archived ? ["archived"] : [])].join(", ");
    const topic = element("span", { class: "browser-topic" }, room.topic || facts);
    const text = element("span", { class: "browser-text" }, element("strong", {}, room.name), topic);
    const note = element("span", { class: "browser-facts" }, joined ? "Joined" : room.topic ? facts : "");
    const open = element("button", { class: "browser-row", type: "button" }, icon(roomIcon(room)), text, note);
    open.addEventListener("click", () => {
      this.#dialog.close();
      this.#onGo(room.slug);
    });
    return element("li", {}, open);
  }

  #offerNew(picture, sentence) {
    this.#say(picture, sentence, "New room", () => this.#parts.new.click());
  }

  #say(picture, sentence, deed, go) {
    const button = element("button", { class: "button", type: "button" }, deed);
    button.addEventListener("click", go);
    const row = element("div", { class: "button-row" }, button);
    const content = [icon(picture), element("p", {}, sentence), row];
    this.#parts.state.replaceChildren(element("div", { class: "state state-small" }, ...content));
  }
}
