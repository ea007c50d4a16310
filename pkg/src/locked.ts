/** Runs `work` while no other context runs anything under `name`; at once where there are no locks. */
export function locked<T>(name: string, work: () => Promise<T>): Promise<T> {
  return "locks" in navigator ? (navigator.locks.request(name, work) as Promise<T>) : work();
}
