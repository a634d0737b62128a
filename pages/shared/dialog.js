/** Questions in a window of their own: the browser's modal dialog, focus kept and given back. */

import { el } from './elements.js';
import { icon } from './icons.js';

/**
 * Open a dialog and wait for its answer.
 * @param {{
 *   title: string,
 *   body: (Node | string)[],
 *   confirm?: string,
 *   kind?: 'calm' | 'late',
 *   wide?: boolean,
 * }} options without `confirm` there is only a way out
 * @returns {Promise<FormData | null>} the named fields, or null when it was left
 */
export function dialog({ title, body, confirm, kind = 'calm', wide = false }) {
  const back = /** @type {HTMLElement | null} */ (document.activeElement);
  const leave = el(
    'button',
    { class: 'plain bare', type: 'button', ariaLabel: '关闭', onclick: () => box.close('') },
    icon('close'),
  );
  const form = el(
    'form',
    { method: 'dialog' },
    el('header', null, el('h2', { id: 'dialog-title' }, title), leave),
    el('div', { class: 'dialog-body' }, ...body),
    confirm &&
      el(
        'footer',
        null,
        el('button', { class: 'button', type: 'button', onclick: () => box.close('') }, '取消'),
        el('button', { class: `button solid ${kind}`, value: 'yes' }, confirm),
      ),
  );
  const box = el('dialog', { class: wide ? 'dialog wide' : 'dialog' }, form);
  box.setAttribute('aria-labelledby', 'dialog-title');
  document.body.append(box);
  box.showModal();
  first(form)?.focus(); // not the way out, which comes first in the document
  return new Promise((resolve) => {
    box.addEventListener('close', () => {
      resolve(box.returnValue === 'yes' ? new FormData(form) : null);
      box.remove();
      back?.focus();
    });
    box.addEventListener('click', (/** @type {MouseEvent} */ event) => {
      if (event.target === box) box.close('');
    });
  });
}

/** Where the keyboard begins: the first field, else the answer. @param {HTMLFormElement} form @returns {HTMLElement | null} */
function first(form) {
  return form.querySelector('.dialog-body :is(:checked, input:not([type=radio]), select, textarea)') ?? form.querySelector('footer .solid');
}

/** A labelled field for a dialog. @param {string} label @param {HTMLElement} input @param {string} [hint] */
export function field(label, input, hint) {
  return el('label', { class: 'field' }, el('span', null, label), input, hint && el('small', null, hint));
}

/**
 * One choice out of a few, all in sight.
 * @param {string} legend @param {string} name
 * @param {readonly {value: string, label: string, hint?: string, kind?: string}[]} choices `kind` is the page's own class
 * @param {string} [chosen]
 */
export function radios(legend, name, choices, chosen = choices[0]?.value) {
  return el(
    'fieldset',
    { class: 'radios' },
    el('legend', null, legend),
    ...choices.map(({ value, label, hint, kind }) =>
      el(
        'label',
        kind ? { class: kind } : null,
        el('input', { type: 'radio', name, value, checked: value === chosen, required: true }),
        el('span', null, label, hint && el('small', null, hint)),
      ),
    ),
  );
}
