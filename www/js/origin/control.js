// The origin's switchboard at /_origin/, and the switches as they were last seen.

const listeners = new Set();
let switches;

/** Works the switchboard; resolves to what it answers. */
export async function control(method, path, body) {
  const response = await fetch(`/_origin/${path}`, { method, ...(body && { body: JSON.stringify(body) }) });
  if (!response.ok) throw new Error(`The origin refused: ${await response.text()}`);
  return response.status === 204 ? undefined : response.json();
}

/** The switches; `undefined` while the origin has not been heard. */
export const switched = () => switches;

/** Changes switches by a partial document. */
export const change = (patch) => control("PATCH", "switches", patch).then(seen);

/** Reads the switches: they outlive the page that set them. */
export const readSwitches = () => control("GET", "switches").then(seen);

/** Everything at the origin as it was at the start. */
export const reset = () => control("POST", "reset").then(readSwitches);

/** Calls `listener` whenever the switches have been heard of. */
export const onSwitches = (listener) => void listeners.add(listener);

function seen(now) {
  switches = now;
  for (const listener of listeners) listener(now);
  return now;
}
