// Where the layers stand in the drawing: two blocks of four columns, a line between the rows of each. On a wide screen the
// blocks stand side by side, on a narrow one below each other.

import { here, there } from "../layers.js";

const COLUMNS = 4;
const TITLE = 20;
const BOX = 44;
/** Between two rows, where the line runs. */
const LANE = 22;
const WIDE = 820;
/** Between the blocks: the network. */
const NETWORK = { wide: 88, narrow: 44 };

/** The drawing for a width: `{ width, height, narrow, titles, boxes, network, line }`. */
export function places(width) {
  const narrow = width < WIDE;
  const gap = narrow ? 6 : 10;
  const margin = narrow ? 12 : 16;
  const across = narrow ? width - 2 * margin : (width - 2 * margin - NETWORK.wide) / 2;
  const box = (across - gap * (COLUMNS - 1)) / COLUMNS;
  const block = TITLE + 2 * BOX + LANE;
  const [first, second] = [{ x: margin, y: 0 }, narrow ? { x: margin, y: block + NETWORK.narrow } : { x: margin + across + NETWORK.wide, y: 0 }];
  const boxes = new Map();
  for (const [layers, { x, y }] of [[here, first], [there, second]]) {
    layers.forEach((layer, at) => boxes.set(layer.id, {
      layer, width: box, height: BOX,
      x: x + Math.floor(at / 2) * (box + gap),
      y: y + TITLE + (at % 2) * (BOX + LANE),
    }));
  }
  const level = ({ y }) => y + TITLE + BOX + LANE / 2;
  const right = width - margin / 2;
  const turn = block + NETWORK.narrow / 2;
  // Around the corner from the end of the first block to the start of the second, or straight on.
  const between = narrow ? [[right, level(first)], [right, turn], [margin / 2, turn], [margin / 2, level(second)]] : [];
  return {
    width, narrow, boxes, between,
    height: second.y + block + 2,
    titles: [{ ...first, text: "In the browser" }, { ...second, text: "Across the network" }],
    network: narrow ? { x: width / 2, y: turn } : { x: margin + across + NETWORK.wide / 2, y: level(first) },
    start: [margin / 2, level(first)],
    levels: new Map([...here.map(({ id }) => [id, level(first)]), ...there.map(({ id }) => [id, level(second)])]),
  };
}

/** The line from the page along the lane, through these layers and into the boxes of those it stopped at; SVG path data. */
export function line(drawing, stops) {
  const points = [`M${drawing.start.join(" ")}`];
  let crossed = false;
  for (const id of stops) {
    const box = drawing.boxes.get(id);
    if (!box) continue;
    if (!crossed && !box.layer.here) {
      crossed = true;
      points.push(...drawing.between.map(([x, y]) => `L${x} ${y}`));
    }
    const level = drawing.levels.get(id);
    const middle = box.x + box.width / 2;
    const edge = box.y < level ? box.y + box.height : box.y;
    points.push(`L${middle} ${level}`, `L${middle} ${edge}`, `L${middle} ${level}`);
  }
  return points.join("");
}
