// SPDX-License-Identifier: Apache-2.0
// The map: columns from who asks to who answers, the same picture for the same traffic.
import { byId, cell, element, number, bytes, shape } from './dom.js';
import { only } from './flows.js';

const WIDTH = 190;
const HEIGHT = 38;
const GAP_X = 110;
const GAP_Y = 16;
const LETTERS = 27;
const MARGIN = 8;

/** How far each node is from who only asks; what goes round stops at the number of nodes. */
function columns(nodes, edges) {
  const column = new Map(nodes.map((node) => [node.id, 0]));
  for (let round = 0; round < Math.min(nodes.length, 6); round++) {
    let changed = false;
    for (const edge of edges) {
      if (edge.from === edge.to) continue;
      const next = Math.min(column.get(edge.from) + 1, 4);
      if (column.get(edge.to) < next) {
        column.set(edge.to, next);
        changed = true;
      }
    }
    if (!changed) break;
  }
  return column;
}

function places(nodes, edges) {
  const column = columns(nodes, edges);
  const used = [...new Set(column.values())].sort((a, b) => a - b);
  const filled = new Map();
  const place = new Map();
  for (const node of nodes) {
    const x = used.indexOf(column.get(node.id));
    const y = filled.get(x) ?? 0;
    filled.set(x, y + 1);
    place.set(node.id, { x: MARGIN + x * (WIDTH + GAP_X), y: MARGIN + y * (HEIGHT + GAP_Y) });
  }
  const rows = Math.max(1, ...filled.values());
  return {
    place,
    width: Math.max(1, used.length) * (WIDTH + GAP_X) - GAP_X + 2 * MARGIN,
    height: rows * (HEIGHT + GAP_Y) - GAP_Y + 2 * MARGIN,
  };
}

const short = (text) => (text.length > LETTERS ? `${text.slice(0, LETTERS - 1)}…` : text);

function node(made, at) {
  const group = shape('g', {
    class: `node ${made.kind}`, tabindex: '0', role: 'button', transform: `translate(${at.x} ${at.y})`,
    'aria-label': `${made.kind} ${made.title}: show its flows`,
  },
  shape('title', {}, made.title),
  shape('rect', { width: WIDTH, height: HEIGHT, rx: 5 }),
  shape('text', { x: 9, y: 16 }, short(made.title)),
  shape('text', { x: 9, y: 30, class: 'kind' }, made.kind));
  const choose = () => only(made.kind === 'service' ? 'service' : made.kind === 'pod' ? 'pod' : 'text', made.title);
  group.addEventListener('click', choose);
  group.addEventListener('keydown', (event) => {
    if (event.key === 'Enter' || event.key === ' ') {
      event.preventDefault();
      choose();
    }
  });
  return group;
}

function edge(drawn, from, to, seconds) {
  const rate = drawn.connections / seconds;
  const back = to.x <= from.x;
  const start = { x: from.x + (back ? 0 : WIDTH), y: from.y + HEIGHT / 2 };
  const end = { x: to.x + (back ? WIDTH : 0), y: to.y + HEIGHT / 2 };
  const bend = Math.max(40, Math.abs(end.x - start.x) / 2) * (back ? -1 : 1);
  const bad = drawn.drops > 0 ? 'bad' : '';
  const label = [drawn.connections || !drawn.drops ? `${number(rate)}/s` : '', drawn.drops ? `${number(drawn.drops)} dropped` : '']
    .filter(Boolean).join(', ');
  return [
    shape('path', {
      class: bad, 'stroke-width': (1.5 + Math.min(5, Math.log2(1 + rate))).toFixed(1),
      d: `M${start.x} ${start.y} C${start.x + bend} ${start.y} ${end.x - bend} ${end.y} ${end.x} ${end.y}`,
    }, shape('title', {}, `${drawn.from} to ${drawn.to}: ${label}`)),
    shape('text', {
      class: `rate ${bad}`, x: (start.x + end.x) / 2, y: (start.y + end.y) / 2 - 4, 'text-anchor': 'middle',
    }, label),
  ];
}

function draw(map) {
  const { place, width, height } = places(map.nodes, map.edges);
  const drawing = shape('svg', { viewBox: `0 0 ${width} ${height}`, role: 'group', 'aria-label': 'Service map' });
  drawing.setAttribute('width', width);
  const lines = map.edges.map((one) => edge(one, place.get(one.from), place.get(one.to), map.windowSeconds));
  drawing.append(...lines.map(([path]) => path), ...map.nodes.map((one) => node(one, place.get(one.id))),
    ...lines.map(([, text]) => text));
  return drawing;
}

function list(map) {
  const title = new Map(map.nodes.map((one) => [one.id, one.title]));
  return map.edges.map((one) => element('tr', { class: one.drops ? 'bad' : '' },
    cell('From', title.get(one.from)), cell('To', title.get(one.to)),
    cell('Connections/s', number(one.connections / map.windowSeconds)),
    cell('Drops', one.drops ? `${number(one.drops)} ${one.reasons.join(', ')}` : '0'),
    cell('Bytes', one.bytes ? bytes(one.bytes) : ''), cell('Ports', one.ports.join(', '))));
}

let shown = '';

/** Draws anew only what changed, and leaves the focus where it was. */
export function showMap(map) {
  const now = JSON.stringify([map.nodes, map.edges, Math.round(map.windowSeconds)]);
  const parts = [];
  if (!map.nodes.length) parts.push('No flows in the last minute.');
  else parts.push(map.partial ? `the last ${number(map.windowSeconds)} s: there is much` : 'the last minute');
  if (map.hidden) parts.push(`${number(map.hidden)} edges with less are left out`);
  byId('map-note').textContent = parts.join('; ');
  if (now === shown) return;
  shown = now;
  const focused = document.activeElement?.getAttribute?.('aria-label');
  const hadFocus = byId('drawing').contains(document.activeElement) && document.activeElement !== byId('drawing');
  byId('drawing').replaceChildren(...(map.nodes.length ? [draw(map)] : []));
  if (hadFocus) {
    [...byId('drawing').querySelectorAll('.node')].find((one) => one.getAttribute('aria-label') === focused)?.focus();
  }
  byId('edges').tBodies[0].replaceChildren(...list(map));
}
