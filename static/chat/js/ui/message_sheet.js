import { COMMON } from "#chat/ui/emoji_picker.js";
import { openDialog } from "#chat/ui/dialog.js";
import { element, icon, parts as partsOf } from "#chat/ui/dom.js";

const LONG_PRESS_MS = 450;
const STILL_PX = 10;
const QUICK = COMMON.slice(0, 6);

const DEEDS = [
  { deed: "link", picture: "link", label: "Copy a link" },
  { deed: "edit", picture: "edit", label: "Edit" },
  { deed: "delete", picture: "bin", label: "Delete" },
];

/** A long press on a message opens what may be done with it, from below. */
export class MessageSheet {
  #dialog = document.getElementById("message-sheet");
  #parts = partsOf(this.#dialog);
  #actions;
  #timer = null;
  #start = null;

  /** @param {HTMLElement} log @param {{ actions: import("#chat/ui/message_actions.js").MessageActions }} needs */
  constructor(log, { actions }) {
    this.#actions = actions;
    log.addEventListener("touchstart", (event) => this.#begin(event), { passive: true });
    log.addEventListener("touchmove", (event) => this.#moved(event.touches[0]), { passive: true });
    log.addEventListener("touchend", (event) => this.#released(event));
    log.addEventListener("touchcancel", () => clearTimeout(this.#timer), { passive: true });
  }

  #begin({ touches, target }) {
    clearTimeout(this.#timer);
    const article = target.closest(".message");
    if (!article || touches.length > 1 || target.closest("a, button, textarea")) return;
    this.#start = { x: touches[0].clientX, y: touches[0].clientY };
    this.#timer = setTimeout(() => this.#open(article), LONG_PRESS_MS);
  }

  #moved({ clientX, clientY }) {
    if (Math.hypot(clientX - this.#start?.x, clientY - this.#start?.y) > STILL_PX) clearTimeout(this.#timer);
  }

  #released(event) {
    clearTimeout(this.#timer);
    // The finger that opened the sheet must not press what lies under it there.
    if (this.#dialog.open) event.preventDefault();
  }

  #open(article) {
    const shown = this.#actions.shownBy(article);
    if (!shown) return;
    const offers = this.#actions.offers(shown);
    const deeds = DEEDS.filter(({ deed }) => offers[deed]);
    if (deeds.length === 0) return;
    getSelection().removeAllRanges();
    this.#parts.emoji.hidden = !offers.react;
    this.#parts.emoji.replaceChildren(
      ...QUICK.map((emoji) => this.#emoji(emoji, () => this.#actions.react(shown, emoji))),
      this.#emoji(icon("plus"), () => this.#actions.do("react", article, article), "Another emoji"),
    );
    this.#parts.actions.replaceChildren(...deeds.map((each) => this.#deed(each, article)));
    openDialog(this.#dialog);
  }

  #emoji(face, go, label = `React with ${face}`) {
    return this.#button({ class: "button-icon sheet-react", "aria-label": label }, [face], go);
  }

  #deed({ deed, picture, label }, article) {
    const look = deed === "delete" ? "menu-item menu-item-danger" : "menu-item";
    return this.#button({ class: look }, [icon(picture), label], () => this.#actions.do(deed, article, article));
  }

  #button(attributes, content, go) {
    const button = element("button", { type: "button", ...attributes }, ...content);
    button.addEventListener("click", () => {
      this.#dialog.close();
      go();
    });
    return button;
  }
}
