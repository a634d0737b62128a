/** Alarms as they ring: a bell with a count in the bar, a list behind it, a word for each new one. */

import { get } from '../shared/api.js';
import { el, fill } from '../shared/elements.js';
import { icon } from '../shared/icons.js';
import { timeElement } from '../shared/ticking.js';
import { toast } from '../shared/toast.js';

const EVERY = 15_000;
const LOOKS = { warn_50: 'calm', warn_75: 'warning', warn_90: 'warning', breach: 'late', escalate_lead: 'late', escalate_manager: 'late' };

/** @returns {HTMLElement} the bell; it asks for new alarms as long as the page is open */
export function alarmBell() {
  const number = el('span', { class: 'chip late', hidden: true });
  const list = el('div', { class: 'menu', role: 'region', ariaLabel: '提醒' });
  const bell = el('details', { class: 'alarms' }, el('summary', { class: 'plain', ariaLabel: '提醒' }, icon('alarm'), number), list);
  /** @type {Set<string> | null} */
  let known = null;
  bell.addEventListener('keydown', (/** @type {KeyboardEvent} */ event) => event.key === 'Escape' && (bell.open = false));
  look();
  setInterval(look, EVERY);
  return bell;

  async function look() {
    let found;
    try {
      found = await get('/api/alarms');
    } catch {
      return; // the next look will tell; the page itself says when the server is gone
    }
    const open = found.alarms.filter((/** @type {any} */ { done }) => !done);
    number.hidden = !open.length;
    number.textContent = open.length > 99 ? '99+' : String(open.length);
    bell.querySelector('summary')?.setAttribute('aria-label', `提醒，${open.length} 个未处理`);
    fill(list, open.length ? el('ul', { class: 'due' }, ...open.map(row)) : el('p', { class: 'well-done' }, icon('check'), '没有未处理的提醒'));
    const fresh = known ? open.filter((/** @type {any} */ { id }) => !known?.has(id)) : [];
    known = new Set(found.alarms.map((/** @type {any} */ { id }) => id));
    if (fresh.length === 1) toast(`${fresh[0].text}：${fresh[0].title}`, { kind: 'warning' });
    else if (fresh.length) toast(`${fresh.length} 个新提醒`, { kind: 'warning' });
  }
}

/** @param {any} alarm */
function row({ href, title, text, step, due_at: due }) {
  return el('li', null, el('a', { href }, el('span', { class: `chip ${LOOKS[/** @type {'breach'} */ (step)]}` }, text), el('span', { class: 'name' }, title)),
    el('span', { class: 'left' }, timeElement(due, { kind: 'left' })));
}
