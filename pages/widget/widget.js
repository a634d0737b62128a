/**
 * The one script of a shop's page: a button in a closed shadow root, the chat in a sandboxed frame, and the
 * chat's state in this page's own storage (a frame of another site gets none).
 *
 *   <script async src="https://kefu.example/widget.js" data-shop="main" data-identity="…"></script>
 *
 * `<kefu-chat>` then stands at the end of the body; set its attributes `identity` and `customer` when somebody
 * logs in or out; call `.open()` to open the chat from a link of the shop.
 */
(() => {
  const script = /** @type {HTMLScriptElement} */ (document.currentScript);
  const origin = new URL(script.src).origin;
  const PHONE = matchMedia('(max-width: 520px)');
  const CHAT = 'M4 5h16v11H10l-5 4v-4H4z';
  const CSS = `
:host{all:initial!important;position:fixed!important;z-index:2147483000!important;right:20px!important;bottom:20px!important}
button{all:unset;font:500 15px/1 "PingFang SC","Microsoft YaHei","Noto Sans CJK SC",sans-serif;box-sizing:border-box;position:relative;display:flex;align-items:center;gap:8px;height:52px;padding:0 20px 0 16px;
border-radius:26px;background:#17716a;color:#fff;cursor:pointer;box-shadow:0 2px 6px #0003,0 8px 24px #0002}
button:hover{filter:brightness(1.08)}
button:focus-visible{outline:3px solid #fff;box-shadow:0 0 0 6px #1667c9}
svg{width:24px;height:24px;fill:none;stroke:currentColor;stroke-width:1.8;stroke-linejoin:round}
b{position:absolute;top:-6px;right:-4px;min-width:22px;height:22px;border-radius:11px;padding:0 6px;box-sizing:border-box;
background:#c22e25;color:#fff;font-size:12px;line-height:22px;text-align:center}
[hidden]{display:none}
iframe{position:fixed;right:20px;bottom:20px;width:392px;height:min(660px,calc(100vh - 40px));border:0;border-radius:16px;
background:#fff;box-shadow:0 4px 12px #0002,0 16px 48px #0003;color-scheme:light dark}
@media(max-width:520px){:host{right:12px!important;bottom:12px!important}button{padding:0;width:52px;justify-content:center}button span{display:none}
iframe{inset:0;width:100%;height:100%;border-radius:0}}
@media print{:host{display:none!important}}`;

  class KefuChat extends HTMLElement {
    static observedAttributes = ['identity', 'customer'];
    #button = document.createElement('button');
    #badge = document.createElement('b');
    /** @type {HTMLIFrameElement | null} */
    #frame = null;
    #isOpen = false;
    #isReady = false;
    #isChanging = false;
    /** @type {Record<string, any>} what storage would hold, where the browser forbids storage */
    #memory = {};

    connectedCallback() {
      if (this.#button.isConnected) return;
      const root = this.attachShadow({ mode: 'closed' });
      const sheet = new CSSStyleSheet(); // a strict style-src of the shop's page does not reach it
      sheet.replaceSync(CSS);
      root.adoptedStyleSheets = [sheet];
      this.#dress();
      root.append(this.#button);
      addEventListener('message', (event) => this.#hear(event));
      window.visualViewport?.addEventListener('resize', () => this.#fit());
      window.visualViewport?.addEventListener('scroll', () => this.#fit());
      if (this.#saved()?.live) this.#load(); // a person may be answering: show the badge
    }

    attributeChangedCallback() {
      if (!this.#isReady || this.#isChanging) return;
      this.#isChanging = true; // both attributes change in one go
      queueMicrotask(() => {
        this.#isChanging = false;
        this.#tell('identity', this.#who());
      });
    }

    open() {
      this.#load();
      this.#show(true);
    }

    close() {
      this.#show(false);
      this.#button.focus();
    }

    #dress() {
      const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
      svg.setAttribute('viewBox', '0 0 24 24');
      svg.setAttribute('aria-hidden', 'true');
      svg.append(document.createElementNS(svg.namespaceURI, 'path'));
      svg.firstElementChild?.setAttribute('d', CHAT);
      const word = document.createElement('span');
      word.textContent = '联系客服';
      this.#badge.hidden = true;
      this.#button.type = 'button';
      this.#button.setAttribute('aria-expanded', 'false');
      this.#button.append(svg, word, this.#badge);
      this.#button.onclick = () => this.open();
      this.#count(0);
    }

    #load() {
      if (this.#frame) return;
      const frame = document.createElement('iframe');
      frame.title = '客服对话';
      frame.setAttribute('sandbox', 'allow-scripts allow-same-origin allow-forms allow-popups allow-popups-to-escape-sandbox');
      frame.hidden = true;
      frame.src = `${origin}/widget?host=${encodeURIComponent(location.origin)}`;
      this.#frame = frame;
      this.#button.after(frame);
    }

    /** @param {boolean} isOpen */
    #show(isOpen) {
      this.#isOpen = isOpen;
      if (this.#frame) this.#frame.hidden = !isOpen;
      this.#button.hidden = isOpen;
      this.#button.setAttribute('aria-expanded', String(isOpen));
      this.#fit();
      this.#tell('open', isOpen);
      if (isOpen) this.#frame?.focus();
    }

    /** On a phone the frame is what the keyboard leaves free, so nothing jumps. */
    #fit() {
      const view = window.visualViewport;
      if (!this.#frame || !view) return;
      const full = PHONE.matches && this.#isOpen;
      this.#frame.style.height = full ? `${view.height}px` : '';
      this.#frame.style.top = full ? `${view.offsetTop}px` : '';
    }

    /** @param {MessageEvent} event */
    #hear(event) {
      if (!this.#frame || event.source !== this.#frame.contentWindow || event.origin !== origin) return;
      const { kefu, kind, value } = event.data ?? {};
      if (kefu !== 1) return;
      if (kind === 'ready') {
        this.#isReady = true;
        this.#tell('start', { isOpen: this.#isOpen, ...this.#who() });
      } else if (kind === 'save' && typeof value?.state === 'object') this.#save(String(value.customer), value.state);
      else if (kind === 'unread' && Number.isInteger(value)) this.#count(value);
      else if (kind === 'close') this.close();
    }

    /** @param {string} kind @param {unknown} value */
    #tell(kind, value) {
      if (this.#isReady) this.#frame?.contentWindow?.postMessage({ kefu: 1, kind, value }, origin);
    }

    #who() {
      return {
        identity: this.getAttribute('identity'),
        customer: this.getAttribute('customer') ?? '',
        page: location.href.split('#')[0].slice(0, 500),
        saved: this.#saved(),
      };
    }

    /** @param {number} unread */
    #count(unread) {
      this.#badge.hidden = unread === 0;
      this.#badge.textContent = unread > 99 ? '99+' : String(unread);
      this.#button.setAttribute('aria-label', unread ? `联系客服，${unread} 条新消息` : '联系客服');
    }

    /** @param {string} customer */
    #key(customer) {
      return `kefu:${this.dataset.shop ?? ''}:${customer}`;
    }

    #saved() {
      const key = this.#key(this.getAttribute('customer') ?? '');
      try {
        return JSON.parse(localStorage.getItem(key) ?? 'null');
      } catch {
        return this.#memory[key] ?? null;
      }
    }

    /** @param {string} customer @param {object} state */
    #save(customer, state) {
      const key = this.#key(customer);
      this.#memory[key] = state;
      try {
        localStorage.setItem(key, JSON.stringify(state));
      } catch {
        // forbidden or full: the memory of this page has it
      }
    }
  }

  if (customElements.get('kefu-chat')) return;
  customElements.define('kefu-chat', KefuChat);
  const chat = document.createElement('kefu-chat');
  for (const [name, value] of Object.entries(script.dataset)) {
    if (name === 'identity' || name === 'customer') chat.setAttribute(name, value ?? '');
    else chat.dataset[name] = value;
  }
  const put = () => document.querySelector('kefu-chat') ?? document.body.append(chat);
  if (document.body) put();
  else addEventListener('DOMContentLoaded', put, { once: true });
})();
