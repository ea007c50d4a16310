// Parts of whole responses (RFC 9110 §14), for media elements.

/** The part of `response` that `request` asks for; the response itself where it asks for none, or for several. */
export async function part(request: Request, response: Response): Promise<Response> {
  const asked = /^bytes=(\d*)-(\d*)$/.exec(request.headers.get("range") ?? "");
  if (!asked || response.status !== 200 || asked[0] === "bytes=-") return response;
  const body = await response.blob();
  const [, first, last] = asked as unknown as [string, string, string];
  const start = first === "" ? Math.max(0, body.size - Number(last)) : Number(first);
  const end = Math.min(body.size, first === "" || last === "" ? body.size : Number(last) + 1);
  const headers = new Headers(response.headers);
  headers.set("Content-Range", start < end ? `bytes ${start}-${end - 1}/${body.size}` : `bytes */${body.size}`);
  headers.set("Content-Length", String(Math.max(0, end - start)));
  if (start >= end) return new Response(null, { status: 416, headers });
  return new Response(body.slice(start, end), { status: 206, statusText: "Partial Content", headers });
}
