// Sound made on the spot, and a media element in the page that plays it.

/** A WAV file of `seconds` of a tone: 16 bits, 8 kHz, one channel. */
export function wav(seconds) {
  const rate = 8_000;
  const data = Buffer.alloc(seconds * rate * 2);
  for (let at = 0; at < seconds * rate; at += 1) data.writeInt16LE(Math.round(8_000 * Math.sin((at * 2 * Math.PI * 440) / rate)), at * 2);
  const head = Buffer.alloc(44);
  head.write("RIFF", 0);
  head.writeUInt32LE(36 + data.length, 4);
  head.write("WAVEfmt ", 8);
  head.writeUInt32LE(16, 16);
  head.writeUInt16LE(1, 20); // PCM
  head.writeUInt16LE(1, 22); // channels
  head.writeUInt32LE(rate, 24);
  head.writeUInt32LE(rate * 2, 28); // bytes a second
  head.writeUInt16LE(2, 32); // bytes a sample
  head.writeUInt16LE(16, 34); // bits a sample
  head.write("data", 36);
  head.writeUInt32LE(data.length, 40);
  return Buffer.concat([head, data]);
}

/** Puts a `<video>` for `src` into the page, as `video`; resolves to its duration once that is known. */
export const load = (tab, src) => tab.evaluate(async (src) => {
  globalThis.video?.remove();
  globalThis.video = Object.assign(document.createElement("video"), { muted: true, preload: "auto" });
  const ready = new Promise((resolve, reject) => {
    video.addEventListener("loadedmetadata", resolve, { once: true });
    video.addEventListener("error", () => reject(new Error(`the element failed: ${video.error?.code} ${video.error?.message}`)), { once: true });
  });
  video.src = src;
  document.body.append(video);
  await ready;
  return video.duration;
}, src);

/** Goes to a second of it; resolves to where it is, once there is something to show. */
export const seek = (tab, seconds) => tab.evaluate(async (seconds) => {
  const there = new Promise((resolve, reject) => {
    video.addEventListener("seeked", resolve, { once: true });
    video.addEventListener("error", () => reject(new Error(`the element failed: ${video.error?.code} ${video.error?.message}`)), { once: true });
  });
  video.currentTime = seconds;
  await there;
  await until(() => video.readyState >= HTMLMediaElement.HAVE_CURRENT_DATA);
  return video.currentTime;
}, seconds);

/** Plays from where it is until half a second has gone by. */
export const play = (tab) => tab.evaluate(async () => {
  const from = video.currentTime;
  await video.play();
  await until(() => video.currentTime > from + 0.5);
  video.pause();
  return video.currentTime - from;
});
