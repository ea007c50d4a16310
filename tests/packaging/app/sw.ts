import { serve } from "nearcache/worker";

serve({ name: "app", precache: __NEARCACHE_PRECACHE__, routes: [{ match: "/api/*" }] });
