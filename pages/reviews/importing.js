/** Bringing a file in: drop it anywhere, see how its columns were understood, put that right, watch it land. */

import { ask, get, post } from '../shared/api.js';
import { dialog, field } from '../shared/dialog.js';
import { el, fill } from '../shared/elements.js';
import { icon } from '../shared/icons.js';
import { toast, toastError } from '../shared/toast.js';
import { load } from './book.js';
import { mappingView } from './mapping.js';

const POLL = 700;

export function importing() {
  const input = el('input', { type: 'file', accept: '.csv,.tsv,.txt,.xlsx,.xls,.jsonl,.ndjson', hidden: true, ariaLabel: '选择评价文件', onchange: () => input.files?.[0] && take(input.files[0]) });
  const drop = el('div', { class: 'drop', hidden: true }, el('div', null, icon('upload'), el('strong', null, '松手导入评价'), el('span', null, 'CSV、TSV、XLSX 或 JSONL')));
  const trigger = el('button', { class: 'button small', type: 'button', ariaLabel: '导入评价', title: '导入评价（I）', hidden: true, onclick: choose }, icon('upload'), el('span', null, '导入评价'));
  document.body.append(input, drop);
  let isAllowed = false;
  let depth = 0;

  addEventListener('dragenter', (event) => isFile(event) && ((depth += 1), (drop.hidden = false)));
  addEventListener('dragleave', (event) => isFile(event) && (drop.hidden = (depth -= 1) <= 0));
  addEventListener('dragover', (event) => isFile(event) && event.preventDefault());
  addEventListener('drop', (event) => {
    if (!isFile(event)) return;
    event.preventDefault();
    depth = 0;
    drop.hidden = true;
    const [file] = event.dataTransfer?.files ?? [];
    if (file) take(file);
  });
  return { button: () => trigger, choose, allow };

  /** @param {{permissions: string[]}} me */
  function allow(me) {
    isAllowed = me.permissions.includes('write_reviews');
    trigger.hidden = !isAllowed;
    if (isAllowed) pickUp().catch(toastError);
  }

  function choose() {
    if (isAllowed) input.click();
  }

  /** @param {DragEvent} event */
  function isFile(event) {
    return isAllowed && Boolean(event.dataTransfer?.types.includes('Files'));
  }

  /** @param {File} file */
  async function take(file) {
    input.value = '';
    toast(`正在读取 ${file.name}…`, { kind: 'calm' });
    try {
      const seen = await ask('POST', `/api/reviews/uploads?name=${encodeURIComponent(file.name)}`, file);
      const start = await confirmMapping(seen);
      if (start) await watch(await post('/api/reviews/imports', start));
    } catch (error) {
      toastError(error);
    }
  }
}

/** @param {any} seen what the server made of the file */
async function confirmMapping(seen) {
  const view = mappingView(seen);
  const size = seen.total ? `${seen.total} 行` : sizeOf(seen.bytes);
  const keep = el('input', { name: 'keep_as', maxLength: 60, placeholder: '例如：天猫后台导出（可不填）' });
  const form = await dialog({
    title: '这样理解对吗？',
    wide: true,
    body: [
      el('p', { class: 'file-line' }, icon('table'), el('strong', null, seen.file_name), el('span', null, `${size} · ${seen.encoding.replace(/-sig$/, '').toUpperCase()}`),
        seen.profile && el('span', { class: 'chip calm', title: seen.profile.seen_in }, `像是：${seen.profile.name}`)),
      view.element,
      field('记住这个对应关系', keep, '下次同样表头的文件会自动认出'),
    ],
    confirm: '开始导入',
  });
  if (!form) return null;
  return { upload: seen.upload, platform: view.platform(), mapping: view.mapping(), keep_as: String(form.get('keep_as') ?? '').trim() || null };
}

/** Follow an import until it ends or stands still. @param {any} begun */
async function watch(begun) {
  if (begun.repeated) {
    toast(`这个文件已经导入过了，没有新内容（${begun.rows} 行）`, { kind: 'calm' });
    return;
  }
  const shelf = document.body.appendChild(el('aside', { class: 'import-card', role: 'status', ariaLabel: '导入进度' }));
  let now = begun;
  try {
    while (now.state === 'running') {
      draw(shelf, now);
      await new Promise((resolve) => setTimeout(resolve, POLL));
      now = await get(`/api/reviews/imports/${begun.id}`);
    }
    draw(shelf, now);
    await load({ quiet: now.state !== 'done' });
  } catch (error) {
    shelf.remove();
    throw error;
  }
}

/** What was under way or paused when the page was left is shown again. */
async function pickUp() {
  const { imports } = await get('/api/reviews/imports');
  for (const one of imports.filter((/** @type {any} */ { state }) => ['running', 'paused'].includes(state)).slice(0, 1)) await watch(one);
}

/** @param {HTMLElement} shelf @param {any} now */
function draw(shelf, now) {
  const isOver = now.state !== 'running';
  const percent = Math.round(now.progress * 100);
  fill(shelf,
    el('header', null, el('strong', null, now.file_name), isOver && el('button', { class: 'plain bare', type: 'button', ariaLabel: '关闭', onclick: () => shelf.remove() }, icon('close'))),
    now.state === 'failed' ? el('p', { class: 'late' }, icon('warning'), now.problem)
      : el('progress', { max: 100, value: percent, ariaLabel: '已导入' }),
    el('p', null, now.state === 'done' ? '' : `${now.state === 'paused' ? '已暂停，' : ''}${percent}% · `, `新增 ${now.added}，更新 ${now.changed}，已有 ${now.known}`),
    now.bad > 0 && el('p', null, el('a', { href: `/reviews?view=all&flag=bad&import_id=${now.id}` }, el('b', null, now.bad), ' 条差评')),
    now.rejected > 0 && el('p', null, `${now.rejected} 行没能导入 `, isOver && el('a', { href: `/api/reviews/imports/${now.id}/rejects`, download: '' }, '下载行号和原因')),
    now.state === 'running' && el('button', { class: 'button small', type: 'button', onclick: () => steer(now, 'pause') }, '暂停'),
    now.state === 'paused' && el('button', { class: 'button small', type: 'button', onclick: () => (shelf.remove(), steer(now, 'resume')) }, icon('arrowRight'), '继续导入'),
    now.state === 'done' && now.added > 0 && el('a', { href: `/reviews?view=all&import_id=${now.id}` }, '看这次导入的评价'));
}

/** @param {any} now @param {'pause' | 'resume'} verb */
async function steer(now, verb) {
  try {
    const after = await post(`/api/reviews/imports/${now.id}/${verb}`);
    if (verb === 'resume') await watch(after);
    else toast('这一批收完就停下，可以随时继续', { kind: 'calm' });
  } catch (error) {
    toastError(error);
  }
}

/** @param {number} bytes */
function sizeOf(bytes) {
  if (bytes < 1024) return `${bytes} 字节`;
  return bytes < 1024 ** 2 ? `${(bytes / 1024).toFixed(0)} KB` : `${(bytes / 1024 ** 2).toFixed(1)} MB`;
}
