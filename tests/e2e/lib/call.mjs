// A function call carried into a page as text, and its outcome carried back as text: the one form both browsers share.

/** Thrown where a browser cannot be made to do what a test needs: the test is skipped there. */
export class Unsupported extends Error {}

/** The source of an expression that runs `fn` in a page and resolves to what `settle` reads. */
export function expression(fn, args) {
  const list = args.map((arg) => (arg === undefined ? "undefined" : JSON.stringify(arg))).join(", ");
  return `(async () => {
    const shown = (error) => !(error instanceof Error || error instanceof DOMException)
      ? { name: "Thrown", message: String(error) }
      : { name: error.name, message: error.message, stack: error.stack, code: error.code,
          details: error.details, isError: error instanceof Error, class: error.constructor.name,
          cause: error.cause === undefined ? undefined : shown(error.cause) };
    try {
      return JSON.stringify({ value: await (${fn})(${list}) });
    } catch (error) {
      return JSON.stringify({ error: shown(error) });
    }
  })()`;
}

/** The value that came back; an error is thrown again, with its name, code, details and cause. */
export function settle(json) {
  const { value, error } = JSON.parse(json);
  if (error) throw revived(error);
  return value;
}

function revived({ name, message, stack, cause, ...own }) {
  const error = Object.assign(new Error(message), { name }, own);
  if (cause) error.cause = revived(cause);
  if (stack) error.stack = `${error.stack}\n  in the page:\n${stack}`;
  return error;
}
