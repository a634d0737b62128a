/** What an agent wrote and the desk has not confirmed: survives a reload, is sent again, never twice. */

/** @typedef {{client_id: string, ref: string, at: string, type: string, conversation: string, text?: string,
 *   error?: string, code?: string, verdict?: any} & Record<string, any>} Kept */

export class Unsent {
  #key;
  #changed;
  /** @type {Kept[]} */
  #all;

  /** @param {string} staff whose @param {(all: readonly Kept[]) => void} changed */
  constructor(staff, changed) {
    this.#key = `kefu:unsent:${staff}`;
    this.#changed = changed;
    this.#all = load(this.#key);
  }

  /** @returns {readonly Kept[]} */
  get all() {
    return this.#all;
  }

  /** @param {string} ref */
  find(ref) {
    return this.#all.find((kept) => kept.ref === ref);
  }

  /** @param {Kept} kept */
  add(kept) {
    this.#keep([...this.#all, kept]);
  }

  /** @param {string} clientId */
  drop(clientId) {
    if (this.#all.some(({ client_id }) => client_id === clientId)) {
      this.#keep(this.#all.filter(({ client_id }) => client_id !== clientId));
    }
  }

  /** @param {string} clientId @param {{code: string, text: string, verdict?: any}} why */
  refuse(clientId, { code, text, verdict = null }) {
    this.#keep(this.#all.map((kept) => (kept.client_id === clientId ? { ...kept, code, verdict, error: text || '没有发出' } : kept)));
  }

  /** @param {Kept[]} all */
  #keep(all) {
    this.#all = all;
    sessionStorage.setItem(this.#key, JSON.stringify(all));
    this.#changed(all);
  }
}

/** @param {string} key @returns {Kept[]} */
function load(key) {
  try {
    return JSON.parse(sessionStorage.getItem(key) ?? '[]');
  } catch {
    return [];
  }
}
