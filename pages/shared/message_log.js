/** The messages of one conversation: each once, in the order of their seq. */

/**
 * @typedef {{seq: number, sender: 'customer' | 'bot' | 'agent' | 'system', kind: 'text' | 'image' | 'button',
 *   text: string, at: string, epoch: number, buttons: {title: string}[], cards: any[],
 *   image: {url: string, width: number, height: number} | null, client_id: string | null,
 *   automatic: boolean, name?: string, internal?: boolean, author?: {id: string, name: string},
 *   masked?: boolean}} Message
 */

export class MessageLog {
  /** @type {Map<number, Message>} */
  #bySeq = new Map();
  /** @type {readonly Message[] | null} */
  #sorted = [];

  /** @param {Message} message @returns {boolean} whether it was new */
  add(message) {
    if (this.#bySeq.has(message.seq)) return false;
    this.#bySeq.set(message.seq, message);
    this.#sorted = null;
    return true;
  }

  /** @returns {readonly Message[]} oldest first; the same array until a message is added */
  get all() {
    this.#sorted ??= [...this.#bySeq.values()].sort((a, b) => a.seq - b.seq);
    return this.#sorted;
  }

  /** The cursor to resume from: the highest seq seen, 0 before any. */
  get last() {
    return this.all.at(-1)?.seq ?? 0;
  }

  clear() {
    this.#bySeq.clear();
    this.#sorted = [];
  }
}
