const BASE_SECONDS = 0.5;
const CAP_SECONDS = 15;

/**
 * Seconds to wait before a reconnect: full jitter, so that clients cut off together do not come back together.
 * @param {number} attempt how many attempts have failed in a row, from 0
 * @param {() => number} random from [0, 1)
 */
export function backoff(attempt, random = Math.random) {
  return random() * Math.min(CAP_SECONDS, BASE_SECONDS * 2 ** attempt);
}
