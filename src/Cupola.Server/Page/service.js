// Asks the service. What it answers instead is thrown as its own sentence; who is told to come later comes later.

const MOST_TRIES = 6;
const LONGEST_WAIT = 30;

/** What the service says where it does not do what it is asked. */
export class ServiceError extends Error {
  constructor(sentence, status) {
    super(sentence);
    this.status = status;
  }
}

/**
 * Asks for JSON, and sends JSON where there is a body.
 * @param signal gives the answer up.
 * @param waits is called with the seconds before a busy service is asked again.
 */
export async function ask(path, { body, signal, waits } = {}) {
  for (let attempt = 1; ; attempt++) {
    const response = await send(path, body, signal);
    if (response.ok) {
      return response.json();
    }

    if (response.status !== 429 || attempt === MOST_TRIES) {
      throw await problem(response);
    }

    const asked = Number(response.headers.get("Retry-After")) || 1;
    const seconds = Math.min(LONGEST_WAIT, asked * attempt);
    waits?.(seconds);
    // Not all who were told so come back in the same moment.
    await pause(seconds * (1 + Math.random() / 4), signal);
  }
}

async function send(path, body, signal) {
  try {
    return await fetch(path, {
      method: body ? "POST" : "GET",
      headers: body ? { "Content-Type": "application/json" } : {},
      body: body && JSON.stringify(body),
      signal,
    });
  } catch (failure) {
    signal?.throwIfAborted();
    throw new ServiceError(`The service cannot be reached; see whether “cupola serve” still runs. (${failure.message})`, 0);
  }
}

async function problem(response) {
  try {
    const said = await response.json();
    return new ServiceError(said.error?.message ?? said.detail ?? said.title, response.status);
  } catch {
    return new ServiceError(`The service answered with status ${response.status}.`, response.status);
  }
}

function pause(seconds, signal) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, 1000 * seconds);
    signal?.addEventListener("abort", () => {
      clearTimeout(timer);
      reject(signal.reason);
    });
  });
}
