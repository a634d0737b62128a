/** What was written but is not yet acknowledged: kept, sent again with the same client id, bounded. */

const MOST = 50;

/** @returns {string} an id the server keeps unique within the conversation for ever */
export function newClientId() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16)); // plain http has no randomUUID
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

/**
 * @typedef {{client_id: string, at: string, error?: string} & Record<string, any>} Waiting
 *   one frame that waits for its acknowledgement; `error` when the server refused it
 */

export class Outbox {
  /** @type {Waiting[]} */
  #waiting;
  #save;

  /**
   * @param {Waiting[]} waiting what an earlier page left behind
   * @param {(waiting: Waiting[]) => void} save called after every change
   */
  constructor(waiting, save) {
    this.#waiting = waiting.slice(-MOST);
    this.#save = save;
  }

  /** @returns {readonly Waiting[]} oldest first */
  get all() {
    return this.#waiting;
  }

  /** @returns {readonly Waiting[]} those to send (again) now, oldest first */
  get unsent() {
    return this.#waiting.filter(({ error }) => !error);
  }

  get isFull() {
    return this.#waiting.length >= MOST;
  }

  /** @param {Waiting} frame */
  add(frame) {
    if (this.isFull) throw new RangeError('the outbox is full');
    this.#change([...this.#waiting, frame]);
  }

  /** The server has it. @param {string} clientId */
  acknowledge(clientId) {
    if (!this.#waiting.some(({ client_id }) => client_id === clientId)) return;
    this.#change(this.#waiting.filter(({ client_id }) => client_id !== clientId));
  }

  /** The server refused it: it stays, marked, until the person sends it again or drops it. */
  refuse(/** @type {string} */ clientId, /** @type {string} */ error) {
    this.#replace(clientId, (frame) => ({ ...frame, error }));
  }

  /** Try a refused one again. @param {string} clientId */
  again(clientId) {
    this.#replace(clientId, ({ error, ...frame }) => /** @type {Waiting} */ (frame));
  }

  /** @param {string} clientId @param {(frame: Waiting) => Waiting} how */
  #replace(clientId, how) {
    this.#change(this.#waiting.map((frame) => (frame.client_id === clientId ? how(frame) : frame)));
  }

  /** @param {Waiting[]} waiting */
  #change(waiting) {
    this.#waiting = waiting;
    this.#save(waiting);
  }
}
