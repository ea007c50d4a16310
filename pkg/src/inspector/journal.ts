// What a cache told while it was watched.
import type { NearCache } from "../cache.js";
import type { CacheEvent, CacheEventType } from "../types.js";

const KEPT = 200;
const TYPES: CacheEventType[] = ["hit", "miss", "revalidate", "write", "evict", "invalidate", "error"];

/** An event, and when it was told. */
export type Line = CacheEvent & { at: number; n: number };

/** The last events of the cache that is watched, newest first. */
export class Journal {
  readonly lines: Line[] = [];
  #n = 0;
  #stops: (() => void)[] = [];

  /** Watches another cache, or none. Events pass one at a time, so `changed` should gather them. */
  watch(cache: NearCache | undefined, changed: (event: CacheEvent) => void): void {
    for (const stop of this.#stops.splice(0)) stop();
    if (!cache) return;
    this.#stops = TYPES.map((type) => cache.on(type, (event) => {
      this.lines.unshift({ ...event, at: Date.now(), n: (this.#n += 1) });
      this.lines.length = Math.min(this.lines.length, KEPT);
      changed(event);
    }));
  }

  clear(): void {
    this.lines.length = 0;
  }
}
