export const load = () => ({ initial: { from: "the server" } });
