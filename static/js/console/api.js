// One request to the HTTP API: with the token it is given, else with the log-in of this page.

const LONGEST_ANSWER_MS = 30_000;
const TOLD_HEADERS = ["Idempotency-Replayed", "Retry-After"];

// Resolves to { status, ms, headers, content }; status 0 where nothing answered. Never rejects.
export async function ask({ method, path, headers, body, token }) {
  const begun = performance.now();
  try {
    const answer = await fetch(path, {
      method,
      headers: { ...headers, ...common(token), ...(body ? { "Content-Type": "application/json" } : {}) },
      body: body && JSON.stringify(body),
      // A token asks alone: with the cookie beside it nobody could say who was asking.
      credentials: token ? "omit" : "same-origin",
      redirect: "error",
      signal: AbortSignal.timeout(LONGEST_ANSWER_MS),
    });
    const content = await read(answer);
    const told = TOLD_HEADERS.filter((name) => answer.headers.has(name));
    return {
      status: answer.status,
      ms: performance.now() - begun,
      headers: Object.fromEntries(told.map((name) => [name, answer.headers.get(name)])),
      content,
    };
  } catch {
    return { status: 0, ms: performance.now() - begun, headers: {}, content: undefined };
  }
}

function common(token) {
  const language = { Accept: "application/json", "Accept-Language": document.documentElement.lang };
  return token ? { ...language, Authorization: `Bearer ${token}` } : { ...language, "X-CSRFToken": csrfToken() };
}

// Read at each request: a log-in in another tab makes a new one. Over https its name says that only this host set it.
function csrfToken() {
  return /(?:^|; )(?:__Host-)?csrftoken=([^;]*)/.exec(document.cookie)?.[1] ?? "";
}

async function read(answer) {
  const text = await answer.text();
  if (text === "") {
    return undefined;
  }
  try {
    return (answer.headers.get("Content-Type") ?? "").includes("json") ? JSON.parse(text) : text;
  } catch {
    return text;
  }
}
