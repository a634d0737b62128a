/** Promises: what was said to whom by when, kept or withdrawn with a word why. */

import { get, post, wordsOf } from '../shared/api.js';
import { dialog, field } from '../shared/dialog.js';
import { el, fill } from '../shared/elements.js';
import { icon } from '../shared/icons.js';
import { timeElement } from '../shared/ticking.js';
import { yuan } from '../shared/money.js';
import { toast, toastError } from '../shared/toast.js';

const STATES = { kept: ['good', '已兑现'], broken: ['late', '已逾期'], withdrawn: ['', '已撤回'] };

/**
 * The list of promises that are still open, and how to read it anew.
 * @param {(id: string) => void} open a conversation
 */
export function promiseList(open) {
  const box = el('div', { class: 'promises' }, el('div', { class: 'loading' }, el('i'), el('i'), el('i')));
  load();
  return { box, load };

  async function load() {
    try {
      const [waiting, broken] = await Promise.all(['open', 'broken'].map((state) => get('/api/desk/promises', { state })));
      const all = [...broken.promises, ...waiting.promises];
      const seen = new Map(all.map((promise) => [promise.id, promise]));
      const sorted = [...seen.values()].sort((a, b) => a.due_at.localeCompare(b.due_at));
      if (sorted.length) fill(box, ...sorted.map((promise) => promiseView(promise, { open, changed: load })));
      else fill(box, el('div', { class: 'state' }, icon('promise'), el('strong', null, '没有待兑现的承诺'), el('p', null, '答应客户的都做到了。')));
    } catch (error) {
      fill(box, el('div', { class: 'state late' }, icon('warning'), el('strong', null, '承诺没有加载出来'),
        el('p', null, wordsOf(error)), el('button', { class: 'button', type: 'button', onclick: load }, '再试一次')));
    }
  }
}

/** @param {any} promise @param {{open?: (id: string) => void, changed: () => void}} act */
export function promiseView(promise, { open, changed }) {
  const [tone, word] = STATES[/** @type {'kept'} */ (promise.state)] ?? [];
  const isOpen = promise.state === 'open' || promise.state === 'broken';
  return el('article', { class: 'promise' },
    el('p', null, promise.customer && el('strong', null, promise.customer), el('span', { class: 'chip' }, promise.kind_text), word && el('span', { class: `chip ${tone}` }, word),
      isOpen && el('span', { class: 'left' }, timeElement(promise.due_at, { kind: 'left', from: promise.made_at }))),
    el('p', null, promise.text, promise.amount_fen ? ` ${yuan(promise.amount_fen)}` : ''),
    el('p', { class: 'actions' },
      open && el('button', { class: 'button small', type: 'button', onclick: () => open(promise.conversation) }, '看会话'),
      isOpen && el('button', { class: 'button small', type: 'button', onclick: () => settle(promise, 'keep', changed) }, icon('check'), '已做到'),
      isOpen && el('button', { class: 'plain', type: 'button', onclick: () => settle(promise, 'withdraw', changed) }, '撤回'),
      promise.customer !== undefined && el('small', null, promise.owner_name ? `由${promise.owner_name}负责` : '还没有人负责')));
}

/** @param {any} promise @param {'keep' | 'withdraw'} how @param {() => void} changed */
async function settle(promise, how, changed) {
  const isKeep = how === 'keep';
  const text = el('textarea', { name: 'word', rows: 3, required: true, maxLength: 500, placeholder: isKeep ? '例如：已回电，客户确认收到退款' : '为什么不再需要' });
  const answer = await dialog({
    title: isKeep ? '这个承诺已经做到' : '撤回这个承诺', confirm: isKeep ? '记为已兑现' : '撤回',
    body: [el('p', null, promise.text), field(isKeep ? '怎样做到的' : '原因', text)],
  });
  if (!answer) return;
  try {
    const word = String(answer.get('word')).trim();
    await post(`/api/desk/promises/${promise.id}/${how}`, isKeep ? { note: word } : { why: word });
    toast(isKeep ? '已记为兑现' : '已撤回');
    changed();
  } catch (error) {
    toastError(error);
  }
}
