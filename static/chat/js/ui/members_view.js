import { moderates, writes } from "#chat/state/rights.js";
import { avatarOf } from "#chat/ui/avatar.js";
import { element, icon, setText } from "#chat/ui/dom.js";
import { reconcile } from "#chat/ui/reconcile.js";
import { isolated } from "#chat/ui/words.js";

const RETRY_MS = 3000;
const ROLES = { owner: "Owner", moderator: "Moderator", member: "" };

/** The members of a room, and the form that adds one. */
export class MembersView {
  #state;
  #actions;
  #confirm;
  #parts;
  #room = null;
  #loading = null;

  constructor(parts, { state, actions, confirm }) {
    this.#state = state;
    this.#actions = actions;
    this.#confirm = confirm;
    this.#parts = parts;
    parts.adder.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#add();
    });
  }

  async load(room) {
    if (this.#loading === room) return;
    this.#loading = room;
    // Until they are there, nothing stands in the panel that is of another room.
    this.#room = room;
    this.#parts.adder.hidden = true;
    reconcile(this.#parts.members, [], { make: () => null });
    const loaded = await this.#actions.loadMembers(room);
    const retry = () => {
      this.#loading = null;
      if (!loaded && this.#room === room) this.load(room);
    };
    if (loaded) retry();
    else setTimeout(retry, RETRY_MS);
  }

  draw(room, members) {
    const { presence } = this.#state;
    if (this.#room !== room.id) setText(this.#parts["adder-error"], "");
    this.#room = room.id;
    this.#parts.adder.hidden = !writes(this.#state, room.id);
    const removes = moderates(this.#state, room.id);
    const items = members.map((member) => ({ key: member.person.id, member }));
    reconcile(this.#parts.members, items, {
      make: ({ member }) => this.#make(member.person),
      update: (row, { member }) => this.#draw(row, member, presence.isHere(room.id, member.person.id), removes),
    });
  }

  #make(person) {
    const cross = icon("close", "icon-small");
    const remove = element("button", { class: "button-icon member-remove", type: "button" }, cross);
    remove.setAttribute("aria-label", `Remove ${person.name}`);
    remove.addEventListener("click", () => this.#remove(person));
    const name = element("span", { class: "member-name truncate" }, person.name);
    const dot = element("span", { class: "dot", role: "img", "aria-label": "Here now" });
    const face = element("span", { class: "member-face" }, avatarOf(person, "avatar avatar-small"), dot);
    return element("li", { class: "member" }, face, name, element("span", { class: "member-role" }), remove);
  }

  #draw(row, { person, role }, here, removes) {
    const [face, name, label, remove] = row.children;
    setText(name, person.id === this.#state.me.id ? `${person.name} (you)` : person.name);
    setText(label, ROLES[role]);
    face.lastChild.toggleAttribute("data-here", here);
    row.title = here ? "Here now" : "Away";
    name.classList.toggle("member-away", !here);
    remove.hidden = !removes || person.id === this.#state.me.id || (role === "owner" && !this.#state.me.is_staff);
  }

  async #add() {
    const name = this.#parts["adder-name"].value.trim();
    if (!name) return;
    setText(this.#parts["adder-error"], "");
    try {
      await this.#actions.addMember(this.#room, name);
      this.#parts["adder-name"].value = "";
    } catch (failure) {
      setText(this.#parts["adder-error"], failure.message);
    }
  }

  #remove(person) {
    const room = this.#state.rooms.get(this.#room);
    return this.#confirm({
      title: `Remove ${person.name} from ${isolated(room.name)}?`,
      text: "They lose access at once and cannot join again by themselves.",
      deed: "Remove",
      go: () => this.#actions.removeMember(room.id, person.id),
    });
  }
}
