/** The chat document: joins connection, outbox and log to what the customer sees. */

import { Connection } from '../shared/connection.js';
import { MessageLog } from '../shared/message_log.js';
import { newClientId, Outbox } from '../shared/outbox.js';
import { setClock } from '../shared/times.js';
import { composer } from './composer.js';
import { header } from './header.js';
import { listenToHost, tellHost } from './host.js';
import { logView } from './log_view.js';
import { strip } from './strip.js';
import { upload } from './upload.js';

const log = new MessageLog();
/** @type {import('./host.js').Visitor} */
let visitor = { saved: null, identity: null, customer: '', page: '' };
/** @type {import('./host.js').Saved} */
let saved = {};
let outbox = new Outbox([], () => {});
let isOpen = false;
let agentTyping = 0;

/** Everything the views are drawn from. @type {any} */
const now = {
  state: 'connecting', owner: 'bot', answeredBy: { kind: 'bot', name: '智能客服' }, queue: null, human: null,
  rating: null, agentRead: 0, typing: null, choices: [], limits: {}, uploads: [], more: null, leaving: false,
};

const act = {
  say: (/** @type {string} */ text) => send({ type: 'message', kind: 'text', text }),
  tap: (/** @type {number} */ of, /** @type {number} */ index, /** @type {string} */ text) =>
    send({ type: 'message', kind: 'button', of, index, text }),
  askHuman: () => send({ type: 'ask_human' }),
  cancelWait: () => send({ type: 'cancel_wait' }),
  leaveMessage: (/** @type {string} */ text, /** @type {string} */ phone) =>
    send({ type: 'leave_message', text, ...(phone && { phone }) }),
  rate: (/** @type {number | null} */ score, /** @type {string} */ comment) =>
    connection.send({ type: 'rate', question: now.rating.question, score, comment }),
  typing: (/** @type {boolean} */ on) => connection.send({ type: 'typing', on }),
  older: () => connection.send({ type: 'history', before: log.all[0]?.seq ?? 0, limit: 50 }),
  again: (/** @type {string} */ id) => (outbox.again(id), flush(), draw()),
  drop: (/** @type {string} */ id) => {
    outbox.acknowledge(id);
    now.uploads = now.uploads.filter((/** @type {any} */ one) => one.id !== id);
    draw();
  },
  leaving: (/** @type {boolean} */ on) => ((now.leaving = on), draw()),
  draft: (/** @type {string} */ draft) => keep({ draft }),
  close: () => tellHost('close', null),
  image,
};

const views = [header(act), logView(act), strip(act), composer(act)];

const connection = new Connection({
  url: '/ws/customer',
  hello: () => ({
    type: 'hello', token: saved.token ?? null, conversation: saved.conversation ?? null, after: log.last,
    identity: visitor.identity, page: visitor.page,
  }),
  onFrame: (frame) => {
    react[/** @type {keyof typeof react} */ (frame.type)]?.(frame);
    draw();
  },
  onState: (state) => {
    now.state = state;
    if (state !== 'open') now.typing = null;
    draw();
  },
});

