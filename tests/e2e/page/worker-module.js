// A module service worker whose options come in its own URL, so that each test says what it serves.
import { serve } from "/pkg/dist/entry/worker.js";

serve(JSON.parse(new URL(location.href).searchParams.get("options")));
