/** The agent's line to the desk: frames into the store, commands out of it with their answers. */

import { renewed, Told } from '../shared/api.js';
import { Connection } from '../shared/connection.js';
import { MessageLog } from '../shared/message_log.js';
import { newClientId } from '../shared/outbox.js';
import { createStore } from '../shared/store.js';
import { setClock } from '../shared/times.js';
import { Unsent } from './unsent.js';

/**
 * @typedef {{id: string, revision: number, owner: 'bot' | 'queued' | 'agent' | 'closed', epoch: number,
 *   agent: {id: string, name: string} | null, reason: string | null, reason_text: string | null, place: number | null,
 *   customer: {name: string, tier: string | null, tier_text: string | null, birthday: boolean}, skill: string | null,
 *   clock: {name: string, text: string, started_at: string, due_at: string, target_seconds: number} | null,
 *   queued_at: string | null, updated_at: string, last: {seq: number, sender: string, text: string, at: string, agent?: string | null} | null, wish?: string | null,
 *   unread: number, promises_due: number, closed_at: string | null, close_reason: string | null, close_reason_text?: string | null, bot_name: string | null}} Row
 * @typedef {{log: MessageLog, messages: readonly any[], loaded: boolean, more: boolean | null, customerRead: number,
 *   online: boolean, typing: string | null}} Talk one conversation as far as this page has seen it
 */

const COMMAND_PATIENCE = 10_000;
const TYPING_LASTS = 7_000;

/** The desk refused a command; `message` says why, `code` is one of the protocol's. */
export class Refusal extends Told {
  /** @param {any} frame */
  constructor(frame) {
    super(frame.text || '没有成功，请再试一次');
    this.code = frame.code;
    this.verdict = frame.verdict ?? null;
  }
}

export const store = createStore(
  /** @type {{me: any, state: string, status: string, ready: any, rows: Record<string, Row>, counts: Record<string, number>,
   *   listed: boolean, chosen: string | null, talks: Record<string, Talk>, unsent: readonly any[]}} */ ({
    me: null, state: 'connecting', status: 'manual', ready: null, rows: {}, counts: {}, listed: false,
    chosen: null, talks: {}, unsent: [],
  }),
);

/** @type {Map<string, {resolve: (frame: any) => void, reject: (error: Error) => void, timer: number}>} */
const asked = new Map();
/** @type {Set<(alert: any) => void>} */
const alarmed = new Set();
const typingTimers = new Map();
/** @type {Unsent} */
let unsent;
let heartbeat = 0;

const connection = new Connection({
  url: '/ws/agent',
  hello: () => ({ type: 'hello', csrf: store.state.me.csrf, status: store.state.ready ? store.state.status : null }),
  onFrame: (frame) => react[/** @type {keyof typeof react} */ (frame.type)]?.(frame),
  onState: (state) => {
    store.set({ state });
    if (state !== 'open') hangUp();
  },
  onRefused: comeBack,
});

/** Who logged in anew in another tab goes on here; everybody else logs in. */
async function comeBack() {
  const me = await renewed().catch(() => null);
  if (!me) return location.assign(`/login?next=${encodeURIComponent(location.pathname + location.search)}`);
  store.set({ me });
  return connection.start();
}

/** Start the line for this member of staff. @param {any} me */
export function start(me) {
  unsent = new Unsent(me.id, (all) => store.set({ unsent: all }));
  store.set({ me, unsent: unsent.all });
  connection.start();
}

/** Hear of alerts (assigned, waiting, given back, promise due, clock warning). @param {(alert: any) => void} react */
export function onAlert(react) {
  alarmed.add(react);
}

/**
 * Ask the desk for something and wait for its answer.
 * @param {string} type @param {Record<string, any>} fields
 * @returns {Promise<any>} the `done` frame; rejects with a Refusal, or an Error when there is no line
 */
export function command(type, fields) {
  const ref = newClientId();
  return new Promise((resolve, reject) => {
    if (!connection.send({ type, ref, ...fields })) {
      reject(new Told('连接断开，操作没有执行，请等恢复后再试'));
      return;
    }
    const timer = window.setTimeout(() => forget(ref)?.reject(new Told('服务器没有回答，请看看结果再决定是否重试')), COMMAND_PATIENCE);
    asked.set(ref, { resolve, reject, timer });
  });
}

/** Take a conversation; the page knows whose it is before the desk's own row arrives. @param {string} id */
export async function take(id) {
  const { epoch } = await command('take', { conversation: id, epoch: store.state.rows[id]?.epoch });
  const row = store.state.rows[id];
  if (row && row.epoch < epoch) store.set(({ rows, me }) => ({ rows: { ...rows, [id]: { ...row, owner: 'agent', agent: me, epoch } } }));
  return { epoch };
}

/** Follow a conversation; its messages arrive in the store. @param {string | null} id */
export function choose(id) {
  const before = store.state.chosen;
  if (before && before !== id) connection.send({ type: 'unwatch', conversation: before });
  store.set({ chosen: id });
  if (id) watch(id);
}

/**
 * Speak or note: kept until the desk has it, sent again with the same client id after a cut.
 * @param {{type: 'answer' | 'note', conversation: string, epoch?: number, text?: string, attachment?: string,
 *   despite_warning?: boolean}} frame
 */
