/** A word about what just happened, with a way back while it is up. */

import { wordsOf } from './api.js';
import { el } from './elements.js';
import { icon } from './icons.js';

const STAYS = 5_000;
const STAYS_WITH_UNDO = 8_000;
const STAYS_WITH_ERROR = 10_000;

/** @type {HTMLElement | null} */
let shelf = null;
/** @type {(() => void) | null} */
let lastUndo = null;

/** How to take a word away, by what it is about. @type {Map<string, () => void>} */
const standing = new Map();

/**
 * @param {string} text
 * @param {{undo?: () => void, kind?: 'good' | 'late' | 'warning' | 'calm', about?: string}} [options] a newer word about
 *   the same thing takes the older one and its way back away
 */
export function toast(text, { undo, kind = 'good', about } = {}) {
  if (about) standing.get(about)?.();
  const take = () => {
    gone();
    lastUndo = null;
    undo?.();
  };
  const message = el(
    'div',
    { class: `toast ${kind}` },
    icon(/** @type {const} */ ({ good: 'check', late: 'warning', warning: 'warning', calm: 'info' })[kind]),
    el('span', null, text),
    undo && el('button', { class: 'plain', type: 'button', onclick: take }, '撤销', el('kbd', null, 'Z')),
    el('button', { class: 'plain bare', type: 'button', ariaLabel: '关闭提示', onclick: () => gone() }, icon('close')),
  );
  const timer = setTimeout(gone, undo ? STAYS_WITH_UNDO : kind === 'late' ? STAYS_WITH_ERROR : STAYS);
  if (undo) lastUndo = take;
  if (about) standing.set(about, gone);
  place(kind).append(message);

  function gone() {
    clearTimeout(timer);
    message.remove();
    if (lastUndo === take) lastUndo = null;
    if (about && standing.get(about) === gone) standing.delete(about);
  }
}

/** Tell of an error in words fit to be shown. @param {unknown} error */
export function toastError(error) {
  toast(wordsOf(error), { kind: 'late' });
}

/** Take back the last thing that can be taken back. @returns {boolean} whether there was one */
export function undoLast() {
  const undo = lastUndo;
  undo?.();
  return undo !== null;
}

/** @param {string} kind */
function place(kind) {
  const box = shelf ?? document.body.appendChild(el('div', { class: 'toasts', role: 'status' }));
  box.ariaLive = kind === 'late' ? 'assertive' : 'polite';
  shelf = box;
  return box;
}
