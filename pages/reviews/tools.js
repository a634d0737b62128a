/** The strip under the filters: approving picked drafts together, exporting and marking approved replies. */

import { el } from '../shared/elements.js';
import { icon } from '../shared/icons.js';
import { filters, store } from './book.js';
import { approvePicked, exportReplies, publishAll, sendAllAgain } from './commands.js';
import { isClean } from './list.js';

/** @param {typeof store.state} state @returns {any[] | null} */
export function toolsView({ picked, rows, me, sending }) {
  const { view, platform } = filters();
  if (!me?.permissions.includes('write_reviews')) return null;
  if (view === 'approved' && rows.length) {
    const failed = rows.filter((row) => row.state === 'failed').length;
    return [
      failed > 0 && sending?.replies.pushed && el('button', { class: 'button small solid', type: 'button', onclick: sendAllAgain }, icon('redo'), `重发没发成的 ${failed} 条`),
      el('button', { class: 'button small', type: 'button', onclick: () => exportReplies(platform) }, icon('download'), '导出回复表'),
      el('button', { class: 'button small', type: 'button', onclick: publishAll }, icon('checks'), `这 ${rows.length} 条都已发布`),
    ].filter(Boolean);
  }
  if (view !== 'todo') return null;
  const clean = rows.filter(isClean);
  if (!picked.size) {
    if (clean.length < 2) return null;
    return [el('button', { class: 'plain', type: 'button', onclick: () => store.set({ picked: new Set(clean.map(({ id }) => id)) }) }, icon('checks'), `选中 ${clean.length} 条检查通过的草稿`)];
  }
  return [
    el('button', { class: 'button small solid', type: 'button', onclick: approvePicked }, icon('check'), `批准选中的 ${picked.size} 条`),
    el('button', { class: 'plain', type: 'button', onclick: () => store.set({ picked: new Set() }) }, '取消选择'),
  ];
}
