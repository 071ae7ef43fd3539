const ANSWER_MS = 20_000;

/** The server answered with a failure, or no whole answer came (`code` is then "offline"). */
export class RequestFailed extends Error {
  constructor({ code, detail, retry_after: retryAfter }) {
    super(detail);
    this.code = code;
    this.retryAfter = retryAfter ?? null;
  }
}

/** Requests to the HTTP API with the session cookie and the CSRF header; one that came too fast is made again in time. */
export class Http {
  #token;

  /** @param {() => string} token the CSRF token of this moment: signing in elsewhere changes it */
  constructor(token) {
    this.#token = token;
  }

  get(path, query = {}) {
    const search = new URLSearchParams(query).toString();
    return this.#ask("GET", search ? `${path}?${search}` : path);
  }

  post(path, body) {
    return this.#ask("POST", path, body);
  }

  patch(path, body) {
    return this.#ask("PATCH", path, body);
  }

  delete(path) {
    return this.#ask("DELETE", path);
  }

  async #ask(method, path, body) {
    const signal = AbortSignal.timeout(ANSWER_MS);
    const until = performance.now() + ANSWER_MS;
    for (;;) {
      try {
        return await this.#once(method, path, body, signal);
      } catch (failure) {
        // Nothing was done of what came too fast.
        const wait = failure.code === "rate_limited" ? failure.retryAfter * 1000 : Infinity;
        if (performance.now() + wait > until) throw failure;
        await new Promise((resolve) => setTimeout(resolve, wait));
      }
    }
  }

  async #once(method, path, body, signal) {
    const headers = { Accept: "application/json" };
    if (method !== "GET") headers["X-CSRFToken"] = this.#token();
    if (body !== undefined) headers["Content-Type"] = "application/json";
    const options = { method, headers, body: body && JSON.stringify(body), credentials: "same-origin", signal };
    let failure = { code: "offline", detail: "The server cannot be reached. Try again in a moment." };
    try {
      const response = await fetch(path, options);
      if (response.ok) return await response.json();
      failure = await failureOf(response);
    } catch {
      // No answer, or only a part of one.
    }
    throw new RequestFailed(failure);
  }
}

async function failureOf(response) {
  if (response.headers.get("Content-Type")?.startsWith("application/json")) {
    const { error } = await response.json();
    if (error?.code) return error;
  }
  return { code: "http", detail: `The server answered with an error (${response.status}). Try again in a moment.` };
}
