/** The state of a page in one place: watchers hear of a part only when that part changed. */

/**
 * @template {object} S
 * @param {S} initial
 */
export function createStore(initial) {
  let state = initial;
  /** @type {Set<() => void>} */
  const watchers = new Set();
  let waiting = false;

  function tell() {
    waiting = false;
    for (const watcher of watchers) watcher();
  }

  return {
    /** @returns {S} */
    get state() {
      return state;
    },

    /**
     * Merge a change in; watchers hear of it together, after the running script.
     * @param {Partial<S> | ((state: S) => Partial<S>)} change
     */
    set(change) {
      state = { ...state, ...(typeof change === 'function' ? change(state) : change) };
      if (!waiting) {
        waiting = true;
        queueMicrotask(tell);
      }
    },

    /**
     * Call `react` now and whenever the chosen part is no longer the same (arrays: item by item).
     * @template T
     * @param {(state: S) => T} choose
     * @param {(part: T) => void} react
     * @returns {() => void} stops watching
     */
    watch(choose, react) {
      let seen = choose(state);
      react(seen);
      const watcher = () => {
        const part = choose(state);
        if (isSame(part, seen)) return;
        seen = part;
        react(part);
      };
      watchers.add(watcher);
      return () => watchers.delete(watcher);
    },
  };
}

/** @param {any} a @param {any} b */
function isSame(a, b) {
  if (Object.is(a, b)) return true;
  if (!Array.isArray(a) || !Array.isArray(b) || a.length !== b.length) return false;
  return a.every((item, index) => Object.is(item, b[index]));
}
