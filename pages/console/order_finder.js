/** The order that a guest names: seen by its number alone, acted on once the phone's last digits fit. */

import { put, wordsOf } from '../shared/api.js';
import { el, say } from '../shared/elements.js';
import { icon } from '../shared/icons.js';
import { toast } from '../shared/toast.js';

/** @param {string} conversation @param {() => void} changed */
export function orderFinder(conversation, changed) {
  const number = el('input', { class: 'input', name: 'number', required: true, minLength: 4, maxLength: 40, autocomplete: 'off', ariaLabel: '订单号', placeholder: '订单号' });
  const tail = el('input', { class: 'input', name: 'tail', inputMode: 'numeric', pattern: '\\d{4}', maxLength: 4, autocomplete: 'off', ariaLabel: '收件手机尾号四位（选填）', placeholder: '手机尾号' });
  const fault = el('p', { class: 'fault', role: 'status' });
  const button = el('button', { class: 'button small', type: 'submit' }, icon('search'), '查订单');
  return el('form', { class: 'order-finder', onsubmit: find }, el('div', null, number, tail, button),
    el('p', { class: 'soft' }, '填了手机尾号并核对一致，才能看客户资料、办退款。'), fault);

  /** @param {SubmitEvent} event */
  async function find(event) {
    event.preventDefault();
    button.disabled = true;
    try {
      const { proved } = await put(`/api/desk/conversations/${conversation}/order`, { number: number.value.trim(), phone_tail: tail.value.trim() });
      toast(proved ? '核对一致，已关联订单和客户' : '已关联订单', { kind: 'good' });
      changed();
    } catch (error) {
      say(fault, wordsOf(error));
    } finally {
      button.disabled = false;
    }
  }
}
