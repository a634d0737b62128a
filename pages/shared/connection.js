/** A socket that stays: reconnects with full-jitter back-off, notices silence, greets first. */

const FIRST_WAIT = 300;
const LONGEST_WAIT = 15_000;
const SILENCE = 40_000;
const ANSWER_WITHIN = 8_000;

/**
 * Milliseconds to wait before the n-th attempt (0 is the first): a random share of a doubling span,
 * so that thousands of pages do not come back in the same moment.
 * @param {number} attempt @param {() => number} [random]
 */
export function backOff(attempt, random = Math.random) {
  return random() * Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** attempt);
}

/** Closed with one of these, reconnecting would end the same way: log-in ended, not allowed. */
const FOR_GOOD = [4401, 4403];

/** `offline`: not tried yet or gone; `connecting`: tried; `open`: greeted and ready for frames. */
export class Connection {
  #url;
  #hello;
  #onFrame;
  #onState;
  #onRefused;
  #attempt = 0;
  #stopped = true;
  /** @type {WebSocket | null} */
  #socket = null;
  #timer = 0;
  #watch = 0;
  #comeBack = () => this.#retryNow();
  #doubt = () => this.#socket && this.#listen(0);

  /**
   * @param {{
   *   url: string,
   *   hello: () => object,
   *   onFrame: (frame: any) => void,
   *   onState: (state: 'offline' | 'connecting' | 'open') => void,
   *   onRefused?: (code: number) => void,
   * }} options `hello` is asked anew for each connection, so it can name the last seq seen
   */
  constructor({ url, hello, onFrame, onState, onRefused = () => {} }) {
    this.#url = new URL(url, location.href);
    this.#url.protocol = this.#url.protocol.replace('http', 'ws');
    this.#hello = hello;
    this.#onFrame = onFrame;
    this.#onState = onState;
    this.#onRefused = onRefused;
  }

  /** Start connecting, and stay connected until `stop`. */
  start() {
    if (!this.#stopped) return;
    this.#stopped = false;
    addEventListener('online', this.#comeBack);
    addEventListener('offline', this.#doubt); // the browser may be wrong: the server is asked
    this.#open();
  }

  stop() {
    this.#stopped = true;
    removeEventListener('online', this.#comeBack);
    removeEventListener('offline', this.#doubt);
    clearTimeout(this.#timer);
    clearTimeout(this.#watch);
    this.#socket?.close(1000);
    this.#socket = null;
  }

  /** Drop the socket and greet again (after log-in data changed). */
  restart() {
    this.stop();
    this.start();
  }

  /**
   * @param {object} frame
   * @returns {boolean} whether it went out; false while there is no connection
   */
  send(frame) {
    if (this.#socket?.readyState !== WebSocket.OPEN) return false;
    this.#socket.send(JSON.stringify(frame));
    return true;
  }

  #open() {
    this.#onState('connecting');
    const socket = new WebSocket(this.#url);
    this.#socket = socket;
    socket.onopen = () => {
      if (socket !== this.#socket) return;
      socket.send(JSON.stringify(this.#hello()));
      this.#listen();
    };
    socket.onmessage = (event) => {
      if (socket !== this.#socket) return;
      this.#listen();
      this.#onFrame(JSON.parse(event.data));
    };
    socket.onclose = ({ code }) => {
      if (socket === this.#socket && FOR_GOOD.includes(code)) {
        this.stop();
        this.#onState('offline');
        this.#onRefused(code);
      } else this.#lost(socket);
    };
    this.#listen(ANSWER_WITHIN);
  }

  /** The server answered the greeting: the next loss starts again with a short wait. */
  ready() {
    this.#attempt = 0;
    this.#onState('open');
  }

  /** A peer that vanished without a word is noticed by asking after a while of silence. */
  #listen(patience = SILENCE) {
    clearTimeout(this.#watch);
    const socket = this.#socket;
    this.#watch = window.setTimeout(() => {
      if (!this.send({ type: 'ping' })) return this.#lost(socket);
      this.#watch = window.setTimeout(() => this.#lost(socket), ANSWER_WITHIN);
    }, patience);
  }

  /** @param {WebSocket | null} socket */
  #lost(socket) {
    if (this.#stopped || socket !== this.#socket) return;
    clearTimeout(this.#watch);
    this.#socket = null;
    socket?.close();
    this.#onState('offline');
    this.#timer = window.setTimeout(() => this.#open(), backOff(this.#attempt));
    this.#attempt += 1;
  }

  #retryNow() {
    if (this.#stopped || this.#socket) return;
    clearTimeout(this.#timer);
    this.#attempt = 0;
    this.#open();
  }
}
