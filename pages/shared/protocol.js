/** The names of the chat protocol as the pages use them; docs/protocol.md is the manual, desk/protocol.py the twin. */

export const PROTOCOL = 1;
export const LONGEST_TEXT = 2_000;

export const TO_CUSTOMER = /** @type {const} */ ([
  'ready', 'message', 'ack', 'refused', 'owner', 'queue', 'typing', 'read', 'rating', 'history', 'pong',
]);

export const FROM_CUSTOMER = /** @type {const} */ ([
  'hello', 'message', 'ask_human', 'cancel_wait', 'leave_message', 'typing', 'read', 'rate', 'history', 'ping',
]);

export const TO_AGENT = /** @type {const} */ ([
  'ready', 'lists', 'row', 'line', 'conversation', 'message', 'typing', 'read', 'done', 'refused', 'alert', 'pong',
]);

export const FROM_AGENT = /** @type {const} */ ([
  'hello', 'heartbeat', 'status', 'watch', 'unwatch', 'take', 'answer', 'note', 'transfer', 'hand_back',
  'close', 'reopen', 'undo', 'typing', 'read', 'ping',
]);

export const REFUSALS = /** @type {const} */ ([
  'bad_frame', 'empty', 'too_long', 'too_fast', 'bad_button', 'bad_attachment', 'bad_token', 'not_found',
  'not_allowed', 'not_yours', 'stale', 'wording', 'over_limit', 'too_late',
]);
