// Requests to the server; a failure is an Error whose message a person can read.

import { t } from "./text.js";

const client = Math.random().toString(36).slice(2);

export class Problem extends Error {
  constructor(message, status) {
    super(message);
    this.status = status;
  }
}

async function ask(path, options = {}) {
  let reply;
  try {
    reply = await fetch(path, { ...options, headers: { ...options.headers, "X-Client": client } });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Problem(t("error.offline"), 0);
  }
  if (reply.ok) return reply;
  let message = t("error.server", { status: reply.status });
  try {
    message = (await reply.json()).error ?? message;
  } catch { /* not JSON: the general sentence stands */ }
  throw new Problem(message, reply.status);
}

export const get = async (path, values = {}, signal) => {
  const query = new URLSearchParams(Object.entries(values).filter(([, v]) => v !== null && v !== undefined && v !== ""));
  return (await ask(`${path}${query.size ? `?${query}` : ""}`, { signal })).json();
};

export const send = (method, path, body, signal) =>
  ask(path, { method, body: JSON.stringify(body), headers: { "Content-Type": "application/json" }, signal, keepalive: method === "DELETE" });

export const post = async (path, body = {}, signal) => (await send("POST", path, body, signal)).json();
