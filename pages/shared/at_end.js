/** A log that stays at its end: while the reader is there, nothing new or larger pushes the last words out of sight. */

/**
 * @param {HTMLElement} box scrolls; its children are all there already
 * @param {number} near how many pixels from the end still count as the end
 * @returns {{go: () => void, leave: () => void}} to the end and staying there; or free, to show another place
 */
export function keepAtEnd(box, near) {
  let isHeld = true;
  let top = 0;
  const hold = () => {
    if (!isHeld) return;
    box.scrollTop = box.scrollHeight;
    top = box.scrollTop;
  };
  box.addEventListener('scroll', () => {
    // Told late: what grew meanwhile has moved the end away, but only a reader moves up.
    if (box.scrollHeight - box.scrollTop - box.clientHeight < near) isHeld = true;
    else if (box.scrollTop < top) isHeld = false;
    top = box.scrollTop;
  }, { passive: true });
  const sizes = new ResizeObserver(hold); // what is in it grows, or the box itself gets smaller
  for (const part of [box, ...box.children]) sizes.observe(part);
  return { go: () => ((isHeld = true), hold()), leave: () => (isHeld = false) };
}
