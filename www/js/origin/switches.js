// The layers of the origin that can be switched off. DynamoDB and S3 hold the data, so they stay.

/** Each layer with its switch, and how to read and set it in the origin's own document. */
export const SWITCHES = [
  ...[["edge", "edge"], ["stage", "stage"], ["function", "functions"]].map(plain),
  {
    layer: "container",
    isOn: ({ functions }) => functions.enabled && functions.memoryTtlSeconds > 0,
    patch: (on) => ({ functions: { memoryTtlSeconds: on ? 10 : 0 } }),
  },
  ...[["shared", "shared"], ["dax", "dax"]].map(plain),
];

function plain([layer, part]) {
  return { layer, isOn: (switches) => switches[part].enabled, patch: (enabled) => ({ [part]: { enabled } }) };
}

/** Whether a layer is switched off; while the origin has not been heard, none is. */
export const isOffThere = (id, switches) => {
  const known = SWITCHES.find(({ layer }) => layer === id);
  return Boolean(known && switches && !known.isOn(switches));
};
