// SPDX-License-Identifier: Apache-2.0
// Services with their backends, and verdicts of policies.
import { ask, byId, cell, element, number, whenQuiet } from './dom.js';

const socket = (host, port) => (host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`);

function backends(row) {
  if (!row.backends.length) return element('span', { class: 'lost' }, 'none');
  return element('ul', {}, ...row.backends.map((one) => element('li', {}, socket(one.address, one.port),
    one.state === 'active' ? '' : ` (${one.state})`, one.node ? ` on ${one.node}` : '')));
}

function service(row) {
  const name = row.name ? `${row.namespace}/${row.name}${row.portName ? `:${row.portName}` : ''}` : '-';
  return element('tr', {},
    cell('Service', name), cell('Type', row.type),
    cell('Frontend', `${socket(row.frontend.address, row.frontend.port)}/${row.frontend.protocol}`),
    cell('Backends', backends(row)));
}

export async function showServices() {
  try {
    const text = byId('service-text').value.trim();
    const found = await ask(`api/services?${new URLSearchParams({ text })}`);
    byId('service-rows').tBodies[0].replaceChildren(...found.services.map(service));
    byId('services-note').textContent = found.services.length < found.total
      ? `the first ${number(found.services.length)} of ${number(found.total)}` : `${number(found.total)}`;
  } catch (error) {
    byId('services-note').textContent = error.message;
  }
}

export function startServices() {
  byId('service-text').addEventListener('input', whenQuiet(300, showServices));
}

export function showVerdicts(verdicts) {
  byId('verdicts').tBodies[0].replaceChildren(...verdicts.map((one) => element('tr',
    { class: one.action === 'dropped' ? 'bad' : '' },
    cell('Policy', one.policy || 'no rule: the default'), cell('Direction', one.direction),
    cell('Action', one.action), cell('Count', number(one.count)))));
}
