import { attempt } from "#chat/ui/attempt.js";
import { clone } from "#chat/ui/dom.js";
import { fitHeight } from "#chat/ui/composer.js";

/** Edits one message in its place. */
export class Editor {
  #actions;
  #onClosed;
  #form = null;

  /** @param {{ actions: object, onClosed: () => void }} needs */
  constructor({ actions, onClosed }) {
    this.#actions = actions;
    this.#onClosed = onClosed;
  }

  /** @param {HTMLElement} article @param {{ room: number, message: object }} shown as stored */
  open(article, shown) {
    this.close();
    this.#form = clone("editor-template");
    const text = this.#form.querySelector("textarea");
    text.value = shown.message.body;
    this.#form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#save(shown, text.value);
    });
    this.#form.querySelector('[data-do="cancel"]').addEventListener("click", () => this.close());
    text.addEventListener("input", () => fitHeight(text));
    text.addEventListener("keydown", (event) => this.#pressed(event));
    article.classList.add("message-editing");
    article.querySelector(".text").after(this.#form);
    fitHeight(text);
    text.focus();
    text.setSelectionRange(text.value.length, text.value.length);
    this.#form.scrollIntoView({ block: "nearest" });
  }

  close() {
    if (!this.#form) return;
    this.#form.closest(".message").classList.remove("message-editing");
    this.#form.remove();
    this.#form = null;
    this.#onClosed();
  }

  #pressed(event) {
    if (event.isComposing) return;
    if (event.key === "Escape") {
      event.stopPropagation();
      this.close();
    } else if (event.key === "Enter" && !event.shiftKey && matchMedia("(pointer: fine)").matches) {
      event.preventDefault();
      this.#form.requestSubmit();
    }
  }

  async #save({ room, message }, body) {
    if (body.trim() === message.body) return this.close();
    const form = this.#form;
    await attempt(form.querySelector('[type="submit"]'), form.querySelector(".field-error"), async () => {
      await this.#actions.edit(room, message.id, body);
      // Another message may be in the editor by now.
      if (this.#form === form) this.close();
    });
  }
}
