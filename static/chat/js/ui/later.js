const IDLE_MS = 2000;
const whenIdle = globalThis.requestIdleCallback ?? ((run) => setTimeout(run, 200));

/** Something that is loaded when it is first needed, at the latest when the browser has nothing else to do. */
export class Later {
  #load;
  #loading = null;
  #asked = false;

  /** @param {() => Promise<object>} load */
  constructor(load) {
    this.#load = load;
  }

  /** Runs `use` with what is loaded: at once where it is there already. */
  async with(use) {
    this.#loading ??= this.#load();
    let loaded;
    try {
      loaded = await this.#loading;
    } catch (failure) {
      // Without a network it cannot be loaded now, perhaps next time.
      this.#loading = null;
      throw failure;
    }
    use(loaded);
  }

  soon() {
    if (this.#asked) return;
    this.#asked = true;
    whenIdle(() => this.with(() => {}), { timeout: IDLE_MS });
  }
}
