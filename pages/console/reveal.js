/** Showing hidden personal data: asked for with a reason, and recorded. */

import { post } from '../shared/api.js';
import { dialog, field } from '../shared/dialog.js';
import { el } from '../shared/elements.js';
import { toastError } from '../shared/toast.js';

const WHAT = { phone: '电话', address: '地址', message: '这条消息里被隐藏的内容' };

/**
 * Ask why, then fetch.
 * @param {string} conversation
 * @param {{what: 'phone' | 'address' | 'message', seq?: number}} which
 * @returns {Promise<string | null>} the hidden value; null when it was not asked for or refused
 */
export async function reveal(conversation, { what, seq }) {
  const why = el('input', { name: 'why', required: true, minLength: 2, maxLength: 200, placeholder: '例如：核对收货人' });
  const answer = await dialog({
    title: `查看${WHAT[what]}`, confirm: '查看',
    body: [el('p', null, '查看会记入审计日志。'), field('用途', why)],
  });
  if (!answer) return null;
  try {
    const purpose = String(answer.get('why')).trim();
    const { value } = await post(`/api/desk/conversations/${conversation}/reveal`, { what, ...(seq && { seq }), why: purpose });
    return value;
  } catch (error) {
    toastError(error);
    return null;
  }
}

/** The value where it was hidden. @param {string} value */
export function revealed(value) {
  return el('span', { class: 'revealed' }, value);
}
