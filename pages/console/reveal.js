/** Showing hidden personal data: asked for with a reason, and recorded. */

import { post } from '../shared/api.js';
import { dialog, field } from '../shared/dialog.js';
import { el } from '../shared/elements.js';
import { toastError } from '../shared/toast.js';
import { store } from './desk.js';

const WHAT = { phone: '电话', address: '地址', message: '这条消息里被隐藏的内容' };

/**
 * @param {HTMLElement} place what is replaced by the value
 * @param {string | undefined} conversation the chosen one when not given
 * @param {{what: 'phone' | 'address' | 'message', seq?: number}} which
 */
export async function reveal(place, conversation, { what, seq }) {
  const why = el('input', { name: 'why', required: true, minLength: 2, maxLength: 200, placeholder: '例如：核对收货人' });
  const answer = await dialog({
    title: `查看${WHAT[what]}`, confirm: '查看',
    body: [el('p', null, '查看会记入审计日志。'), field('用途', why)],
  });
  if (!answer) return;
  try {
    const id = conversation ?? store.state.chosen;
    const { value } = await post(`/api/desk/conversations/${id}/reveal`, { what, ...(seq && { seq }), why: String(answer.get('why')).trim() });
    place.replaceWith(el('span', { class: 'revealed' }, value));
  } catch (error) {
    toastError(error);
  }
}
