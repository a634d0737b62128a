/** Writing, changing and removing one canned reply: an agent's own, or everybody's where she may. */

import { post, put, remove } from '../shared/api.js';
import { dialog, field } from '../shared/dialog.js';
import { el } from '../shared/elements.js';
import { toast, toastError } from '../shared/toast.js';
import { store } from './desk.js';

const VARIABLES = '可用变量：{{客户姓名}} {{订单号}} {{快递公司}} {{快递单号}} {{客服姓名}} {{店铺名}}';
const PATH = '/api/desk/canned';

/** @param {any} reply null for a new one @param {string} begun the words that a new one begins with */
export async function editReply(reply, begun) {
  const mayShare = store.state.me?.permissions?.includes('share_replies');
  const isShared = reply ? reply.shared : mayShare;
  let isRemoved = false;
  const gone = reply && el('button', { class: 'plain gone', type: 'button', onclick: (/** @type {any} */ event) => {
    isRemoved = true;
    event.currentTarget.closest('dialog').close('');
  } }, '删除这条');
  const answer = await dialog({
    title: reply ? '修改快捷回复' : '新的快捷回复', confirm: '存下',
    body: [
      field('标题', el('input', { name: 'title', required: true, maxLength: 60, placeholder: '例如：催件', value: reply?.title ?? '', autofocus: true })),
      field('分组', el('input', { name: 'group', required: true, maxLength: 40, value: reply?.group ?? '常用' })),
      field('内容', el('textarea', { name: 'text', rows: 5, required: true, maxLength: 1000, value: reply?.text ?? begun }), VARIABLES),
      mayShare
        ? el('label', { class: 'check' }, el('input', { type: 'checkbox', name: 'shared', checked: isShared }), '大家共用')
        : el('p', { class: 'soft' }, '只有您自己看得到。大家共用的由组长维护。'),
      ...(gone ? [gone] : []),
    ],
  });
  if (isRemoved) await removeReply(reply);
  else if (answer) await save(reply, answer, mayShare);
}

/** @param {any} reply @param {FormData} answer @param {boolean} mayShare */
async function save(reply, answer, mayShare) {
  const [title, group, text] = ['title', 'group', 'text'].map((name) => String(answer.get(name)).trim());
  const shared = mayShare && answer.has('shared');
  try {
    if (reply) await put(`${PATH}/${reply.id}`, { title, group, text, shared });
    else await post(PATH, { title, group, text, shared });
    toast(shared ? '已存下，大家都能用' : '已存下，在您的快捷回复里');
  } catch (error) {
    toastError(error);
  }
}

/** @param {any} reply */
async function removeReply({ id, title, group, text, shared }) {
  const again = async () => {
    try {
      await post(PATH, { title, group, text, shared });
      toast('已恢复', { kind: 'calm' });
    } catch (error) {
      toastError(error);
    }
  };
  try {
    await remove(`${PATH}/${id}`);
    toast(`已删除「${title}」`, { undo: again });
  } catch (error) {
    toastError(error);
  }
}
