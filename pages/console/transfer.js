/** To whom a conversation is handed: who is there comes first, who is not stands at the end with a warning. */

import { get } from '../shared/api.js';
import { dialog, field, radios } from '../shared/dialog.js';
import { el, say } from '../shared/elements.js';
import { toastError } from '../shared/toast.js';
import { store } from './desk.js';

/** @typedef {{id: string, name: string, reach: 'online' | 'busy' | 'away' | 'offline', load: number, capacity: number, skills: string[]}} Colleague */

const REACH = { online: '在线', busy: '忙', away: '离开', offline: '离线' };

/** Ask to whom. @returns {Promise<{to_agent?: string, to_skill?: string, note: string} | null>} null when it was left */
export async function askTransfer() {
  let found;
  try {
    found = await get('/api/desk/agents');
  } catch (error) {
    toastError(error);
    return null;
  }
  const choices = choicesOf(found.agents, found.returns_after_seconds);
  const body = choices.length ? fields(choices) : [el('p', null, '现在没有可以转的同事。可以交回机器人，或让客户留言。')];
  const answer = await dialog({ title: '转给同事', ...(choices.length && { confirm: '转过去' }), body });
  if (!answer) return null;
  const [kind, value] = String(answer.get('to')).split(/:(.*)/s);
  const note = String(answer.get('note')).trim();
  return kind === 'skill' ? { to_skill: value, note } : { to_agent: value, note };
}

/** @param {Colleague} agent */
const isThere = ({ reach }) => reach === 'online' || reach === 'busy';

/** @param {Colleague[]} agents @param {number} seconds after which an unseen conversation goes back into the line */
function choicesOf(agents, seconds) {
  const others = agents.filter(({ id }) => id !== store.state.me.id);
  const skills = [...new Set(others.flatMap(({ skills: own }) => own ?? []))];
  return [
    ...others.filter(isThere).map((agent) => person(agent, '')),
    ...skills.map((skill) => queue(skill, others)),
    ...others.filter((agent) => !isThere(agent)).map((agent) =>
      person(agent, `${agent.name}现在${REACH[agent.reach]}：${seconds} 秒内没有回来，会话会回到队列，客户要接着等。`)),
  ];
}

/** @param {Colleague} agent @param {string} warning */
function person(agent, warning) {
  const facts = [REACH[agent.reach], isThere(agent) && `手上 ${agent.load}/${agent.capacity}`, agent.skills.length && `会${agent.skills.join('、')}`];
  return { value: `agent:${agent.id}`, label: agent.name, hint: facts.filter(Boolean).join(' · '), kind: agent.reach, warning };
}

/** @param {string} skill @param {Colleague[]} others */
function queue(skill, others) {
  const there = others.filter((agent) => isThere(agent) && agent.skills.includes(skill)).length;
  return {
    value: `skill:${skill}`, label: `排队：${skill}`, hint: there ? `由会这一项的同事接，现在 ${there} 位在` : '由会这一项的同事接，现在没有人在',
    kind: there ? 'queue' : 'queue nobody', warning: there ? '' : `现在没有会“${skill}”的同事在，客户要等到有人上线。`,
  };
}

/** @param {ReturnType<typeof person>[]} choices */
function fields(choices) {
  const warning = el('p', { class: 'warning', role: 'status' });
  const people = radios('转给谁', 'to', choices);
  people.classList.add('colleagues');
  const warn = (/** @type {string} */ value) => {
    const text = choices.find((one) => one.value === value)?.warning ?? '';
    say(warning, text);
    warning.hidden = !text;
  };
  people.addEventListener('change', (event) => warn(/** @type {HTMLInputElement} */ (event.target).value));
  warn(choices[0].value);
  const note = el('textarea', { name: 'note', rows: 2, maxLength: 500, placeholder: '一句话交代，客户看不到' });
  return [people, warning, field('交代', note)];
}
