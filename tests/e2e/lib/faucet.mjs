// A server of one body of any length, which knows how much of it the network has taken.

import { createServer } from "node:http";
import { Readable } from "node:stream";
import { setTimeout } from "node:timers/promises";

/** Serves `length` bytes at each URL, all of them alike; `announced` says whether there is a Content-Length. */
export async function openFaucet({ length, announced, headers = {} }) {
  let sent = 0;
  const server = createServer((_, response) => {
    const open = { "Access-Control-Allow-Origin": "*", "Access-Control-Expose-Headers": "*" };
    response.writeHead(200, { ...open, ...headers, ...(announced ? { "Content-Length": length } : {}) });
    function* pieces() {
      const piece = Buffer.alloc(1e5);
      for (let left = length; left > 0; left -= piece.length) {
        sent += piece.length;
        yield piece;
      }
    }
    Readable.from(pieces()).pipe(response);
  });
  await new Promise((resolve) => server.listen(0, "localhost", resolve));
  return {
    url: `http://localhost:${server.address().port}/`,
    /** Resolves to the number of bytes sent once it has stopped growing. */
    async atRest() {
      for (let before = -1; before < sent; await setTimeout(1_000)) before = sent;
      return sent;
    },
    close: () => new Promise((resolve) => {
      server.close(resolve);
      server.closeAllConnections();
    }),
  };
}
