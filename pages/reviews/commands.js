/** What a person does with a review: each is sent once, told of, and can be taken back while that is true. */

import { dialog, field } from '../shared/dialog.js';
import { el } from '../shared/elements.js';
import { Problem, ask, get, post } from '../shared/api.js';
import { toast, toastError } from '../shared/toast.js';
import { save } from './download.js';
import { decide, dropRow, filters, load, neighbour, open, reopen, store } from './book.js';

let busy = false;

/** Approve what is chosen; the next review opens by itself. @param {any} answer */
export function approve(answer) {
  const { review } = store.state;
  if (!review || !answer || !review.may.approve) {
    if (review?.may.why_not) toast(review.may.why_not, { kind: 'warning' });
    return Promise.resolve();
  }
  return once(async () => {
    const next = neighbour(review.id, 1);
    const before = neighbour(review.id, -1);
    const done = await decide(review, 'approve', answer);
    toast('已批准，等待发布', { undo: () => takeBack(done) });
    await goOn(review.id, next?.id === review.id ? before : next);
  });
}

export function undo() {
  const { review } = store.state;
  return review ? once(() => takeBack(review)) : Promise.resolve();
}

export function publish() {
  const { review } = store.state;
  if (!review || !['approved', 'failed'].includes(review.state)) return Promise.resolve();
  return once(async () => {
    const next = neighbour(review.id, 1);
    await decide(review, 'publish');
    toast('记下了：回复已在平台发布，时钟停了');
    await goOn(review.id, next);
  });
}

/** Send a reply again whose sending was given up. */
export function sendAgain() {
  const { review } = store.state;
  if (review?.state !== 'failed') return Promise.resolve();
  return once(async () => {
    await decide(review, 'send-again');
    toast('再发一次，用的还是同一个编号，不会重复发布');
    await load({ quiet: true });
  });
}

/** Send every reply again whose sending was given up. */
export function sendAllAgain() {
  return once(async () => {
    const { sent } = await post('/api/reviews/send-again', {});
    toast(`${sent.length} 条重新排队发送`);
    await reopen();
    await load({ quiet: true });
  });
}

export async function dismiss() {
  const { review } = store.state;
  if (!review || review.state !== 'open') return;
  const why = el('textarea', { name: 'why', required: true, rows: 3, maxLength: 200, placeholder: '例如：平台已不能回复，已私信解决' });
  const form = await dialog({ title: '不公开回复这条评价？', body: [el('p', null, '它会离开待回复列表，但 24 小时的时钟不会因此算作按时。'), field('原因', why)], confirm: '不回复', kind: 'late' });
  if (!form) return;
  await once(async () => {
    const next = neighbour(review.id, 1);
    const done = await decide(review, 'dismiss', { why: String(form.get('why')).trim() || '未写原因' });
    toast('已移出待回复', { undo: () => takeBack(done) });
    await goOn(review.id, next);
  });
}

/** @param {string} sentiment */
export function correct(sentiment) {
  const { review } = store.state;
  return once(async () => {
    const done = await decide(review, 'sentiment', { sentiment });
    toast(done.state === 'open' ? '改好了，这条要回复' : '改好了，这条不用回复');
    load({ quiet: true });
  });
}

/** Approve the picked drafts together; only those without findings can be picked. */
export function approvePicked() {
  const { rows, picked } = store.state;
  const chosen = rows.filter((row) => picked.has(row.id));
  return once(async () => {
    const { approved, refused } = await post('/api/reviews/approve', { reviews: chosen.map(({ id, revision }) => ({ id, revision })) });
    const reasons = [...new Set(Object.values(refused))];
    toast(`批准了 ${approved.length} 条${reasons.length ? `；${Object.keys(refused).length} 条没批：${reasons[0]}` : ''}`, {
      kind: reasons.length ? 'warning' : 'good', ...(approved.length && { undo: () => takeAllBack(approved) }),
    });
    store.set({ picked: new Set() });
    approved.forEach(dropRow);
    await load({ quiet: true });
    if (approved.includes(store.state.chosen)) await open(store.state.rows[0]?.id ?? null);
  });
}

/** One by one, each as it stands now: what has left meanwhile stays approved, and is counted. @param {string[]} ids */
async function takeAllBack(ids) {
  let back = 0;
  for (const id of ids) {
    try {
      await decide(await get(`/api/reviews/${id}`), 'undo');
      back += 1;
    } catch {
      // said below
    }
  }
  const stayed = ids.length - back;
  toast(`撤回了 ${back} 条${stayed ? `，${stayed} 条已经撤不回` : ''}`, { kind: stayed ? 'warning' : 'good' });
  await load({ quiet: true });
}

/** Download the approved replies, one row each. @param {string} platform */
export function exportReplies(platform) {
  return once(async () => {
    const table = await ask('POST', '/api/reviews/export', { platform: platform || null });
    save(new Blob(['\ufeff', table.replace(/^\ufeff/, '')], { type: 'text/csv' }), '评价回复.csv');
    toast('表格已下载。贴到平台后，回来点“都已发布”');
    await load({ quiet: true });
  });
}

/** Note that every reply in this list is on its platform now. */
export async function publishAll() {
  const ids = store.state.rows.map(({ id }) => id);
  const sure = await dialog({
    title: `这 ${ids.length} 条回复都已经在平台上了？`,
    body: [el('p', null, '标记后，它们的 24 小时时钟就停了，里面答应的事开始计时。这一步不能撤销。还没贴上去的，先导出回复表贴到平台。')],
    confirm: '都已发布',
  });
  if (!sure) return undefined;
  return once(async () => {
    const { published } = await post('/api/reviews/published', { ids });
    toast(`${published.length} 条标为已发布`);
    await open(null);
    await load();
  });
}

/** @param {any} review */
async function takeBack(review) {
  try {
    const done = await decide(review, 'undo');
    toast('已撤回，可以重新处理');
    await load({ quiet: true });
    await open(done.id);
  } catch (error) {
    await tell(error);
  }
}

/** @param {string} id @param {any} next */
async function goOn(id, next) {
  if (filters().view === 'all') return;
  dropRow(id);
  if (next && next.id !== id) await open(next.id);
  else await open(null);
  if (store.state.rows.length < 8) load({ quiet: true });
}

/** One command at a time: a key held down must not approve twice. @param {() => Promise<any>} run */
async function once(run) {
  if (busy) return;
  busy = true;
  try {
    await run();
  } catch (error) {
    await tell(error);
  } finally {
    busy = false;
  }
}

/** @param {unknown} error */
async function tell(error) {
  toastError(error);
  if (error instanceof Problem && error.status === 409) {
    await reopen();
    await load({ quiet: true });
  }
}
