/** Calling an agent back to the page: the title's badge, a notification of the system, a word on the page. */

import { el } from '../shared/elements.js';
import { icon } from '../shared/icons.js';
import { toast } from '../shared/toast.js';
import { onAlert, store } from './desk.js';
import { rowsOf } from './lists.js';

const TITLE = '会话 · kefu';

/** @param {(id: string) => void} open */
export function notify(open) {
  store.watch((state) => [state.rows, state.me], () => {
    const mine = rowsOf('mine', store.state).filter(({ unread }) => unread > 0).length;
    const waiting = rowsOf('waiting', store.state).length;
    document.title = mine + waiting ? `(${mine + waiting}) ${TITLE}` : TITLE;
  });
  onAlert(({ kind, conversation, text }) => {
    const who = store.state.rows[conversation]?.customer.name;
    const words = who ? `${text}：${who}` : text;
    if (document.visibilityState === 'hidden') system(words, conversation, open);
    else if (conversation !== store.state.chosen) toast(words, { kind: kind === 'given_back' || kind === 'clock_warning' ? 'warning' : 'calm' });
  });
}

/** The bell, until the browser has been asked. */
export function bell() {
  const button = el('button', { class: 'plain bare', type: 'button', ariaLabel: '打开桌面通知', title: '打开桌面通知', onclick: async () => {
    const answer = await Notification.requestPermission();
    button.hidden = answer !== 'default';
    toast(answer === 'granted' ? '有客户找您时会弹出桌面通知' : '浏览器没有允许通知，可在地址栏左侧改', { kind: 'calm' });
  } }, icon('bell'));
  button.hidden = !('Notification' in window) || Notification.permission !== 'default';
  return button;
}

/** @param {string} text @param {string} conversation @param {(id: string) => void} open */
function system(text, conversation, open) {
  if (!('Notification' in window) || Notification.permission !== 'granted') return;
  const note = new Notification('kefu 客服工作台', { body: text, tag: conversation });
  note.onclick = () => {
    window.focus();
    if (conversation) open(conversation);
    note.close();
  };
}
