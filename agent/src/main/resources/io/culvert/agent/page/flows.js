// SPDX-License-Identifier: Apache-2.0
// The table of flows: follows the server, newest first, and can be walked through by keys.
import { byId, cell, element, number, bytes, small, whenQuiet } from './dom.js';

const MOST = 500;
const RETRY = 3000;
const PAGE = 10;

const body = byId('rows').tBodies[0];
const detail = byId('detail');
const form = byId('filters');
const pause = byId('pause');
const flowOf = new WeakMap();
let source = null;
let retry = 0;
let missed = 0;
let ring = 0;
let waiting = [];

const isPaused = () => pause.getAttribute('aria-pressed') === 'true';

function wanted() {
  const query = new URLSearchParams();
  for (const [name, value] of new FormData(form)) if (value.trim()) query.set(name, value.trim());
  return query;
}

function say(text) {
  if (byId('state').textContent !== text) byId('state').textContent = text;
}

function connect() {
  clearTimeout(retry);
  source?.close();
  if (!form.checkValidity()) {
    say('Port is a number.');
    return;
  }
  body.replaceChildren();
  waiting = [];
  showLost(-missed, -ring);
  say('connecting');
  const query = wanted();
  source = new EventSource(`api/flows?${query}`);
  source.addEventListener('open', () => say('live'));
  source.addEventListener('flows', (event) => arrived(JSON.parse(event.data)));
  source.addEventListener('lost', (event) => {
    const lost = JSON.parse(event.data);
    showLost(lost.missed, lost.ring);
  });
  source.addEventListener('error', () => failed(query));
}

/** A browser tries again by itself, but not after an answer that is no stream. */
async function failed(query) {
  if (source.readyState !== EventSource.CLOSED) {
    say('the agent is away; trying again');
    return;
  }
  retry = setTimeout(connect, RETRY);
  try {
    const answer = await fetch(`api/flows?${query}`, { method: 'HEAD' });
    say(answer.status === 503 ? 'no place: too many pages follow already; trying again' : 'refused; trying again');
  } catch {
    say('the agent is away; trying again');
  }
}

function showLost(moreMissed, moreRing) {
  missed += moreMissed;
  ring += moreRing;
  const parts = [];
  if (missed) parts.push(`${number(missed)} flows were too many to show; narrow the filter`);
  if (ring) parts.push(`${number(ring)} events found no room in the kernel's ring`);
  byId('lost').textContent = parts.join('. ');
  byId('lost').hidden = parts.length === 0;
}

function arrived(flows) {
  if (isPaused()) {
    waiting = waiting.concat(flows).slice(-MOST);
    say(`paused; ${number(waiting.length)} wait`);
    return;
  }
  show(flows);
}

function show(flows) {
  const focused = body.contains(document.activeElement) ? document.activeElement : null;
  for (const flow of flows) body.prepend(row(flow));
  while (body.rows.length > MOST && body.lastElementChild !== focused) body.lastElementChild.remove();
  if (!body.querySelector('[tabindex="0"]')) body.rows[0]?.setAttribute('tabindex', '0');
}

function end(party) {
  const title = party.namespace ? `${party.namespace}/${party.name}` : party.name;
  const where = party.address ? address(party) : '';
  return title === 'unknown' && where ? [where] : [title, ...(where ? [' ', small(where)] : [])];
}

function address(party) {
  const host = party.address.includes(':') ? `[${party.address}]` : party.address;
  return party.port ? `${host}:${party.port}` : party.address;
}

const KINDS = { trace: '', drop: 'drop', verdict: 'policy', close: 'end', socket: 'socket' };

function what(flow) {
  const parts = [flow.protocol, flow.flags, KINDS[flow.kind], flow.reply ? 'reply' : '', flow.reason];
  if (flow.bytes) parts.push(bytes(flow.bytes));
  return parts.filter(Boolean).join(' · ');
}

function row(flow) {
  const bad = flow.verdict === 'dropped' ? ' bad' : '';
  const made = element('tr', { class: `new${bad}`, tabindex: '-1' },
    cell('Time', flow.time.slice(11, 23)),
    cell('Source', ...end(flow.source)),
    cell('Destination', ...end(flow.destination)),
    cell('Service', flow.service),
    cell('What', what(flow)),
    cell('Verdict', flow.verdict));
  flowOf.set(made, flow);
  return made;
}

function focus(target) {
  if (!target) return;
  body.querySelector('[tabindex="0"]')?.setAttribute('tabindex', '-1');
  target.setAttribute('tabindex', '0');
  target.focus();
}

function walk(event) {
  const here = event.target.closest('tr');
  if (!here || event.ctrlKey || event.metaKey || event.altKey) return;
  const rows = [...body.rows];
  const place = rows.indexOf(here);
  const moves = {
    ArrowDown: place + 1, ArrowUp: place - 1, PageDown: place + PAGE, PageUp: place - PAGE, Home: 0, End: rows.length - 1,
  };
  if (event.key in moves) {
    event.preventDefault();
    focus(rows[Math.max(0, Math.min(rows.length - 1, moves[event.key]))]);
  } else if (event.key === 'Enter' || event.key === ' ') {
    event.preventDefault();
    open(here);
  }
}

let opened = null;

function open(target) {
  close();
  const flow = flowOf.get(target);
  opened = target;
  target.setAttribute('aria-selected', 'true');
  const facts = {
    Time: flow.time, Source: party(flow.source), Destination: party(flow.destination), Dialled: flow.dialled,
    Service: flow.service, Policy: flow.policy, Verdict: flow.verdict, Reason: flow.reason, Kind: flow.kind,
    Direction: flow.direction, Protocol: `${flow.protocol} ${flow.flags}`, Bytes: flow.bytes ? number(flow.bytes) : '',
    Number: String(flow.number),
  };
  const list = element('dl');
  for (const [name, value] of Object.entries(facts)) {
    if (value) list.append(element('dt', {}, name), element('dd', {}, value));
  }
  detail.replaceChildren(list);
  detail.hidden = false;
  detail.focus({ preventScroll: true });
}

const party = (side) =>
  [side.kind, side.namespace ? `${side.namespace}/${side.name}` : '', side.workload, side.address ? address(side) : '']
    .filter(Boolean).join(' ');

function close() {
  if (!opened) return;
  opened.removeAttribute('aria-selected');
  if (detail.contains(document.activeElement)) {
    if (opened.isConnected) focus(opened);
    else focus(body.rows[0]);
  }
  opened = null;
  detail.hidden = true;
}

/** Narrows the table to what somebody chose elsewhere. */
export function only(name, value) {
  form.reset();
  form.elements[name].value = value;
  connect();
  byId('flows').scrollIntoView({ block: 'start' });
  form.elements[name].focus();
}

export function startFlows() {
  body.addEventListener('keydown', walk);
  body.addEventListener('click', (event) => {
    const target = event.target.closest('tr');
    if (target) {
      focus(target);
      open(target);
    }
  });
  document.addEventListener('keydown', (event) => {
    if (event.key === 'Escape') close();
    const typing = event.target.closest('input, select, textarea');
    if (event.key === '/' && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
      event.preventDefault();
      form.elements.text.focus();
    }
  });
  form.addEventListener('submit', (event) => event.preventDefault());
  form.addEventListener('input', whenQuiet(300, connect));
  form.addEventListener('reset', () => setTimeout(connect));
  pause.addEventListener('click', () => {
    const paused = !isPaused();
    pause.setAttribute('aria-pressed', String(paused));
    say(paused ? 'paused' : 'live');
    if (!paused) {
      show(waiting);
      waiting = [];
    }
  });
  connect();
}
