"use client";

import { open } from "nearcache";
import { useCached, useSuspenseCached } from "nearcache/react";
import { Suspense } from "react";

const cache = open({ name: "next" });
const load = async () => ({ from: "the loader" });

function Waited() {
  return <p id="waited">{useSuspenseCached(cache, "waited", load).from}</p>;
}

export default function Shown({ initial }) {
  const { data } = useCached(cache, "first", load, { initial });
  return <><p id="first">{data.from}</p><Suspense fallback="waiting"><Waited /></Suspense></>;
}
