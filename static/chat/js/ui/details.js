import { icon, roomIcon, setText } from "#chat/ui/dom.js";
import { moderates } from "#chat/state/rights.js";
import { MembersView } from "#chat/ui/members_view.js";
import { counted, isolated } from "#chat/ui/words.js";

const KIND = {
  public: "Anyone signed in can read it and join.",
  private: "Only people who were added can see it.",
};

/** The panel about the room shown: what it is for, who is in it, what one may do with it. */
export class Details {
  #root;
  #state;
  #actions;
  #parts;
  #members;
  #room = null;

  /**
   * @param {HTMLElement} root
   * @param {Record<string, HTMLElement>} parts
   * @param {{ state: object, actions: object, confirm: Function, onClose: () => void,
   *           onChange: (room: object) => void }} needs
   */
  constructor(root, parts, { state, actions, confirm, onClose, onChange }) {
    this.#root = root;
    this.#state = state;
    this.#actions = actions;
    this.#parts = parts;
    this.#members = new MembersView(parts, { state, actions, confirm });
    parts.close.addEventListener("click", onClose);
    parts.change.addEventListener("click", () => onChange(state.rooms.get(this.#room)));
    parts.leave.addEventListener("click", () => this.#leave(confirm));
    state.members.subscribe(() => this.draw());
    state.presence.subscribe(() => this.draw());
  }

  /** @param {number | null} room null closes it */
  show(room) {
    this.#room = room;
    this.#root.hidden = room === null;
    this.draw();
  }

  draw() {
    const room = this.#room === null ? null : this.#state.rooms.get(this.#room);
    if (!room) return;
    const { rooms, members, presence, connection } = this.#state;
    this.#parts.icon.replaceChildren(icon(roomIcon(room)));
    setText(this.#parts.name, room.name);
    setText(this.#parts.topic, room.topic || "No topic yet");
    this.#parts.topic.classList.toggle("details-empty", !room.topic);
    setText(this.#parts.kind, room.archived ? `Archived: it can only be read. ${KIND[room.kind]}` : KIND[room.kind]);
    this.#parts.change.hidden = !moderates(this.#state, room.id);
    this.#parts.leave.hidden = !rooms.isMember(room.id);
    setText(this.#parts["members-title"], counted(room.member_count, "member", "members"));
    setText(this.#parts.here, connection.live ? `${presence.in(room.id).count} here now` : "");
    const list = members.of(room.id);
    if (list === null) this.#members.load(room.id);
    else this.#members.draw(room, list);
  }

  async #leave(confirm) {
    const room = this.#state.rooms.get(this.#room);
    await confirm({
      title: `Leave ${isolated(room.name)}?`,
      text:
        room.kind === "private"
          ? "You will not see its messages any more, until somebody adds you again."
          : "It leaves your list. You can join again at any time.",
      deed: "Leave room",
      go: () => this.#actions.leave(room.id),
    });
  }
}
