/** Canned replies: found by text or pinyin, filled with what is known, put into the answer box. */

import { get, wordsOf } from '../shared/api.js';
import { el, fill } from '../shared/elements.js';
import { icon } from '../shared/icons.js';
import { editReply } from './canned_editing.js';
import { store } from './desk.js';

const WAIT = 120;

/** @param {(words: string) => void} use */
export function canned(use) {
  const input = el('input', { class: 'input', type: 'search', ariaLabel: '搜索快捷回复', placeholder: '搜文字或拼音首字母，如 tk', autocomplete: 'off' });
  const list = el('ul', { role: 'listbox', id: 'canned-list', ariaLabel: '快捷回复' });
  const add = el('button', { class: 'plain', type: 'button', onclick: () => edit(null) }, icon('note'), '把常说的话存为快捷回复');
  const hint = el('p', { class: 'hint' }, el('kbd', null, '↑↓'), ' 选择　', el('kbd', null, 'Enter'), ' 填入　', el('kbd', null, 'F2'), ' 修改选中的');
  const element = el('div', { class: 'canned', hidden: true }, input, list, el('div', { class: 'foot' }, add, hint));
  input.setAttribute('role', 'combobox');
  input.setAttribute('aria-expanded', 'true');
  input.setAttribute('aria-controls', 'canned-list');
  let replies = /** @type {any[]} */ ([]);
  let at = 0;
  let timer = 0;
  let back = /** @type {HTMLElement | null} */ (null);

  input.addEventListener('input', () => (clearTimeout(timer), (timer = window.setTimeout(find, WAIT))));
  input.addEventListener('keydown', press);
  element.addEventListener('focusout', (/** @type {FocusEvent} */ { relatedTarget }) => {
    if (!element.contains(/** @type {Node} */ (relatedTarget))) close();
  });
  return { element, open, close };

  /** @param {HTMLElement} from where the focus goes back to */
  function open(from) {
    back = from;
    element.hidden = false;
    input.value = '';
    input.focus();
    find();
  }

  function close() {
    element.hidden = true;
  }

  async function find() {
    try {
      const answer = await get('/api/desk/canned', { q: input.value.trim(), conversation: store.state.chosen });
      replies = answer.replies;
      at = 0;
      draw();
    } catch (error) {
      fill(list, el('li', { class: 'none' }, wordsOf(error)));
    }
  }

  function draw() {
    if (!replies.length) return fill(list, el('li', { class: 'none' }, '没有找到。换个说法，或试试拼音首字母。'));
    fill(list, ...replies.map(option));
    list.children[at]?.scrollIntoView({ block: 'nearest' });
    return input.setAttribute('aria-activedescendant', `canned-${at}`);
  }

  /** @param {any} reply @param {number} place */
  function option(reply, place) {
    const item = el('li', { role: 'option', id: `canned-${place}`, onmousedown: (/** @type {Event} */ event) => (event.preventDefault(), take(reply)) },
      el('strong', null, reply.title), reply.group && el('span', { class: 'chip' }, reply.group),
      reply.shared === false && el('span', { class: 'chip agent' }, '我的'),
      reply.missing?.length > 0 && el('span', { class: 'chip warning' }, icon('warning'), `还缺：${reply.missing.join('、')}`),
      // For the mouse only: with the keyboard F2 does the same, and an option may hold no button.
      reply.may_change && el('span', { class: 'change', ariaHidden: 'true', title: '修改（F2）', onmousedown: (/** @type {Event} */ event) => (event.preventDefault(), event.stopPropagation(), edit(reply)) }, '修改'),
      el('span', { class: 'text' }, reply.filled));
    item.setAttribute('aria-selected', String(place === at));
    return item;
  }

  /** Change a reply, or make one of what stands in the answer box. @param {any} reply */
  async function edit(reply) {
    const begun = back instanceof HTMLTextAreaElement ? back.value : '';
    close();
    await editReply(reply, begun);
    back?.focus();
  }

  /** @param {any} reply */
  function take(reply) {
    close();
    use(reply.filled);
  }

  /** @param {KeyboardEvent} event */
  function press(event) {
    if (event.isComposing || event.keyCode === 229) return;
    const move = { ArrowDown: 1, ArrowUp: -1 }[/** @type {'ArrowUp'} */ (event.key)];
    if (move) at = Math.max(0, Math.min(replies.length - 1, at + move));
    else if (event.key === 'Enter' && replies[at]) take(replies[at]);
    else if (event.key === 'F2' && replies[at]?.may_change) edit(replies[at]);
    else if (event.key === 'Escape') (close(), back?.focus());
    else return;
    event.preventDefault();
    event.stopPropagation();
    if (move) draw();
  }
}
