// axe-core, run in a page: what it finds against WCAG 2.2 AA and its own best practices.

/** Where the origin has to serve axe-core from; a mount for `Origin.start`. */
export const AXE = { "/axe": "node_modules/axe-core" };

/** Resolves to what is wrong, one line a rule; empty when all is well. `within` narrows it to a part of the page. */
export function violations(tab, within) {
  return tab.evaluate(async (within) => {
    if (!globalThis.axe) {
      await new Promise((resolve, reject) => {
        const script = Object.assign(document.createElement("script"), { src: "/axe/axe.min.js", onload: resolve, onerror: reject });
        document.head.append(script);
      });
    }
    const { violations } = await axe.run(within ?? document, { resultTypes: ["violations"], iframes: false });
    return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ target, failureSummary }) => `${target.flat().join(" ")} ${failureSummary}`).join("; ")}`);
  }, within);
}
