/** Building page elements in one line, with text only ever as text. */

/**
 * An element with properties, listeners and children.
 *
 * `class` and attributes with a dash go on as attributes, `on…` functions as listeners, `dataset`
 * is merged, everything else is set as a property when the element has it. Null children are left out.
 *
 * @param {string} tag
 * @param {Record<string, any> | null} [options]
 * @param {...(Node | string | number | null | undefined | false)} children
 * @returns {any} an HTMLElement of that tag
 */
export function el(tag, options, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(options ?? {})) put(element, name, value);
  element.append(...present(children));
  return element;
}

/**
 * Replace everything inside an element.
 * @param {Element} parent
 * @param {...(Node | string | number | null | undefined | false)} children
 */
export function fill(parent, ...children) {
  parent.replaceChildren(...present(children));
}

/** @param {Element} element @param {string} text sets text only when it differs (live regions stay quiet) */
export function say(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/** @param {any[]} children @returns {(Node | string)[]} */
function present(children) {
  return children
    .flat()
    .filter((child) => child !== null && child !== undefined && child !== false)
    .map((child) => (typeof child === 'number' ? String(child) : child));
}

/** @param {any} element @param {string} name @param {any} value */
function put(element, name, value) {
  if (value === null || value === undefined) return;
  if (name === 'dataset') Object.assign(element.dataset, value);
  else if (name.startsWith('on')) element.addEventListener(name.slice(2), value);
  else if (name !== 'class' && name in element && !name.includes('-')) element[name] = value;
  else if (value !== false) element.setAttribute(name, value === true ? '' : String(value));
}
