import { element, parts as partsOf } from "#chat/ui/dom.js";
import { openAt } from "#chat/ui/popup.js";

export const COMMON = ["👍", "❤️", "😂", "🎉", "😮", "😢", "🙏", "👀", "✅", "❌", "🔥", "🚀", "💯", "🤔", "👏", "☕"];

const EMOJI = /^\p{RGI_Emoji}$/v;

/** A few emoji to choose from, and a field for any other. */
export class EmojiPicker {
  #root = document.getElementById("emoji-picker");
  #parts = partsOf(this.#root);
  #choose = () => {};

  constructor() {
    this.#parts.grid.append(...COMMON.map((emoji) => this.#button(emoji)));
    this.#parts.form.addEventListener("submit", (event) => {
      event.preventDefault();
      const typed = this.#parts.typed.value.trim();
      if (EMOJI.test(typed)) this.#chosen(typed);
      else this.#parts.typed.setAttribute("aria-invalid", "true");
    });
    this.#parts.typed.addEventListener("input", () => this.#parts.typed.removeAttribute("aria-invalid"));
  }

  /** @param {HTMLElement} anchor @param {(emoji: string) => void} choose */
  open(anchor, choose) {
    this.#choose = choose;
    this.#parts.form.reset();
    openAt(this.#root, anchor);
    this.#parts.grid.firstElementChild.focus();
  }

  #button(emoji) {
    const button = element("button", { class: "button-icon picker-emoji", type: "button" }, emoji);
    button.addEventListener("click", () => this.#chosen(emoji));
    return button;
  }

  #chosen(emoji) {
    this.#root.hidePopover();
    this.#choose(emoji);
  }
}
