/** Canned replies: found by text or pinyin, filled with what is known, put into the answer box. */

import { get, post, wordsOf } from '../shared/api.js';
import { dialog, field } from '../shared/dialog.js';
import { el, fill } from '../shared/elements.js';
import { icon } from '../shared/icons.js';
import { toast, toastError } from '../shared/toast.js';
import { store } from './desk.js';

const WAIT = 120;
const VARIABLES = '可用变量：{{客户姓名}} {{订单号}} {{快递公司}} {{快递单号}} {{客服姓名}} {{店铺名}}';

/** @param {(words: string) => void} use */
export function canned(use) {
  const input = el('input', { class: 'input', type: 'search', ariaLabel: '搜索快捷回复', placeholder: '搜文字或拼音首字母，如 tk', autocomplete: 'off' });
  const list = el('ul', { role: 'listbox', id: 'canned-list', ariaLabel: '快捷回复' });
  const add = el('button', { class: 'plain', type: 'button', onclick: create }, icon('note'), '把常说的话存为快捷回复');
  const element = el('div', { class: 'canned', hidden: true }, input, list, add);
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
      el('span', { class: 'text' }, reply.filled),
      reply.missing?.length > 0 && el('span', { class: 'chip warning' }, icon('warning'), `还缺：${reply.missing.join('、')}`));
    item.setAttribute('aria-selected', String(place === at));
    return item;
  }

  /** A new reply for everybody, begun with what stands in the answer box. */
  async function create() {
    const begun = back instanceof HTMLTextAreaElement ? back.value : '';
    close();
    const answer = await dialog({
      title: '新的快捷回复', confirm: '存下',
      body: [
        field('标题', el('input', { name: 'title', required: true, maxLength: 60, placeholder: '例如：催件' })),
        field('分组', el('input', { name: 'group', required: true, maxLength: 40, value: '常用' })),
        field('内容', el('textarea', { name: 'text', rows: 4, required: true, maxLength: 1000, value: begun }), VARIABLES),
      ],
    });
    if (!answer) return;
    const [title, group, text] = ['title', 'group', 'text'].map((name) => String(answer.get(name)).trim());
    try {
      await post('/api/desk/canned', { title, group, text });
      toast('已存下，大家都能用');
    } catch (error) {
      toastError(error);
    }
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
    else if (event.key === 'Escape') (close(), back?.focus());
    else return;
    event.preventDefault();
    event.stopPropagation();
    if (move) draw();
  }
}
