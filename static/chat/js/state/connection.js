import { Emitter } from "#chat/state/emitter.js";

/**
 * What is true of the connection now.
 * @typedef {"connecting" | "live" | "waiting" | "signed-out" | "stopped"} Status
 */
export class Connection extends Emitter {
  /** @type {Status} */
  status = "connecting";
  /** @type {"session" | "account" | "outdated" | "misunderstood" | null} */
  reason = null;
  /** When the next attempt starts, as `performance.now()` counts, while waiting. */
  retryAt = null;
  /** Whether this page has been connected before. */
  wasLive = false;

  get live() {
    return this.status === "live";
  }

  set({ status, reason = null, retryAt = null }) {
    Object.assign(this, { status, reason, retryAt, wasLive: this.wasLive || status === "live" });
    this.changed();
  }
}
