const IDLE_MS = 2000;
const whenIdle = globalThis.requestIdleCallback ?? ((run) => setTimeout(run, 200));

/** Something that is loaded when it is first needed, at the latest when the browser has nothing else to do. */
export class Later {
  #load;
  #onFailed;
  #loading = null;
  #asked = false;

  /** @param {() => Promise<object>} load @param {() => void} onFailed called where it is needed and cannot be loaded */
  constructor(load, onFailed) {
    this.#load = load;
    this.#onFailed = onFailed;
  }

  /** Runs `use` with what is loaded: at once where it is there already. */
  async with(use) {
    const loaded = await this.#loaded();
    if (loaded) use(loaded);
    else this.#onFailed();
  }

  soon() {
    if (this.#asked) return;
    this.#asked = true;
    whenIdle(async () => (this.#asked = Boolean(await this.#loaded())), { timeout: IDLE_MS });
  }

  // Without a network it cannot be loaded now, perhaps next time: null.
  async #loaded() {
    this.#loading ??= this.#load();
    try {
      return await this.#loading;
    } catch {
      this.#loading = null;
      return null;
    }
  }
}
