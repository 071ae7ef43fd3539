import { setText } from "#chat/ui/dom.js";
import { number } from "#chat/ui/words.js";

const COARSE = matchMedia("(pointer: coarse)");
const COUNT_FROM = 0.9;

/** The box to write in. */
export class Composer {
  #state;
  #actions;
  #parts;
  #room = null;
  #early;

  /** Called when a message has been sent. */
  onSent = () => {};

  /** Called with nothing when the reader asks to edit their last message. */
  onEditLast = () => {};

  /** @param {Record<string, HTMLElement>} parts @param {{ state: object, actions: object }} needs */
  constructor(parts, { state, actions }) {
    this.#state = state;
    this.#actions = actions;
    this.#parts = parts;
    // Whoever waits for the scripts of the page may have begun to write.
    this.#early = parts.text.value;
    parts.text.addEventListener("input", () => this.#typed());
    parts.text.addEventListener("keydown", (event) => this.#pressed(event));
    parts.composer.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#send();
    });
    // The keyboard of a phone must stay open.
    parts.send.addEventListener("pointerdown", (event) => event.preventDefault());
  }

  show(room) {
    if (room.id !== this.#room) {
      this.#room = room.id;
      this.#parts.text.value = this.#state.drafts.get(room.id);
      if (this.#early) this.#addEarly();
      this.#fit();
      if (!COARSE.matches) this.focus();
    }
    this.#parts.text.placeholder = `Message ${room.name}`;
    this.#parts.text.setAttribute("aria-label", `Message ${room.name}`);
  }

  hide() {
    this.#room = null;
  }

  focus() {
    this.#parts.text.focus({ preventScroll: true });
  }

  /** Puts text at the cursor, in place of what is selected. */
  insert(text) {
    const { selectionStart, selectionEnd } = this.#parts.text;
    this.#parts.text.setRangeText(text, selectionStart, selectionEnd, "end");
    this.focus();
    this.#typed();
  }

  #addEarly() {
    const draft = this.#parts.text.value;
    this.#parts.text.value = draft && draft !== this.#early ? `${draft}\n${this.#early}` : this.#early;
    this.#early = "";
    this.#state.drafts.set(this.#room, this.#parts.text.value);
  }

  #typed() {
    const { value } = this.#parts.text;
    this.#state.drafts.set(this.#room, value);
    this.#fit();
    if (value.trim()) this.#actions.typed(this.#room);
  }

  #pressed(event) {
    if (event.isComposing) return;
    if (event.shiftKey || event.altKey) return;
    // On a phone, Enter is for a new line.
    if (event.key === "Enter" && (!COARSE.matches || event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      this.#send();
    } else if (event.key === "ArrowUp" && this.#parts.text.value === "") {
      event.preventDefault();
      this.onEditLast();
    }
  }

  #send() {
    const body = this.#parts.text.value;
    if (!this.#sendable(body)) return;
    this.#parts.text.value = "";
    this.#state.drafts.set(this.#room, "");
    this.#actions.send(this.#room, body);
    this.#fit();
    this.focus();
    this.onSent();
  }

  #sendable(body) {
    return body.trim() !== "" && lengthOf(body) <= this.#state.limits.message_length;
  }

  #fit() {
    const { text, send, length } = this.#parts;
    const limit = this.#state.limits.message_length;
    const used = lengthOf(text.value);
    send.disabled = !this.#sendable(text.value);
    setText(length, used > limit * COUNT_FROM ? `${number(used)} of ${number(limit)} characters` : "");
    length.classList.toggle("composer-over", used > limit);
    fitHeight(text);
  }
}

/** Characters as the server counts them: code points. */
const lengthOf = (text) => [...text.trim()].length;

const FITS_ITSELF = CSS.supports("field-sizing", "content");

/** Makes a text box as high as its text, where the browser does not. */
export function fitHeight(text) {
  if (FITS_ITSELF) return;
  text.style.setProperty("block-size", "auto");
  text.style.setProperty("block-size", `${text.scrollHeight}px`);
}
