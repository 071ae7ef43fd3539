import { parts as partsOf, setText } from "#chat/ui/dom.js";
import { attempt } from "#chat/ui/attempt.js";
import { openDialog } from "#chat/ui/dialog.js";

/** The dialog that makes a room or changes one. */
export class RoomForm {
  #dialog = document.getElementById("room-form");
  #parts = partsOf(this.#dialog);
  #actions;
  #onMade;
  #room = null;

  /** @param {{ actions: object, onMade: (room: object) => void }} needs */
  constructor({ actions, onMade }) {
    this.#actions = actions;
    this.#onMade = onMade;
    this.#parts.form.addEventListener("submit", (event) => {
      event.preventDefault();
      attempt(this.#parts.submit, this.#parts.error, () => (this.#room ? this.#change() : this.#make()));
    });
    this.#parts.archive.addEventListener("click", () => {
      attempt(this.#parts.archive, this.#parts.error, () => this.#save({ archived: !this.#room.archived }));
    });
  }

  /** @param {object | null} room the one to change; null makes a new one */
  open(room = null) {
    this.#room = room;
    const { form, title, name, topic, kinds, error, archive, submit } = this.#parts;
    form.reset();
    name.value = room?.name ?? "";
    topic.value = room?.topic ?? "";
    kinds.hidden = room !== null;
    archive.hidden = room === null;
    setText(title, room ? "Change the room" : "New room");
    setText(submit, room ? "Save" : "Create room");
    setText(archive, room?.archived ? "Reopen" : "Archive");
    setText(error, "");
    openDialog(this.#dialog);
    name.focus();
  }

  async #make() {
    const kind = this.#parts.form.elements.kind.value;
    const room = await this.#actions.createRoom({ name: this.#parts.name.value, topic: this.#parts.topic.value, kind });
    this.#dialog.close();
    this.#onMade(room);
  }

  #change() {
    return this.#save({ name: this.#parts.name.value, topic: this.#parts.topic.value });
  }

  async #save(changes) {
    await this.#actions.changeRoom(this.#room.id, changes);
    this.#dialog.close();
  }
}