/** What each frame of the server changes. */
const react = {
  ready(/** @type {any} */ frame) {
    setClock(frame.server_time);
    if (frame.conversation !== saved.conversation) {
      log.clear();
      now.more = null;
      keep({ seen: 0 });
    }
    Object.assign(now, {
      owner: frame.owner, answeredBy: frame.answered_by, queue: frame.queue, human: frame.human, limits: frame.limits,
      rating: frame.rating, agentRead: frame.agent_read ?? 0, choices: frame.choices ?? [],
    });
    keep({ token: frame.token, conversation: frame.conversation, live: isLive() });
    connection.ready();
    flush();
  },
  message(/** @type {any} */ { message }) {
    if (!log.add(message)) return;
    if (message.client_id) outbox.acknowledge(message.client_id);
    if (message.sender !== 'customer') now.typing = null;
    seen();
  },
  ack: (/** @type {any} */ { client_id }) => outbox.acknowledge(client_id),
  refused(/** @type {any} */ { client_id, code, text, retry_seconds }) {
    if (!client_id) return;
    if (code === 'too_fast') setTimeout(flush, (retry_seconds ?? 2) * 1000);
    else outbox.refuse(client_id, text);
  },
  owner(/** @type {any} */ frame) {
    Object.assign(now, { owner: frame.owner, answeredBy: frame.answered_by, typing: null });
    if (frame.owner !== 'queued') Object.assign(now, { queue: null, leaving: false });
    keep({ live: isLive() });
  },
  queue: (/** @type {any} */ frame) => void (now.queue = frame),
  typing(/** @type {any} */ { sender, on }) {
    now.typing = on ? sender : null;
    clearTimeout(agentTyping);
    agentTyping = window.setTimeout(() => ((now.typing = null), draw()), 7_000);
  },
  read: (/** @type {any} */ { seq }) => void (now.agentRead = seq),
  rating: (/** @type {any} */ frame) => void (now.rating = frame),
  history(/** @type {any} */ { messages, more }) {
    for (const message of messages) log.add(message);
    now.more = more;
  },
};

/** @param {Record<string, any>} frame */
function send(frame) {
  if (outbox.isFull) return false;
  outbox.add({ ...frame, client_id: newClientId(), at: new Date().toISOString() });
  if (frame.type === 'leave_message') now.leaving = false;
  flush();
  draw();
  return true;
}

/** Send what waits; what was sent before is recognised by its client id. */
function flush() {
  if (now.state !== 'open') return;
  for (const { at, ...frame } of outbox.unsent) connection.send(frame);
}

/** @param {File} file @param {string} [failed] the id of the attempt that this one takes the place of */
async function image(file, failed) {
  const item = { id: newClientId(), name: file.name, error: '', file };
  now.uploads = [...now.uploads.filter((/** @type {any} */ { id }) => id !== failed), item];
  draw();
  try {
    const { id } = await upload(file, saved.token ?? '', now.limits);
    now.uploads = now.uploads.filter((/** @type {any} */ other) => other !== item);
    send({ type: 'message', kind: 'image', attachment: id });
  } catch (error) {
    const { message = '图片没有发出', cause } = /** @type {Error} */ (error);
    const marked = { ...item, error: message, isUnfit: cause === 'unfit' };
    now.uploads = now.uploads.map((/** @type {any} */ other) => (other === item ? marked : other));
    draw();
  }
}

/** @param {Partial<import('./host.js').Saved>} change */
function keep(change) {
  saved = { ...saved, ...change };
  tellHost('save', { customer: visitor.customer, state: saved });
}

function isLive() {
  return now.owner === 'queued' || now.owner === 'agent';
}

/** What is on the screen is read; what is not is counted on the button. */
function seen() {
  const isSeen = isOpen && document.visibilityState === 'visible';
  if (isSeen && log.last > (saved.seen ?? 0)) {
    keep({ seen: log.last });
    connection.send({ type: 'read', seq: log.last });
  }
  const fresh = log.all.filter(({ seq, sender }) => seq > (saved.seen ?? 0) && sender !== 'customer');
  tellHost('unread', isSeen ? 0 : fresh.length);
}

function draw() {
  for (const view of views) view({ ...now, messages: log.all, waiting: outbox.all, draft: saved.draft ?? '' });
}

/** @param {import('./host.js').Visitor} who */
function become(who) {
  visitor = who;
  saved = who.saved ?? {};
  log.clear();
  Object.assign(now, { rating: null, queue: null, leaving: false, more: null, uploads: [] });
  outbox = new Outbox(saved.outbox ?? [], (waiting) => keep({ outbox: waiting }));
  connection.restart();
  draw();
}

listenToHost({
  start(who) {
    isOpen = who.isOpen;
    become(who);
  },
  identity: become,
  open(open) {
    isOpen = open;
    seen();
    if (open) /** @type {HTMLElement} */ (document.querySelector('textarea')).focus();
  },
});
document.addEventListener('visibilitychange', seen);
addEventListener('keydown', (event) => {
  if (event.key === 'Escape' && !event.isComposing) act.close();
});
