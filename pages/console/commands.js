/** What an agent does with a conversation: take, transfer, hand back, close, reopen; each can be taken back. */

import { post } from '../shared/api.js';
import { dialog, field, radios } from '../shared/dialog.js';
import { el } from '../shared/elements.js';
import { toast, toastError } from '../shared/toast.js';
import { command, putRow, store, take as takeAtDesk } from './desk.js';
import { askTransfer } from './transfer.js';

/** @param {string} id */
function row(id) {
  return store.state.rows[id];
}

/** @param {string} id */
export function take(id) {
  return told(id, () => takeAtDesk(id), '已接待');
}

/** @param {string} id */
export function handBack(id) {
  return change('hand_back', id, { epoch: row(id).epoch }, '已交回机器人');
}

/** @param {string} id */
export function reopen(id) {
  return change('reopen', id, {}, '已重新打开');
}

/** A thank-you wants no answer: its clock stops, on the record, and can be started again. @param {string} id */
export async function dismissClock(id) {
  await clock(id, { action: 'dismiss', why: '客户的话不需要回复' }, () => {
    toast('这句不用回复，计时已停', { undo: () => clock(id, { action: 'restore', why: '撤销' }, () => toast('计时已恢复', { kind: 'calm' })) });
  });
}

/** @param {string} id @param {{action: string, why: string}} body @param {() => void} done */
async function clock(id, body, done) {
  try {
    const { row: changed } = await post(`/api/desk/conversations/${id}/clock`, body);
    putRow(changed);
    done();
  } catch (error) {
    toastError(error);
  }
}

/** @param {string} id */
export async function close(id) {
  const reasons = store.state.ready?.close_reasons ?? [];
  const note = el('textarea', { name: 'note', rows: 2, maxLength: 500, placeholder: '给同事看的一句话（选填）' });
  const answer = await dialog({
    title: '结束会话', confirm: '结束会话',
    body: [
      radios('结果', 'reason', reasons.map((/** @type {any} */ { id: value, text }) => ({ value, label: text }))),
      field('备注', note),
    ],
  });
  if (!answer) return;
  const word = String(answer.get('note')).trim();
  await change('close', id, { epoch: row(id).epoch, reason: answer.get('reason'), ...(word && { note: word }) }, '已结束会话');
}

/** @param {string} id */
export async function transfer(id) {
  const word = await askTransfer();
  if (!word) return;
  const { note, ...target } = word;
  await change('transfer', id, { epoch: row(id).epoch, ...target, ...(note && { note }) }, '已转出');
}

/** @param {string} type @param {string} id @param {Record<string, any>} fields @param {string} says */
function change(type, id, fields, says) {
  return told(id, () => command(type, { conversation: id, ...fields }), says);
}

/**
 * Do it, say so, and offer the way back for as long as the desk grants it.
 * @param {string} id @param {() => Promise<{epoch: number}>} act @param {string} says
 */
async function told(id, act, says) {
  try {
    const { epoch } = await act();
    toast(says, { undo: () => undo(id, epoch), about: id });
    return true;
  } catch (error) {
    toastError(error);
    return false;
  }
}

/** @param {string} id @param {number} epoch */
async function undo(id, epoch) {
  try {
    await command('undo', { conversation: id, epoch });
    toast('已撤销', { kind: 'calm', about: id });
  } catch (error) {
    toastError(error);
  }
}
