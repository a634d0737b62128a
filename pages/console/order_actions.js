/** What may be done for the customer's order, within the agent's authority; each is recorded as a promise. */

import { post } from '../shared/api.js';
import { dialog, field } from '../shared/dialog.js';
import { el } from '../shared/elements.js';
import { findFen, yuan } from '../shared/money.js';
import { newClientId } from '../shared/outbox.js';
import { present } from '../shared/times.js';
import { toast, toastError } from '../shared/toast.js';

const HOUR = 3_600_000;
const SHOP_OFFSET = 8 * HOUR;
const KINDS = [['call_back', '回电'], ['reply_by', '给答复'], ['improvement', '改进'], ['other', '其他']];

/**
 * @param {string} conversation @param {any} action one of `actions`
 * @param {readonly any[]} orders the customer's, the one in question first @param {() => void} changed
 */
export async function doAction(conversation, action, orders, changed) {
  const names = (action.fields ?? []).map((/** @type {any} */ one) => one.name ?? one);
  const wantsAmount = names.includes('amount_fen');
  const limit = action.limit_fen ?? null;
  const amount = el('input', { name: 'amount', inputMode: 'decimal', required: true, placeholder: '例如 20 或 19.90' });
  if (limit !== null) amount.addEventListener('input', () => amount.setCustomValidity(overLimit(amount.value, limit)));
  const reason = el('textarea', { name: 'reason', rows: 2, required: true, maxLength: 500, placeholder: '记录在案，客户看不到' });
  const answer = await dialog({
    title: action.title, confirm: '确定',
    body: [
      field('订单', el('select', { name: 'order', required: true }, ...orders.map(({ number, title, state_text: state, amount_fen: fen }) =>
        el('option', { value: number }, `${title}（${state}，${yuan(fen)}，尾号 ${number.slice(-4)}）`)))),
      wantsAmount && field('金额（元）', amount, limit === null ? undefined : `您的权限：${yuan(limit)} 以内`),
      field('原因', reason),
    ].filter((part) => part !== false),
  });
  if (!answer) return;
  await tell(`/api/desk/conversations/${conversation}/actions`, {
    kind: action.kind, order: answer.get('order'),
    ...(wantsAmount && { amount_fen: findFen(String(answer.get('amount'))) }),
    reason: String(answer.get('reason')).trim(), client_id: newClientId(),
  }, `${action.title}：已记录`, changed);
}

/** @param {string} conversation @param {() => void} changed */
export async function promiseSomething(conversation, changed) {
  const kind = el('select', { name: 'kind' }, ...KINDS.map(([value, name]) => el('option', { value }, name)));
  const text = el('textarea', { name: 'text', rows: 2, required: true, maxLength: 500, placeholder: '答应了客户什么' });
  const due = el('input', { name: 'due', type: 'datetime-local', required: true, value: shopLocal(present() + 24 * HOUR), min: shopLocal(present()) });
  const answer = await dialog({ title: '记一个承诺', confirm: '记下', body: [field('种类', kind), field('内容', text), field('最晚什么时候', due, '北京时间')] });
  if (!answer) return;
  await tell(`/api/desk/conversations/${conversation}/promises`, {
    kind: answer.get('kind'), text: String(answer.get('text')).trim(),
    due_at: new Date(`${answer.get('due')}:00+08:00`).toISOString(), client_id: newClientId(),
  }, '承诺已记下，到期前会提醒', changed);
}

/** @param {string} path @param {any} body @param {string} says @param {() => void} changed */
async function tell(path, body, says, changed) {
  try {
    await post(path, body);
    toast(says);
    changed();
  } catch (error) {
    toastError(error);
  }
}

/** @param {string} text @param {number} limit */
function overLimit(text, limit) {
  const fen = findFen(text);
  if (fen === null || fen === 0) return '请写一个金额，例如 20 或 19.90';
  return fen > limit ? `超过您的权限 ${yuan(limit)}，请转给组长` : '';
}

/** @param {number} at @returns {string} as a datetime-local field wants it, in the shop's time */
function shopLocal(at) {
  return new Date(at + SHOP_OFFSET).toISOString().slice(0, 16);
}
