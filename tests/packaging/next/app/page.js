import Shown from "./shown.js";

export const dynamic = "force-dynamic";

export default function Page() {
  return <Shown initial={{ from: "the server" }} />;
}
