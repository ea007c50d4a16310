import { serve } from "nearcache/worker";

serve({ name: "app", precache: ["/"], routes: [{ match: "/api/*" }, { match: "/assets/*", strategy: "cache-first" }] });
