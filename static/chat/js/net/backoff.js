const FIRST_SECONDS = 0.5;
const LEAST_SECONDS = 1;
const CAP_SECONDS = 15;

/**
 * Seconds to wait before a reconnect: at random, so that clients cut off together do not come back together, and up to
 * half as long as one has been away, so that nobody is away for more than half as long again as the server, or a second
 * longer.
 * @param {number} away seconds without a connection since one last held, or since when the server asked to come back: 0
 *   where it just did
 * @param {() => number} random from [0, 1)
 */
export function backoff(away, random = Math.random) {
  if (away === 0) return random() * FIRST_SECONDS;
  return (Math.min(CAP_SECONDS, Math.max(LEAST_SECONDS, away / 2)) * (1 + random())) / 2;
}
