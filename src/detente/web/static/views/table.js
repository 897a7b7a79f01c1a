// The table: a new negotiation, or one that is kept.

import { open } from "./table/new.js";
import { Session } from "./table/session.js";

export async function show(shell, values) {
  const id = values.get("id");
  if (!id) {
    open(shell);
    return null;
  }
  const session = new Session(shell, id);
  await session.open(values);
  return () => session.close();
}
