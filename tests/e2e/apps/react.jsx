import { Component, startTransition, StrictMode, Suspense, useLayoutEffect } from "react";
import { createRoot, hydrateRoot } from "react-dom/client";
import { renderToString } from "react-dom/server.browser";
import { refresh, useCached, useSuspenseCached } from "nearcache/react";

import { load, opening, root as element } from "./tools.js";

/** What each render of `<Item>` showed. */
globalThis.renders = [];
function Item({ cache = opening, id, options }) {
  const { status, data, error, loading, refresh } = useCached(cache, id && `item:${id}`, load, options);
  const text = `${id}:${data?.value ?? status}${error ? `!${error.message}` : ""}${loading && data ? "…" : ""}`;
  renders.push(text);
  return <button onClick={refresh}>{text}</button>;
}

function Value({ id }) {
  return useSuspenseCached(opening, `item:${id}`, load).value;
}

class Boundary extends Component {
  state = { error: undefined };
  static getDerivedStateFromError(error) { return { error }; }
  retry = () => {
    void refresh(opening, `item:${this.props.id}`);
    this.setState({ error: undefined });
  };
  render() { return this.state.error ? <button onClick={this.retry}>{`failed: ${this.state.error.message}`}</button> : this.props.children; }
}

/** Shows the value in many places, each slow enough that React pauses in between; reports each set that was committed. */
function Wall({ report }) {
  useLayoutEffect(() => report(element.textContent));
  return Array.from({ length: 40 }, (_, n) => <Brick key={n} />);
}
function Brick() {
  const { data } = useCached(opening, "wall", load);
  const end = performance.now() + 2;
  while (performance.now() < end);
  return data?.value ?? "?";
}

let root;
const render = (node) => (root ??= createRoot(element)).render(<StrictMode>{node}</StrictMode>);

Object.assign(globalThis, {
  items: (ids, options) => render(ids.map((id, n) => <Item key={n} id={id} options={options} />)),
  /** With the open cache instead of its promise, so that the first render can look into it. */
  async warm(id) {
    const cache = await opening;
    render(<Item id={id} cache={cache} />);
  },
  suspended: (id) => render(<Boundary id={id}><Suspense fallback="waiting"><Value id={id} /></Suspense></Boundary>),
  async wall(during) {
    const commits = [];
    root ??= createRoot(element);
    startTransition(() => root.render(<Wall report={(text) => void commits.push(text)} />));
    await during();
    return commits;
  },
  hydrate(id, initial) {
    const app = <Item id={id} options={{ initial }} />;
    const html = renderToString(app);
    element.innerHTML = html;
    root = hydrateRoot(element, app);
    return element.textContent;
  },
  unmount: () => root.unmount(),
});
