/** The answer box: reply or note, drafts per conversation, canned replies, a check while writing.
 *
 * Words meant for the customer stay so when the conversation leaves the agent's hands: they are `held`, neither sent
 * nor noted, until she takes it again or makes a note of them herself.
 */

import { ask, post } from '../shared/api.js';
import { el, fill } from '../shared/elements.js';
import { icon } from '../shared/icons.js';
import { LONGEST_TEXT } from '../shared/protocol.js';
import { toast, toastError } from '../shared/toast.js';
import { canned } from './canned.js';
import { typing, write } from './desk.js';

const CHECK_AFTER = 600;
const TYPING_AGAIN = 3_000;
const UNSENT = '会话已不在您手上，这段回复没有发出；接待后可以继续发';

export function answerBox() {
  const text = el('textarea', { rows: 3, maxLength: LONGEST_TEXT, ariaLabel: '回复客户' });
  const file = el('input', { type: 'file', accept: 'image/jpeg,image/png,image/webp,image/gif', hidden: true });
  const findings = el('div', { class: 'findings', role: 'status' });
  const modes = el('div', { class: 'modes', role: 'group', ariaLabel: '写给谁' });
  const send = el('button', { class: 'button solid', type: 'submit' });
  const replies = canned(insert);
  const tools = el('div', { class: 'tools' },
    tool('快捷回复（/）', 'list', () => replies.open(text)), tool('发送图片', 'image', () => file.click()), el('span', { class: 'count' }), send);
  const element = el('form', { class: 'answer', onsubmit: submit }, replies.element, modes, text, findings, tools, file);
  /** @type {Map<string, {words: string, mode: 'answer' | 'note'}>} */
  const drafts = new Map();
  let row = /** @type {any} */ (null);
  let mode = /** @type {'answer' | 'note' | 'held'} */ ('answer');
  let mayAnswer = false;
  let check = 0;
  let told = 0;

  text.addEventListener('input', changed);
  text.addEventListener('keydown', press);
  text.addEventListener('paste', (/** @type {ClipboardEvent} */ event) => {
    const image = [...(event.clipboardData?.files ?? [])].find(({ type }) => type.startsWith('image/'));
    if (image && mode === 'answer') (event.preventDefault(), attach(image));
  });
  file.addEventListener('change', () => (file.files[0] && attach(file.files[0]), (file.value = '')));
  document.addEventListener('kefu-draft', (event) => {
    text.value = /** @type {CustomEvent} */ (event).detail;
    changed();
    text.focus();
  });

  return { element, show, focus: (/** @type {'answer' | 'note' | 'held'} */ to = mode) => turnTo(to), canned: () => replies.open(text) };

  /** @param {any} next @param {boolean} isMine */
  function show(next, isMine) {
    const becameMine = isMine && !mayAnswer;
    const isOther = row?.id !== next.id;
    [row, mayAnswer] = [next, isMine];
    const draft = drafts.get(next.id);
    if (isOther) {
      text.value = draft?.words ?? '';
      fill(findings);
      replies.close();
      told = 0; // of another conversation
    }
    if (isOther || becameMine) choose(draft?.words.trim() ? draft.mode : 'answer'); // a note begun never turns public by itself
    else choose(mode);
    element.dataset.owner = next.owner;
  }

  /** @param {'answer' | 'note' | 'held'} next */
  function choose(next) {
    const elsewhere = text.value.trim() ? 'held' : 'note';
    mode = next === 'note' ? 'note' : mayAnswer ? 'answer' : elsewhere;
    element.dataset.mode = mode;
    fill(modes, mayAnswer && option('answer', '回复客户', 'I'), option('note', '内部备注', 'M'), mode === 'held' && el('span', { class: 'unsent', role: 'status' }, icon('warning'), UNSENT));
    text.placeholder = mode !== 'note' ? '回复客户，Enter 发送，Shift+Enter 换行，/ 快捷回复' : '只有同事看得到的备注';
    text.ariaLabel = mode !== 'note' ? '回复客户' : '内部备注';
    fill(send, icon('send'), mode === 'note' ? '记下' : '发送');
    tools.children[1].hidden = mode !== 'answer'; // notes are words only
    send.disabled = !text.value.trim() || mode === 'held';
  }

  /** @param {'answer' | 'note'} id @param {string} name @param {string} key */
  function option(id, name, key) {
    const button = el('button', { type: 'button', title: `${name}（${key}）`, onclick: () => turnTo(id) }, name);
    button.setAttribute('aria-pressed', String(id === mode));
    return button;
  }

  /** @param {'answer' | 'note' | 'held'} next chosen by the agent */
  function turnTo(next) {
    choose(next);
    remember();
    text.focus();
  }

  function remember() {
    if (row) drafts.set(row.id, { words: text.value, mode: mode === 'note' ? 'note' : 'answer' });
  }

  function changed() {
    if (mode === 'held') choose('answer'); // a note, once nothing is left of the answer
    remember();
    send.disabled = !text.value.trim() || mode === 'held';
    tools.children[2].textContent = text.value.length > LONGEST_TEXT * 0.8 ? `${text.value.length} / ${LONGEST_TEXT}` : '';
    clearTimeout(check);
    fill(findings);
    if (mode !== 'answer' || !text.value.trim()) return;
    check = window.setTimeout(checkNow, CHECK_AFTER);
    if (Date.now() - told > TYPING_AGAIN) (told = Date.now()), typing(row.id, true);
  }

  async function checkNow() {
    const written = text.value;
    try {
      const verdict = await post('/api/desk/check', { text: written });
      if (written === text.value && mode === 'answer') showVerdict(verdict);
    } catch {
      // the desk checks again when the answer is sent
    }
  }

  /** @param {any} verdict */
  function showVerdict({ level, findings: found = [], rewrite }) {
    if (level === 'ok' || !found.length) return fill(findings);
    return fill(findings, el('ul', { class: level === 'block' ? 'late' : 'warning' }, ...found.map((/** @type {any} */ one) =>
      el('li', null, icon('warning'), el('span', null, el('q', null, one.text), ` → ${one.advice || '删去'}`, one.basis && el('small', null, `（${one.basis}）`))))),
    rewrite && el('button', { class: 'button small', type: 'button', onclick: () => replace(rewrite) }, `改成：${rewrite}`));
  }

  /** @param {KeyboardEvent} event */
  function press(event) {
    if (event.isComposing || event.keyCode === 229) return;
    if (event.key === '/' && !text.value) (event.preventDefault(), replies.open(text));
    else if (event.key === 'Escape') text.blur();
    else if (event.key === 'Enter' && !event.shiftKey) submit(event);
  }

  /** @param {Event} event */
  function submit(event) {
    event.preventDefault();
    const words = text.value.trim();
    if (!words || !row) return;
    if (mode === 'held') {
      toast(UNSENT, { kind: 'warning' });
      return;
    }
    write({ type: mode, conversation: row.id, text: words, ...(mode === 'answer' && { epoch: row.epoch }) });
    replace('');
  }

  /** @param {string} words */
  function replace(words) {
    text.value = words;
    changed();
    text.focus();
  }

  /** @param {string} words put in where the cursor is */
  function insert(words) {
    text.setRangeText(words, text.selectionStart, text.selectionEnd, 'end');
    changed();
    text.focus();
  }

  /** @param {File} image */
  async function attach(image) {
    try {
      const { id } = await ask('POST', `/api/desk/attachments?conversation=${encodeURIComponent(row.id)}`, image);
      write({ type: 'answer', conversation: row.id, attachment: id, epoch: row.epoch });
    } catch (error) {
      toastError(error);
    }
  }
}

/** @param {string} name @param {'list' | 'image'} mark @param {() => void} run */
function tool(name, mark, run) {
  return el('button', { class: 'plain bare', type: 'button', ariaLabel: name, title: name, onclick: run }, icon(mark));
}

