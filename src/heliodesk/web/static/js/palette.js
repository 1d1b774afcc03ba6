// Commands: everything that is offered on this page now, and what a few letters find. The list is
// asked for when it opens, so that it says what holds at that moment.
const dialog = document.getElementById('palette');
const field = document.getElementById('palette-q');
const list = document.getElementById('palette-list');
let offered = [];
let found = [];
let at = 0;
let asked = 0;

const caseHere = () => location.pathname.match(/^\/cases\/(\d{8,12})\//)?.[1]
  ?? document.querySelector('.qrow[aria-current="true"]')?.getAttribute('href')?.match(/\/cases\/(\d{8,12})\//)?.[1] ?? '';

const chosen = () => (document.getElementById('bulk') ? document.querySelectorAll('.qpick:checked').length : 0);

async function read(address) {
  const answer = await fetch(address, { headers: { Accept: 'application/json' } });
  if (!answer.ok) throw new Error(String(answer.status));
  return (await answer.json()).groups;
}

// A closed dialog keeps the focus until the browser paints again; the next key is for the page.
function shut() { dialog.close(); field.blur(); }

async function open() {
  if (dialog.open) return;
  for (const other of document.querySelectorAll('dialog[open]')) other.close();
  field.value = '';
  found = []; at = 0;
  dialog.showModal();
  field.focus();
  draw();
  try { offered = await read(`${dialog.dataset.offered}?case=${caseHere()}&chosen=${chosen()}`); } catch { offered = []; say(dialog.dataset.failed); }
  draw();
}

const say = (text) => document.dispatchEvent(new CustomEvent('desk:say', { detail: { text, tone: 'danger' } }));
const words = (text) => text.toLocaleLowerCase().split(/\s+/).filter(Boolean);
const fits = (item, wanted) => { const text = `${item.label} ${item.sub} ${item.words}`.toLocaleLowerCase(); return wanted.every((word) => text.includes(word)); };
// What begins with the words stands before what only has them somewhere.
const rank = (item, wanted) => (wanted.length && item.label.toLocaleLowerCase().split(/\s+/).some((word) => word.startsWith(wanted[0])) ? 0 : 1);

function groups() {
  const wanted = words(field.value);
  const fitting = offered.map(({ title, items }) => ({ title, items: items.filter((item) => fits(item, wanted)).sort((a, b) => rank(a, wanted) - rank(b, wanted)) })).filter(({ items }) => items.length);
  const more = found.map(({ title, items }) => ({ title, items: items.filter((item) => !fitting.some((group) => group.items.some((one) => one.href && one.href === item.href))) })).filter(({ items }) => items.length);
  const text = field.value.trim();
  if (text.length > 1) more.push({ title: '', items: [{ label: dialog.dataset.search.replace('{0}', text), icon: 'search', how: 'go', href: `/search/?q=${encodeURIComponent(text)}`, sub: '', keys: [] }] });
  return [...fitting, ...more];
}

function icon(name) {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  svg.setAttribute('class', 'icon'); svg.setAttribute('viewBox', '0 0 16 16'); svg.setAttribute('aria-hidden', 'true');
  const use = document.createElementNS('http://www.w3.org/2000/svg', 'use');
  use.setAttribute('href', `#i-${name}`);
  svg.append(use);
  return svg;
}

function marked(text, wanted) {
  const span = document.createElement('span');
  const word = wanted.find((one) => text.toLocaleLowerCase().includes(one));
  const from = word ? text.toLocaleLowerCase().indexOf(word) : -1;
  if (from < 0) { span.textContent = text; return span; }
  const mark = document.createElement('mark');
  mark.textContent = text.slice(from, from + word.length);
  span.append(text.slice(0, from), mark, text.slice(from + word.length));
  return span;
}

function line(item, index, wanted, chosen = at, ids = 'palette') {
  const row = document.createElement('div');
  row.className = 'palette__item';
  row.id = `${ids}-${index}`;
  row.setAttribute('role', 'option');
  row.setAttribute('aria-selected', String(index === chosen));
  row.dataset.at = index;
  const name = marked(item.label, wanted);
  name.className = 'nm';
  row.append(icon(item.icon || 'right'), name);
  if (item.sub) { const sub = marked(item.sub, wanted); sub.className = 'sub wide'; row.append(sub); }
  const end = document.createElement('span');
  end.className = 'end';
  if (item.priority) { const prio = document.createElement('span'); prio.className = 'prio'; prio.dataset.p = item.priority.slice(1); prio.textContent = item.priority; end.append(prio); }
  for (const key of item.keys ?? []) { const kbd = document.createElement('kbd'); kbd.textContent = key; end.append(kbd); }
  row.append(end);
  return row;
}

let shown = [];
function draw() {
  const wanted = words(field.value);
  shown = [];
  const parts = [];
  for (const { title, items } of groups()) {
    const group = document.createElement('div');
    group.setAttribute('role', 'group');
    if (title) { const head = document.createElement('h4'); head.setAttribute('role', 'presentation'); head.textContent = title; group.setAttribute('aria-label', title); group.append(head); }
    for (const item of items) { group.append(line(item, shown.length, wanted)); shown.push(item); }
    parts.push(group);
  }
  at = Math.max(0, Math.min(at, shown.length - 1));
  list.replaceChildren(...parts);
  choose(at);
}

function choose(index) {
  at = index;
  for (const row of list.querySelectorAll('.palette__item')) row.setAttribute('aria-selected', String(Number(row.dataset.at) === at));
  const row = document.getElementById(`palette-${at}`);
  if (row) { field.setAttribute('aria-activedescendant', row.id); row.scrollIntoView({ block: 'nearest' }); } else field.removeAttribute('aria-activedescendant');
}

function act(item) {
  shut();
  if (item.how === 'go') location.assign(item.href);
  else if (item.how === 'ask' && document.getElementById('ask')) globalThis.htmx.ajax('GET', item.href, '#ask');
  else if (item.how === 'ask') location.assign(item.href);
  else if (item.how === 'post') {
    const form = document.createElement('form');
    form.method = 'post'; form.action = item.href;
    for (const [name, value] of Object.entries({ csrfmiddlewaretoken: document.body.dataset.csrf })) {
      const hidden = document.createElement('input');
      hidden.type = 'hidden'; hidden.name = name; hidden.value = value;
      form.append(hidden);
    }
    document.body.append(form);
    form.submit();
  } else if (item.how === 'key') document.dispatchEvent(new CustomEvent('desk:key', { detail: item.href }));
  else if (item.how === 'many') document.dispatchEvent(new CustomEvent('desk:many', { detail: item.href }));
  else if (item.how === 'macro') document.dispatchEvent(new CustomEvent('desk:macro', { detail: { words: item.href, id: item.href.match(/(\d+)\/$/)?.[1] } }));
}

field.addEventListener('input', () => {
  at = 0;
  draw();
  const mine = ++asked, text = field.value.trim();
  if (text.length < 2) { found = []; draw(); return; }
  setTimeout(async () => {
    if (mine !== asked || !dialog.open) return;
    try { const groups = await read(`${dialog.dataset.find}?q=${encodeURIComponent(text)}`); if (mine === asked) { found = groups; draw(); } } catch { /* what is offered here still works */ }
  }, 160);
});
field.addEventListener('keydown', (event) => {
  if (event.key === 'ArrowDown' || event.key === 'ArrowUp') { event.preventDefault(); if (shown.length) choose((at + (event.key === 'ArrowDown' ? 1 : -1) + shown.length) % shown.length); }
  else if (event.key === 'Home' && event.ctrlKey) choose(0);
  else if (event.key === 'Enter' && !event.isComposing) { event.preventDefault(); event.stopPropagation(); if (shown[at]) act(shown[at]); }
  else if (event.key === 'Escape') { event.preventDefault(); event.stopPropagation(); shut(); }
});
list.addEventListener('pointermove', (event) => { const row = event.target.closest('.palette__item'); if (row && Number(row.dataset.at) !== at) choose(Number(row.dataset.at)); });
list.addEventListener('click', (event) => { const row = event.target.closest('.palette__item'); if (row) act(shown[Number(row.dataset.at)]); });
dialog.addEventListener('click', (event) => { if (event.target === dialog) shut(); });
document.addEventListener('keydown', (event) => {
  if ((event.ctrlKey || event.metaKey) && !event.altKey && event.key.toLowerCase() === 'k') { event.preventDefault(); if (dialog.open) shut(); else open(); }
}, true);
document.addEventListener('click', (event) => { if (event.target.closest('[data-palette]')) { event.preventDefault(); open(); } });

// The search box beside every page: what a few letters find stands below it; arrows choose, Enter
// opens what is chosen, or searches.
const rail = document.getElementById('rail-q');
if (rail) {
  const below = document.createElement('div');
  below.id = 'rail-found';
  below.className = 'popover railfound';
  below.setAttribute('role', 'listbox');
  below.setAttribute('aria-label', rail.labels[0].textContent);
  below.hidden = true;
  rail.form.append(below);
  for (const [name, value] of Object.entries({ role: 'combobox', 'aria-autocomplete': 'list', 'aria-controls': below.id, 'aria-expanded': 'false' })) rail.setAttribute(name, value);
  let items = [], chosen = -1, turn = 0, timer = 0;

  const show = (open) => {
    below.hidden = !open;
    rail.setAttribute('aria-expanded', String(open));
    if (!open) { chosen = -1; rail.removeAttribute('aria-activedescendant'); return; }
    const box = rail.form.getBoundingClientRect();
    below.style.insetBlockStart = `${box.bottom + 4}px`;
    below.style.insetInlineStart = `${box.left}px`;
  };
  const mark = (place) => {
    chosen = place;
    for (const row of below.querySelectorAll('.palette__item')) row.setAttribute('aria-selected', String(Number(row.dataset.at) === chosen));
    const row = document.getElementById(`rail-found-${chosen}`);
    if (row) { rail.setAttribute('aria-activedescendant', row.id); row.scrollIntoView({ block: 'nearest' }); } else rail.removeAttribute('aria-activedescendant');
  };
  const fill = (found) => {
    const wanted = words(rail.value);
    items = [];
    below.replaceChildren(...found.map(({ title, items: some }) => {
      const group = document.createElement('div'), head = document.createElement('h4');
      group.setAttribute('role', 'group');
      group.setAttribute('aria-label', title);
      head.setAttribute('role', 'presentation');
      head.textContent = title;
      group.append(head, ...some.map((item, n) => line({ ...item, keys: [] }, items.length + n, wanted, -1, 'rail-found')));
      items.push(...some);
      return group;
    }));
    chosen = -1;
    rail.removeAttribute('aria-activedescendant');
    show(items.length > 0);
  };
  const look = () => {
    clearTimeout(timer);
    const mine = (turn += 1);
    timer = setTimeout(async () => {
      try {
        const found = await read(`${dialog.dataset.find}?recent=1&q=${encodeURIComponent(rail.value.trim())}`);
        if (mine === turn && document.activeElement === rail) fill(found);
      } catch { /* Enter still searches */ }
    }, 160);
  };
  rail.addEventListener('input', look);
  rail.addEventListener('focus', look);
  rail.addEventListener('blur', () => { turn += 1; clearTimeout(timer); show(false); });
  rail.addEventListener('keydown', (event) => {
    if (below.hidden || event.isComposing) return;
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault();
      const places = items.length + 1;
      mark(((chosen + 1 + (event.key === 'ArrowDown' ? 1 : -1) + places) % places) - 1);
    } else if (event.key === 'Enter' && items[chosen]) { event.preventDefault(); location.assign(items[chosen].href); }
    else if (event.key === 'Escape') { event.stopPropagation(); show(false); }
  });
  below.addEventListener('mousedown', (event) => event.preventDefault());
  below.addEventListener('click', (event) => { const row = event.target.closest('.palette__item'); if (row) location.assign(items[Number(row.dataset.at)].href); });
}
