/** The satisfaction question after a human conversation: once, five taps, a way past it. */

import { el, fill } from '../shared/elements.js';

const WORDS = ['很不满意', '不满意', '一般', '满意', '非常满意'];

/** @param {any} act */
export function rating(act) {
  const element = el('section', { class: 'rating', ariaLabel: '服务评价', hidden: true });
  let shown = '';
  /** The newest message when the thanks came: they go as soon as the talk goes on. */
  let thankedAt = 0;

  return { element, update };

  /** @param {any} rate @param {number} newest the number of the newest message */
  function update(rate, newest) {
    const key = rate ? `${rate.question} ${rate.state}` : '';
    if (key === shown) {
      if (rate?.state === 'answered' && newest > thankedAt) element.hidden = true;
      return;
    }
    shown = key;
    thankedAt = newest;
    element.hidden = !rate || rate.state === 'skipped';
    if (rate?.state === 'answered') fill(element, el('p', null, rate.text || '谢谢您的评价，我们会认真看。'));
    else if (rate?.state === 'asked') ask(rate);
  }

  /** @param {any} rate */
  function ask(rate) {
    const comment = el('input', { type: 'text', maxLength: 500, ariaLabel: '补充说明（选填）', placeholder: '想补充一句吗？（选填）' });
    const send = el('button', { class: 'solid', type: 'submit', disabled: true }, '提交');
    const radios = WORDS.map((word, place) => el('label', { title: word },
      el('input', { type: 'radio', name: 'score', value: place + 1, onchange: () => (send.disabled = false) }),
      el('span', null, `${place + 1}`), el('small', null, word)));
    fill(element, el('form', { onsubmit: submit },
      el('fieldset', null, el('legend', null, rate.text || '这次人工服务您满意吗？'), el('div', { class: 'scores' }, ...radios)),
      comment,
      el('div', { class: 'buttons' }, el('button', { type: 'button', onclick: () => act.rate(null, '') }, '不评价'), send)));

    /** @param {SubmitEvent} event */
    function submit(event) {
      event.preventDefault();
      const score = Number(new FormData(/** @type {HTMLFormElement} */ (event.target)).get('score'));
      act.rate(score, comment.value.trim());
    }
  }
}