export function write(frame) {
  const kept = { ...frame, ref: newClientId(), client_id: newClientId(), at: new Date().toISOString() };
  unsent.add(kept);
  sendKept(kept);
}

export const dropUnsent = (/** @type {string} */ id) => unsent.drop(id);

/** @param {any} frame */
function sendKept({ at, error, verdict, ...frame }) {
  connection.send(frame);
}

export function typing(/** @type {string} */ conversation, /** @type {boolean} */ on) {
  connection.send({ type: 'typing', conversation, on });
}

export function read(/** @type {string} */ conversation, /** @type {number} */ seq) {
  connection.send({ type: 'read', conversation, seq });
}

/** Add messages from before (fetched by REST). @param {string} id @param {any[]} messages @param {boolean} more */
export function addOlder(id, messages, more) {
  const { log } = talk(id);
  for (const message of messages) log.add(message);
  setTalk(id, { messages: log.all, more });
}

/** @param {any} row a row that REST brought */
export function putRow(row) {
  const old = store.state.rows[row.id];
  if (old && old.revision > row.revision) return;
  store.set(({ rows }) => ({ rows: { ...rows, [row.id]: row } }));
}

const react = {
  ready(/** @type {any} */ frame) {
    setClock(frame.server_time);
    store.set({ ready: frame, status: frame.status });
    connection.ready();
    heartbeat = window.setInterval(() => connection.send({ type: 'heartbeat' }), frame.heartbeat_seconds * 1000);
    for (const kept of unsent.all) if (!kept.error) sendKept(kept);
    if (store.state.chosen) watch(store.state.chosen);
  },
  lists(/** @type {any} */ { rows, counts }) {
    const known = Object.fromEntries(rows.map((/** @type {Row} */ row) => [row.id, row]));
    const { chosen, rows: before } = store.state;
    if (chosen && before[chosen] && !known[chosen]) known[chosen] = before[chosen];
    store.set({ rows: known, counts, listed: true });
  },
  row(/** @type {any} */ { row, counts }) {
    putRow(row);
    if (counts) store.set({ counts });
  },
  /** Whoever comes or leaves moves the others. */
  line(/** @type {{waiting: string[]}} */ { waiting }) {
    const places = new Map(waiting.map((id, at) => [id, at + 1]));
    store.set(({ rows }) => ({
      rows: Object.fromEntries(Object.entries(rows).map(([id, row]) => {
        const place = places.get(id) ?? null;
        return [id, row.owner !== 'queued' || row.place === place ? row : { ...row, place }];
      })),
    }));
  },
  conversation(/** @type {any} */ { ref, conversation, row, customer_read, customer_online }) {
    forget(ref)?.resolve(null);
    putRow(row);
    setTalk(conversation, { loaded: true, customerRead: customer_read, online: customer_online });
  },
  message(/** @type {any} */ { conversation, message }) {
    const { log } = talk(conversation);
    if (!log.add(message)) return;
    if (message.client_id) unsent.drop(message.client_id);
    setTalk(conversation, { messages: log.all, ...(message.sender === 'customer' && { typing: null }) });
  },
  typing(/** @type {any} */ { conversation, sender, name, on }) {
    clearTimeout(typingTimers.get(conversation));
    setTalk(conversation, { typing: on ? (sender === 'customer' ? '客户' : name ?? '同事') : null });
    if (on) typingTimers.set(conversation, setTimeout(() => setTalk(conversation, { typing: null }), TYPING_LASTS));
  },
  read: (/** @type {any} */ { conversation, seq }) => setTalk(conversation, { customerRead: seq }),
  done(/** @type {any} */ frame) {
    const kept = unsent.find(frame.ref);
    if (kept) unsent.drop(kept.client_id);
    forget(frame.ref)?.resolve(frame);
  },
  refused(/** @type {any} */ frame) {
    const kept = unsent.find(frame.ref);
    if (kept) unsent.refuse(kept.client_id, frame);
    forget(frame.ref)?.reject(new Refusal(frame));
  },
  alert: (/** @type {any} */ frame) => alarmed.forEach((hear) => hear(frame)),
};

/** @param {string} id */
function watch(id) {
  command('watch', { conversation: id, after: talk(id).log.last }).catch((error) => {
    if (error instanceof Refusal) setTalk(id, { loaded: true });
  });
}

/** @param {string} id @returns {Talk} */
function talk(id) {
  return store.state.talks[id] ?? {
    log: new MessageLog(), messages: [], loaded: false, more: null, customerRead: 0, online: false, typing: null,
  };
}

/** @param {string} id @param {Partial<Talk>} change */
function setTalk(id, change) {
  store.set(({ talks }) => ({ talks: { ...talks, [id]: { ...talk(id), ...change } } }));
}

/** @param {string | undefined} ref */
function forget(ref) {
  const waiting = asked.get(ref ?? '');
  if (!waiting) return null;
  clearTimeout(waiting.timer);
  asked.delete(/** @type {string} */ (ref));
  return waiting;
}

function hangUp() {
  clearInterval(heartbeat);
  for (const ref of [...asked.keys()]) forget(ref)?.reject(new Told('连接断开，请看看结果再决定是否重试'));
}
