/** `<time>` elements that keep their wording true while the page is open. */

import { dayAndClock, exact, happened, left, present, urgency } from './times.js';

const TICK = 10_000;

/**
 * @param {string} at ISO time
 * @param {{kind?: 'happened' | 'left' | 'said', from?: string | null, class?: string}} [options]
 *   `left` counts down to `at` and carries data-urgency; `from` is when that clock started
 * @returns {HTMLTimeElement}
 */
export function timeElement(at, { kind = 'happened', from = null, class: name = '' } = {}) {
  const element = document.createElement('time');
  element.dateTime = at;
  element.className = name;
  element.dataset.kind = kind;
  if (from) element.dataset.from = from;
  element.title = exact(at);
  refresh(element);
  return element;
}

/** @param {HTMLTimeElement} element @param {number} [now] */
function refresh(element, now = present()) {
  const at = element.dateTime;
  const words = { happened, left, said: dayAndClock }[element.dataset.kind ?? 'happened'];
  const text = words?.(at, now) ?? '';
  if (element.textContent !== text) element.textContent = text;
  if (element.dataset.kind === 'left') {
    element.dataset.urgency = urgency(at, element.dataset.from ?? null, now);
  }
}

setInterval(() => {
  for (const element of document.querySelectorAll('time[data-kind]')) {
    refresh(/** @type {HTMLTimeElement} */ (element));
  }
}, TICK);
