"""The small parts under every page: elements, store, keyed list, outbox, log, links, back-off."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

Run = Callable[..., Awaitable[Any]]


async def test_text_given_to_an_element_is_never_markup(run: Run) -> None:
    script = """async () => {
      const { el } = await load('elements');
      const evil = '<img src=x onerror=alert(1)>';
      const p = el('p', { title: '"><img>' }, evil, 0, null, false, undefined);
      return [p.title, p.textContent, p.children.length];
    }"""
    assert await run(script) == ['"><img>', "<img src=x onerror=alert(1)>0", 0]


async def test_a_watcher_hears_only_of_its_part_and_once_per_burst(run: Run) -> None:
    script = """async () => {
      const { createStore } = await load('store');
      const store = createStore({ a: 1, b: 1, list: [1, 2] });
      const heard = [];
      store.watch(({ a }) => a, (a) => heard.push(a));
      store.watch(({ a, list }) => [a, ...list], () => heard.push('list'));
      store.set({ b: 2 });
      await null;
      store.set({ a: 2 }); store.set({ a: 3 });
      await null;
      store.set(({ list }) => ({ list: [...list] }));
      await null;
      return heard;
    }"""
    assert await run(script) == [1, "list", 3, "list"]


async def test_watching_ends_when_asked(run: Run) -> None:
    script = """async () => {
      const { createStore } = await load('store');
      const store = createStore({ a: 1 });
      let times = 0;
      const stop = store.watch(({ a }) => a, () => (times += 1));
      stop(); store.set({ a: 2 }); await null;
      return times;
    }"""
    assert await run(script) == 1


async def test_a_keyed_list_keeps_rows_their_focus_and_their_order(run: Run) -> None:
    script = """async () => {
      const { keyedList } = await load('keyed_list');
      const parent = document.createElement('div');
      document.body.append(parent);
      let built = 0;
      const build = ({ id }) => {
        built += 1;
        return Object.assign(document.createElement('button'), { textContent: id });
      };
      const show = keyedList(parent, { key: ({ id }) => id, build });
      const [a, b, c, d] = ['a', 'b', 'c', 'd'].map((id) => ({ id }));
      show([a, b, c]);
      parent.children[1].focus();
      show([d, b, a]);
      const text = [...parent.children].map((e) => e.textContent).join('');
      const focus = document.activeElement.textContent;
      show([{ id: 'b' }, d]);
      const after = [...parent.children].map((e) => e.textContent).join('');
      parent.remove();
      return [text, focus, after, built];
    }"""
    assert await run(script) == ["dba", "b", "bd", 5]


async def test_the_outbox_keeps_refuses_and_forgets(run: Run) -> None:
    script = """async () => {
      const { Outbox, newClientId } = await load('outbox');
      const saved = [];
      const left = [{ client_id: 'old', at: '', text: 'left over' }];
      const box = new Outbox(left, (all) => saved.push(all.length));
      const id = newClientId();
      box.add({ client_id: id, at: '', text: 'new' });
      box.refuse('old', 'too long');
      const unsent = box.unsent.map(({ text }) => text);
      box.again('old');
      box.acknowledge(id); box.acknowledge('unknown');
      return [unsent, box.unsent.map(({ text }) => text), saved, /^[0-9A-Za-z_-]{8,64}$/.test(id)];
    }"""
    assert await run(script) == [["new"], ["left over"], [2, 2, 2, 1], True]


async def test_the_outbox_has_an_end(run: Run) -> None:
    script = """async () => {
      const { Outbox } = await load('outbox');
      const left = Array.from({ length: 60 }, (_, i) => ({ client_id: `c${i}`, at: '' }));
      const box = new Outbox(left, () => {});
      let refused = false;
      try { box.add({ client_id: 'x', at: '' }); } catch { refused = true; }
      return [box.all.length, box.all[0].client_id, refused];
    }"""
    assert await run(script) == [50, "c10", True]


async def test_the_log_shows_each_message_once_in_order(run: Run) -> None:
    script = """async () => {
      const { MessageLog } = await load('message_log');
      const log = new MessageLog();
      const added = [3, 1, 3, 7, 2].map((seq) => log.add({ seq }));
      const same = log.all === log.all;
      const state = [added, log.all.map(({ seq }) => seq), log.last, same];
      log.clear();
      return [...state, log.last];
    }"""
    assert await run(script) == [[True, True, False, True, True], [1, 2, 3, 7], 7, True, 0]


@pytest.mark.parametrize(("text", "links"), [
    ("看 https://a.example/x?y=1，谢谢", ["https://a.example/x?y=1"]),
    ("两个 http://a.example 和 https://b.example/。", ["http://a.example/", "https://b.example/"]),
    ("javascript:alert(1) data:text/html,x", []),
    ("https://", []),
    ("(https://a.example/b)", ["https://a.example/b"]),
    ("没有网址", []),
])  # fmt: skip
async def test_links(run: Run, text: str, links: list[str]) -> None:
    script = """async (text) => {
      const { withLinks } = await load('links');
      const box = document.createElement('p');
      box.append(...withLinks(text));
      const anchors = [...box.querySelectorAll('a')];
      const isSafe = anchors.every((a) => a.rel.includes('noopener'));
      return [box.textContent === text, anchors.map((a) => a.href), isSafe];
    }"""
    assert await run(script, text) == [True, links, True]


@pytest.mark.parametrize(
    ("attempt", "longest"), [(0, 300), (1, 600), (3, 2_400), (6, 15_000), (40, 15_000)]
)
async def test_back_off_is_full_jitter_under_a_doubling_ceiling(
    run: Run, attempt: int, longest: int
) -> None:
    script = """async (n) => {
      const { backOff } = await load('connection');
      return [backOff(n, () => 0), backOff(n, () => 0.5), backOff(n, () => 1)];
    }"""
    assert await run(script, attempt) == [0, longest / 2, longest]


async def test_the_address_keeps_what_it_is_given(run: Run) -> None:
    script = """async () => {
      const { readAddress, writeAddress } = await load('address');
      writeAddress({ list: 'waiting', q: '退 款' });
      writeAddress({ q: '', page: 2 });
      const read = readAddress();
      writeAddress({ list: null, page: null });
      return [read, location.search];
    }"""
    assert await run(script) == [{"list": "waiting", "page": "2"}, ""]


async def test_every_icon_draws_a_path_and_a_labelled_one_speaks(run: Run) -> None:
    script = """async () => {
      const { icon, paths } = await load('icons');
      const all = Object.keys(paths).map((name) => icon(name));
      document.body.append(...all);
      const drawn = all.every((svg) => svg.firstChild.getTotalLength() > 0.02);
      all.forEach((svg) => svg.remove());
      const label = icon('box', '订单').getAttribute('aria-label');
      return [drawn, all[0].getAttribute('aria-hidden'), label];
    }"""
    assert await run(script) == [True, "true", "订单"]


async def test_what_is_decided_outlives_the_page_as_far_as_browsers_let_it(run: Run) -> None:
    script = """async () => {
      const { get, post, ask } = await load('api');
      const before = window.fetch;
      const outlives = [];
      window.fetch = async (_path, { keepalive }) => (outlives.push(keepalive), Response.json({}));
      try {
        await post('/api/decided', { why: '好' });
        await ask('DELETE', '/api/decided');
        await get('/api/asked');
        await post('/api/decided', { why: '长'.repeat(9000) });
        await ask('POST', '/api/picture', new Blob(['x']));
      } finally {
        window.fetch = before;
      }
      return outlives;
    }"""
    assert await run(script) == [True, True, False, False, False]
