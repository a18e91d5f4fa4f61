// SPDX-License-Identifier: Apache-2.0
// Starts everything; asks for the map and for Services while the page is looked at.
import { ask, byId, number } from './dom.js';
import { startFlows } from './flows.js';
import { showMap } from './map.js';
import { showServices, showVerdicts, startServices } from './tables.js';

const MAP = 2000;
const SERVICES = 10000;

let before = null;

function figures(map) {
  byId('node').textContent = map.node;
  document.title = `Culvert ${map.node}`;
  const now = performance.now();
  const rate = before && now > before.time ? ((map.written - before.written) * 1000) / (now - before.time) : 0;
  before = { time: now, written: map.written };
  const lost = map.ringLost ? `, ${number(map.ringLost)} lost in the ring` : '';
  byId('figures').textContent = `${number(Math.max(0, rate))} flows/s, ${number(map.kept)} of ${number(map.capacity)} kept${lost}`;
}

async function refreshMap() {
  try {
    const map = await ask('api/map');
    figures(map);
    showMap(map);
    showVerdicts(map.verdicts);
  } catch (error) {
    byId('map-note').textContent = error.message;
  }
}

function every(milliseconds, work) {
  const turn = async () => {
    if (!document.hidden) await work();
    setTimeout(turn, milliseconds);
  };
  turn();
}

startFlows();
startServices();
every(MAP, refreshMap);
every(SERVICES, showServices);
