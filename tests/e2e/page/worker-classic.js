// The same as a classic worker.
importScripts("/pkg/dist/classic.js");

nearcache.serve(JSON.parse(new URL(location.href).searchParams.get("options")));
