// The list: j and k move, Enter opens, x selects, a takes. News changes rows in place; what would
// move rows under somebody's pointer waits and is announced.
const list = document.getElementById('list');
const bulk = document.getElementById('bulk');
const ask = document.getElementById('ask');
const rows = () => [...document.querySelectorAll('[data-list] .qrow')];
const boxes = () => [...document.querySelectorAll('[data-list] .qpick')];
const boxOf = (row) => row?.closest('.qline')?.querySelector('.qpick') ?? null;
const picked = () => boxes().filter((box) => box.checked);
let at = null;
let from = null;

function move(step) {
  const all = rows();
  if (!all.length) return;
  const now = all.findIndex((row) => row.id === at);
  const next = all[Math.max(0, Math.min(all.length - 1, now < 0 ? (step > 0 ? 0 : all.length - 1) : now + step))];
  mark(next);
  next.scrollIntoView({ block: 'nearest' });
}
function mark(row) {
  for (const other of rows()) other.removeAttribute('aria-current');
  row?.setAttribute('aria-current', 'true');
  at = row?.id ?? null;
}
const current = () => document.getElementById(at ?? '') ?? null;

// Selecting.
function count() {
  if (!bulk) return;
  const few = picked().length;
  const every = bulk.querySelector('[data-every]');
  const whole = few > 0 && few === boxes().length && Boolean(document.querySelector('#list [data-next]'));
  every.hidden = !whole;
  if (!whole) every.querySelector('input').checked = false;
  bulk.querySelector('[data-picked]').textContent = few ? bulk.dataset.one.replace('{0}', few) : '';
}
function pick(box, on) { if (box) { box.checked = on; from = box.value; } }
function pickTo(box) {
  const all = boxes();
  const ends = [all.findIndex((one) => one.value === from), all.indexOf(box)].sort((a, b) => a - b);
  for (const one of all.slice(Math.max(ends[0], 0), ends[1] + 1)) one.checked = true;
  from = box.value;
}
function unpick() { for (const box of boxes()) box.checked = false; count(); }
list?.addEventListener('click', (event) => {
  if (!event.target.matches('.qpick')) return;
  if (event.shiftKey) pickTo(event.target); else from = event.target.value;
  count();
});
document.addEventListener('click', (event) => {
  if (event.target.closest('[data-unpick]')) unpick();
  if (event.target.closest('[data-close-run]')) document.getElementById('run').replaceChildren();
  if (ask?.open && event.target.closest('[data-close]')) { event.preventDefault(); ask.close(); }
});

async function take(row) {
  const answer = await fetch(`${row.getAttribute('href')}take/`, {
    method: 'POST', headers: { 'X-CSRFToken': document.body.dataset.csrf, 'HX-Request': 'true' },
  });
  const text = await answer.text();
  document.dispatchEvent(new CustomEvent('desk:say', { detail: { text, tone: answer.ok ? '' : 'danger' } }));
  look();
}

// While cases are selected, keys and commands are for them; what follows a g is a way.
let going = 0;
document.addEventListener('keydown', (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
  if (event.target.closest('input:not(.qpick), textarea, select') || document.querySelector('dialog[open]')) return;
  const way = Date.now() - going < 1500;
  going = event.key === 'g' && !way ? Date.now() : 0;
  if (way || !picked().length) return;
  const button = bulk?.querySelector(`[data-many-key="${CSS.escape(event.key)}"]`);
  if (!button) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  keyed = Date.now();
  button.click();
}, true);
document.addEventListener('desk:many', (event) => bulk?.querySelector(`[data-many="${CSS.escape(event.detail)}"]`)?.click());

let keyed = 0;
document.addEventListener('keydown', (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
  if (event.target.closest('input:not(.qpick), textarea, select') || document.querySelector('dialog[open]')) return;
  keyed = Date.now();
  if (event.key === 'j') move(1);
  else if (event.key === 'k') move(-1);
  else if (event.key === 'Enter' && current() && !event.target.closest('a, button, summary')) current().click();
  else if (event.key === 'x' && current()) { const box = boxOf(current()); pick(box, !box?.checked); count(); }
  else if (event.key === 'X' && current()) { const box = boxOf(current()); if (box) pickTo(box); count(); }
  else if (event.key === 'A' && boxes().length) { const on = picked().length < boxes().length; for (const box of boxes()) box.checked = on; count(); }
  else if (event.key === 'Escape' && picked().length) unpick();
  else if (event.key === 'a' && current()) take(current());
});

// A verb that asks something first does so in a dialog; once it is sent, the dialog is done.
document.body.addEventListener('htmx:afterSwap', (event) => {
  if (event.target.id === 'ask') { ask.showModal(); return; }
  if (event.target.id === 'run') ask?.close();
});
document.body.addEventListener('bulk', () => { unpick(); look(); });

