/** The managers' dashboard: each part asks for its figures and is drawn anew when the address changes. */

import { readAddress, watchAddress } from '../shared/address.js';
import { el, fill } from '../shared/elements.js';
import { toastError } from '../shared/toast.js';
import { topbar } from '../shared/topbar.js';
import { setClock } from '../shared/times.js';
import { alarmBell } from './alarms.js';
import { showCases } from './cases.js';
import { chats } from './chats.js';
import { clock, failed } from './clock.js';
import { filters, offer } from './filters.js';
import { promise } from './promise.js';
import { reviews } from './reviews.js';
import { roster } from './roster.js';
import { longDate } from './say.js';
import { standing } from './standing.js';
import { FILTERS, question, report } from './view.js';
import { whatIf } from './what_if.js';

const AGAIN = 60_000;
const form = /** @type {HTMLFormElement} */ (document.querySelector('.filters'));
const period = /** @type {HTMLElement} */ (document.querySelector('.period'));

/** What the parts were drawn for, so that opening cases draws nothing anew. */
let drawn = '';

topbar(/** @type {Element} */ (document.querySelector('.topbar')), alarmBell()).then(begin).catch(toastError);

function begin() {
  filters(form);
  watchAddress(follow);
  document.addEventListener('click', openInPlace);
  follow();
  setInterval(() => part('now', (body) => standing(body), { quiet: true }), AGAIN);
}

function follow() {
  const { cases: _cases, ...rest } = readAddress();
  const wanted = JSON.stringify(rest);
  if (wanted !== drawn) draw();
  drawn = wanted;
  showCases();
}

function draw() {
  const clocks = report('clocks');
  part('promise', async (body) => {
    const found = await clocks;
    setClock(found.at);
    tellPeriod(found);
    promise(body, found);
  });
  part('now', (body) => standing(body));
  part('reviews', (body) => reviews(body));
  part('chats', (body) => chats(body));
  part('clock', async (body) => clock(body, (await clocks).clocks));
  part('roster', (body) => roster(body));
  part('what-if', async (body) => whatIf(body, (await clocks).clocks));
  offerValues();
}

/**
 * @param {string} name @param {(body: Element) => Promise<void> | void} fillIn
 * @param {{quiet?: boolean}} [options] quiet: keep what is shown until the new is there
 */
async function part(name, fillIn, { quiet = false } = {}) {
  const body = /** @type {Element} */ (document.querySelector(`[data-part="${name}"] .body`));
  if (!quiet && !body.childElementCount) fill(body, el('div', { class: 'loading', ariaLabel: '正在读取' }, el('i'), el('i'), el('i')));
  body.setAttribute('aria-busy', 'true');
  try {
    await fillIn(body);
  } catch (error) {
    if (!quiet) failed(body, error, () => part(name, fillIn));
  } finally {
    body.removeAttribute('aria-busy');
  }
}

/** @param {any} found */
function tellPeriod({ from, to, before_from: beforeFrom, before_to: beforeTo }) {
  fill(period, `${longDate(from)} 至 ${longDate(to)}，与之前等长的 ${longDate(beforeFrom)} 至 ${longDate(beforeTo)} 相比`);
}

/** Offer every value of the period, whatever is chosen now. */
async function offerValues() {
  const { from, to } = question();
  const values = await report('values', { from, to, ...Object.fromEntries(FILTERS.map((name) => [name, ''])) });
  offer(form, values.by);
}

/** A link to cases opens over the page instead of loading it anew. @param {MouseEvent} event */
function openInPlace(event) {
  const link = /** @type {Element} */ (event.target).closest?.('a[href]');
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
  const href = link.getAttribute('href') ?? '';
  if (!href.startsWith('/dashboard?')) return;
  event.preventDefault();
  history.pushState(null, '', href);
  dispatchEvent(new PopStateEvent('popstate'));
}