// News.
let pointed = 0;
let inside = false;
let waiting = null;
let asking = false;
let again = false;
list?.addEventListener('pointermove', () => { pointed = Date.now(); inside = true; });
list?.addEventListener('pointerleave', () => { inside = false; });
const PATIENCE = 4000;
const busy = () => picked().length > 0 || Boolean(list.querySelector('details[open]')) || Date.now() - keyed < PATIENCE || (inside && Date.now() - pointed < PATIENCE);

async function look() {
  if (!list?.dataset.address) return;
  if (asking) { again = true; return; }
  asking = true;
  try {
    const answer = await fetch(list.dataset.address, { headers: { 'HX-Request': 'true', 'HX-Target': 'list' } });
    if (answer.ok && !answer.redirected) receive(new DOMParser().parseFromString(await answer.text(), 'text/html').body);
  } catch { /* the line is down; live.js looks again */ } finally {
    asking = false;
    if (again) { again = false; look(); }
  }
}
const idOf = (line) => line.querySelector('.qrow').id;
const linesOf = (place) => new Map([...place.querySelectorAll('.qline')].map((line) => [idOf(line), line]));
const shape = (place) => [...place.querySelectorAll('.qgroup, .qrow, .hotrow, .empty')].map((el) => el.id || el.getAttribute('href') || el.className).join(' ');

function receive(fresh) {
  const then = linesOf(fresh);
  for (const [id, line] of linesOf(list)) {
    const next = then.get(id);
    if (next) renew(line, next); else line.classList.add('is-gone');
  }
  if (shape(fresh) === shape(list)) { waiting = null; announce(); heads(fresh); return; }
  waiting = fresh;
  if (busy()) announce(); else apply();
}
// One row becomes what it is now, where it is.
function renew(line, next) {
  line.classList.remove('is-gone');
  const row = line.querySelector('.qrow'), to = next.querySelector('.qrow');
  const moved = row.dataset.version !== to.dataset.version;
  if (!moved && row.dataset.made === to.innerHTML) return;
  row.dataset.made = to.innerHTML;
  row.dataset.version = to.dataset.version;
  row.classList.toggle('is-unread', to.classList.contains('is-unread'));
  row.innerHTML = to.innerHTML;
  if (moved) { row.classList.remove('is-news'); requestAnimationFrame(() => row.classList.add('is-news')); }
  tick();
}
function heads(fresh) {
  const old = [...list.querySelectorAll('.qgroup')], now = [...fresh.querySelectorAll('.qgroup')];
  old.forEach((head, n) => { if (now[n] && head.innerHTML !== now[n].innerHTML) head.innerHTML = now[n].innerHTML; });
}
// Everything as it is now; what somebody looks at stays where it is on the screen.
function apply() {
  const fresh = waiting;
  if (!fresh) return;
  waiting = null;
  const before = linesOf(list), chosen = new Set(picked().map((box) => box.value));
  const top = list.getBoundingClientRect().top;
  const anchor = list.scrollTop > 0 ? [...before].find(([, line]) => line.getBoundingClientRect().bottom > top + 40) : null;
  const offset = anchor?.[1].getBoundingClientRect().top;
  list.replaceChildren(...[...fresh.childNodes].map((node) => document.adoptNode(node)));
  for (const [id, line] of linesOf(list)) {
    const box = line.querySelector('.qpick');
    box.checked = chosen.has(box.value);
    if (!before.has(id)) line.querySelector('.qrow').classList.add('is-news');
  }
  const same = anchor && document.getElementById(anchor[0]);
  if (same) list.scrollTop += same.getBoundingClientRect().top - offset;
  mark(current());
  announce();
  count();
  tick();
}
const tick = () => document.body.dispatchEvent(new CustomEvent('htmx:afterSwap', { bubbles: false }));

function announce() {
  let said = document.getElementById('new-cases');
  if (!waiting) { said?.remove(); return; }
  const known = linesOf(list);
  const more = [...linesOf(waiting).keys()].filter((id) => !known.has(id)).length;
  const urgent = waiting.querySelectorAll('.hotrow').length > list.querySelectorAll('.hotrow').length;
  if (!more && !urgent) { said?.remove(); return; }
  if (!said) {
    said = Object.assign(document.createElement('button'), { id: 'new-cases', type: 'button', className: 'btn btn--primary btn--sm newcases' });
    said.setAttribute('aria-live', 'polite');
    said.addEventListener('click', () => { apply(); list.scrollTop = 0; });
    list.before(said);
  }
  const text = !more ? list.dataset.other : more === 1 ? list.dataset.one : list.dataset.many.replace('{0}', more);
  if (said.textContent !== text) said.textContent = text;
}
if (list?.dataset.address) {
  list.addEventListener('journal', look);
  setInterval(() => { if (waiting && !busy()) apply(); }, 1000);
}

// Columns are put in order by moving them up.
document.addEventListener('click', (event) => {
  const one = event.target.closest('[data-higher]')?.closest('.columns__one');
  if (!one?.previousElementSibling?.matches('.columns__one')) return;
  one.previousElementSibling.before(one);
  one.querySelector('[data-higher]').focus();
});
