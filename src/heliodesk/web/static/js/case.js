// The case: boxes to write in, drafts kept as one types, letters that can be taken back, who else is
// here, dialogs, originals in a locked frame.
import { suggests } from './suggest.js';
import { takesFiles } from './attaching.js';

document.documentElement.classList.add('js');
const boxes = [...document.querySelectorAll('.composer')];
const scroll = document.getElementById('scroll');
const thread = document.getElementById('thread');
const csrf = document.body.dataset.csrf;
if (scroll) scroll.scrollTop = scroll.scrollHeight;

const open = () => boxes.find((box) => !box.hidden);
function show(mode, focus) {
  for (const box of boxes) box.hidden = box.dataset.mode !== mode;
  for (const tab of document.querySelectorAll('[data-write]')) tab.toggleAttribute('aria-current', tab.dataset.write === mode);
  for (const tab of document.querySelectorAll('[data-write][aria-current]')) tab.setAttribute('aria-current', 'true');
  if (!focus) return;
  const box = open();
  const first = mode === 'forward' ? box.querySelector('input[name="to"]') : null;
  const text = box?.querySelector('textarea');
  if (first && !first.value) { first.focus(); return; }
  text?.focus();
  text?.setSelectionRange(text.value.length, text.value.length);
}
if (open()) show(open().dataset.mode);
// Going to the box by its address takes the focus away once more; it comes back after that.
if (location.hash.startsWith('#write-')) addEventListener('load', () => setTimeout(() => { if (open()) show(open().dataset.mode, true); }, 50));

document.addEventListener('click', (event) => {
  const forward = event.target.closest('[data-forward]');
  if (forward && boxes.some((box) => box.dataset.mode === 'forward')) {
    event.preventDefault();
    choose(forward.dataset.forward);
    show('forward', true);
    return;
  }
  const tab = event.target.closest('[data-write]');
  // A box that is not on this page comes by the tab's address.
  if (tab && boxes.some((box) => box.dataset.mode === tab.dataset.write)) { event.preventDefault(); show(tab.dataset.write, true); }
  if (event.target.closest('[data-close]')) {
    const dialog = event.target.closest('dialog');
    if (dialog) { event.preventDefault(); dialog.close(); }
  }
  const more = event.target.closest('[data-show]');
  if (more) {
    const field = more.closest('form').querySelector(`.addr input[name="${more.dataset.show}"]`);
    field.closest('.addr').hidden = false;
    field.focus();
  }
});

function tell(form, trouble) {
  form.querySelector('.callout')?.remove();
  form.querySelector('h2').parentElement.after(trouble);
  trouble.scrollIntoView({ block: 'nearest' });
}

// What a dialog sends is refused in the dialog, where it can be put right; nothing typed is lost.
document.addEventListener('submit', async (event) => {
  const form = event.target.closest('#ask form[method="post"]');
  if (!form || event.defaultPrevented) return;
  event.preventDefault();
  if (form.dataset.sent) return;
  form.dataset.sent = 'yes';
  const button = event.submitter ?? form.querySelector('button');
  button.setAttribute('aria-busy', 'true');
  try {
    const answer = await fetch(form.action, { method: 'POST', body: new FormData(form, event.submitter), redirect: 'manual' });
    if (answer.type === 'opaqueredirect') { location.assign(form.querySelector('[data-close]').href); return; }
    const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
    const trouble = page.querySelector('.asks-form .callout');
    if (!trouble) { form.submit(); return; }
    tell(form, document.adoptNode(trouble));
  } catch {
    // It may have been done and only the answer was lost: sending it once more is for a person to decide.
    const lost = document.createElement('div');
    lost.className = 'callout'; lost.dataset.tone = 'danger'; lost.textContent = form.dataset.lost;
    lost.setAttribute('role', 'alert');
    tell(form, lost);
  }
  delete form.dataset.sent;
  button.removeAttribute('aria-busy');
});

// What is forwarded: its own files can be chosen, those of others are out of the way.
const messages = document.querySelector('[data-message]');
function choose(id) {
  if (messages && id !== undefined) messages.value = id;
  for (const item of document.querySelectorAll('.forwarded [data-of]')) {
    item.hidden = item.dataset.of !== messages.value;
    item.querySelector('input').disabled = item.hidden;
  }
}
messages?.addEventListener('change', () => choose());

// A macro: its words where the cursor is, and what it does once the message is sent.
async function useMacro(box, address, id) {
  const text = box.querySelector('textarea');
  const answer = await fetch(address, { headers: { Accept: 'application/json' } });
  if (!answer.ok) return;
  text.setRangeText((await answer.json()).text, text.selectionStart, text.selectionEnd, 'end');
  const used = document.createElement('input');
  used.type = 'hidden'; used.name = 'macro'; used.value = id;
  box.querySelector('[data-macros]').append(used);
  text.dispatchEvent(new Event('input', { bubbles: true }));
  text.focus();
}
document.addEventListener('click', (event) => {
  const chosen = event.target.closest('[data-macro]');
  if (!chosen) return;
  chosen.closest('details').open = false;
  useMacro(chosen.closest('form'), chosen.dataset.words, chosen.dataset.macro);
});
document.addEventListener('desk:macro', (event) => { if (open()) useMacro(open(), event.detail.words, event.detail.id); });

// Drafts: kept a moment after the last letter, and when the page goes away.
for (const box of boxes) {
  const text = box.querySelector('textarea');
  const saved = box.querySelector('[data-saved]');
  const fields = () => JSON.stringify([...new FormData(box)].filter(([name, value]) => typeof value === 'string' && ['text', 'to', 'cc', 'bcc', 'message', 'taken', 'macro'].includes(name)));
  let waiting = 0;
  let kept = fields();
  let sending = null;
  const body = () => {
    const form = new FormData(box);
    form.delete('files'); form.delete('kept');
    form.set('mode', box.dataset.mode); form.set('csrfmiddlewaretoken', csrf);
    return form;
  };
  const keep = async () => {
    const now = fields();
    if (now === kept || box.dataset.sent) return;
    kept = now;
    sending = new AbortController();
    try {
      const answer = await fetch(`${box.dataset.case}draft/`, { method: 'POST', body: body(), headers: { 'HX-Request': 'true' }, signal: sending.signal });
      if (answer.ok) saved.textContent = await answer.text();
    } catch { kept = null; }
  };
  box.addEventListener('input', () => { clearTimeout(waiting); waiting = setTimeout(keep, 1200); });
  addEventListener('pagehide', () => { if (fields() !== kept && !box.dataset.sent) navigator.sendBeacon(`${box.dataset.case}draft/`, body()); });
  const files = takesFiles(box, { csrf, say: (words) => { saved.textContent = words; } });
  box.addEventListener('submit', (event) => {
    const button = event.submitter ?? box.querySelector('[data-send]');
    if (files.busy()) {
      event.preventDefault();
      button.setAttribute('aria-busy', 'true');
      const wait = setInterval(() => { if (!files.busy()) { clearInterval(wait); box.requestSubmit(event.submitter ?? undefined); } }, 150);
      return;
    }
    if (box.dataset.sent) { event.preventDefault(); return; }
    clearTimeout(waiting);
    sending?.abort();
    box.dataset.sent = 'yes';
    if (box.dataset.mode !== 'note' && !box.querySelector('[name="hold"]')) {
      const hold = document.createElement('input');
      hold.type = 'hidden'; hold.name = 'hold'; hold.value = '1';
      box.append(hold);
    }
    setTimeout(() => { button.setAttribute('aria-busy', 'true'); }, 0);
  });
  box.querySelector('[data-signature]')?.addEventListener('toggle', async (event) => {
    const place = event.target.querySelector('[data-signed]');
    if (!event.target.open || place.textContent) return;
    const answer = await fetch(`${box.dataset.case}signature/`);
    if (answer.ok) place.textContent = await answer.text();
  });
  for (const field of box.querySelectorAll('[data-addresses]')) suggests(field, { from: `${box.dataset.case}addresses/`, begins: /(?:^|[,;]\s*)([^,;\s]*)$/, ends: ', ' });
  if (text.matches('[data-mentions]')) suggests(text, { from: '/colleagues/', begins: /(?:^|[\s(])@([\p{L}\p{N}._-]{0,30}(?: [\p{L}]{0,20})?)$/u, ends: ' ', before: '@' });
}
addEventListener('pageshow', (event) => { if (event.persisted) for (const box of boxes) { delete box.dataset.sent; box.querySelector('[aria-busy]')?.removeAttribute('aria-busy'); } });

// News: the conversation is replaced in place; a box that is being written in says what came.
const written = (box) => box.querySelector('textarea').value.trim();
const said = () => [...document.querySelectorAll('#thread [data-said]')];
document.body.addEventListener('htmx:afterSwap', (event) => {
  if (event.target.id === 'ask') { event.target.showModal(); return; }
  if (event.target.id !== 'thread') return;
  filter();
  countdown();
  const seen = document.getElementById('seen');
  for (const box of boxes) {
    const last = Number(box.querySelector('[data-last]').value);
    const fresh = said().filter((one) => Number(one.dataset.said) > last);
    if (written(box) && fresh.length) tellOf(box, fresh);
    else read(box, seen);
  }
});
function read(box, seen) {
  if (!box.querySelector('[data-moved]').hidden) return;
  box.querySelector('[data-seen]').value = seen.value;
  box.querySelector('[data-last]').value = seen.dataset.last;
}
function tellOf(box, fresh) {
  const strip = box.querySelector('[data-moved]');
  strip.querySelector('[data-news]').replaceChildren(...fresh.slice(-3).map((one) => {
    const quote = document.createElement('blockquote');
    quote.className = 'meanwhile';
    const who = document.createElement('b');
    who.textContent = one.querySelector('.msg__head b').textContent;
    const words = one.querySelector('.words')?.textContent.trim() ?? '';
    quote.append(who, `: ${words.length > 280 ? `${words.slice(0, 280)}…` : words}`);
    return quote;
  }));
  strip.hidden = false;
}
document.addEventListener('click', (event) => {
  const button = event.target.closest('[data-read]');
  if (!button) return;
  const box = button.closest('.composer');
  box.querySelector('[data-moved]').hidden = true;
  read(box, document.getElementById('seen'));
  box.querySelector('textarea').focus();
});
thread?.addEventListener('journal', (event) => {
  const cases = event.detail?.case;
  if (cases && !cases.includes(Number(event.target.dataset.case))) event.stopImmediatePropagation();
}, true);

// Letters that wait: the seconds run, and when one is due the page looks whether it went.
let due = 0;
function countdown() {
  clearInterval(due);
  const running = [...document.querySelectorAll('[data-countdown]')];
  if (!running.length) return;
  let asked = 0;
  const tick = () => {
    let left = Infinity;
    for (const one of running) {
      const seconds = Math.max(0, Math.ceil((Date.parse(one.dataset.countdown) - Date.now()) / 1000));
      one.textContent = `${seconds} s`;
      left = Math.min(left, Date.parse(one.dataset.countdown) - Date.now());
      if (!seconds) one.closest('article').querySelector('.letter__do')?.setAttribute('hidden', '');
    }
    if (left < -1200 && Date.now() - asked > 2000) { asked = Date.now(); globalThis.htmx?.trigger(thread, 'journal', {}); }
  };
  due = setInterval(tick, 250);
  tick();
}
countdown();

// Everything, or only messages: remembered for the next case.
const asked = new URLSearchParams(location.search).get('show');
let only = asked === null ? (localStorage.getItem('case shows') ?? '') : asked === 'messages' ? 'messages' : '';
function filter() {
  if (only) thread.dataset.only = only; else delete thread.dataset.only;
  for (const tab of document.querySelectorAll('a[data-only]')) {
    if (tab.dataset.only === only) tab.setAttribute('aria-current', 'true'); else tab.removeAttribute('aria-current');
  }
}
function filterBy(value) { only = value; localStorage.setItem('case shows', only); filter(); }
if (thread) filter();
document.addEventListener('click', (event) => {
  const tab = event.target.closest('a[data-only]');
  if (tab) { event.preventDefault(); filterBy(tab.dataset.only); }
  if (event.target.closest('[data-only-next]')) filterBy(only ? '' : 'messages');
  const step = event.target.closest('[data-step]');
  if (step) walk(Number(step.dataset.step));
});

// From message to message.
function walk(step) {
  const all = said().filter((one) => one.offsetParent);
  const top = scroll.getBoundingClientRect().top + 8;
  const at = all.findIndex((one) => one === document.activeElement);
  const now = at >= 0 ? at : step > 0 ? all.findLastIndex((one) => one.getBoundingClientRect().top < top) : all.length;
  const next = all[Math.max(0, Math.min(all.length - 1, now + step))];
  if (!next) return;
  next.tabIndex = -1;
  next.focus({ preventScroll: true });
  next.scrollIntoView({ block: 'start' });
}

// Who else is here: said while somebody looks, at once when they begin to write.
const here = document.getElementById('here');
if (here) {
  let writes = false;
  let still = 0;
  const form = (more) => { const body = new FormData(); body.set('csrfmiddlewaretoken', csrf); for (const [name, value] of Object.entries(more)) body.set(name, value); return body; };
  const tell = async () => {
    if (document.hidden) return;
    try {
      const answer = await fetch(here.dataset.here, { method: 'POST', body: form({ writes: writes ? 'yes' : '' }), headers: { 'HX-Request': 'true' } });
      if (!answer.ok) return;
      const parts = new DOMParser().parseFromString(await answer.text(), 'text/html').body.childNodes;
      here.replaceChildren(...[...parts].map((node) => document.adoptNode(node)));
    } catch { /* nobody is told while the line is down */ }
  };
  const writing = (now) => { if (now !== writes) { writes = now; tell(); } };
  for (const box of boxes) box.addEventListener('input', () => { writing(true); clearTimeout(still); still = setTimeout(() => writing(false), 12000); });
  document.addEventListener('presence', (event) => { if (!event.detail || event.detail.includes(Number(thread.dataset.case))) tell(); });
  document.addEventListener('visibilitychange', tell);
  addEventListener('pagehide', () => navigator.sendBeacon(here.dataset.here, form({ gone: 'yes' })));
  setInterval(tell, 30000);
  tell();
}

// The original of a mail, in a frame where nothing runs.
function framed(original) {
  if (!original.open || original.querySelector('iframe')) return;
  const frame = document.createElement('iframe');
  frame.setAttribute('sandbox', 'allow-same-origin allow-popups allow-popups-to-escape-sandbox');
  frame.title = original.querySelector('summary').textContent;
  frame.src = original.dataset.original;
  frame.addEventListener('load', () => {
    const page = frame.contentDocument;
    if (!page) return;
    frame.style.blockSize = `${Math.min(page.documentElement.scrollHeight + 2, 2400)}px`;
    const remote = [...page.images].some((image) => /^https?:/.test(image.getAttribute('src') ?? ''));
    if (remote && !original.querySelector('[data-images]') && !frame.src.includes('images=1')) {
      const load = document.createElement('button');
      load.type = 'button'; load.className = 'btn btn--sm mt2'; load.dataset.images = '';
      load.textContent = original.dataset.load;
      load.addEventListener('click', () => { frame.src = `${original.dataset.original}?images=1`; load.remove(); });
      original.insertBefore(load, frame);
    }
  });
  original.append(frame);
}
document.addEventListener('toggle', (event) => { if (event.target.matches?.('.original')) framed(event.target); }, true);
// Who was faster than this script has opened theirs already.
for (const original of document.querySelectorAll('.original')) framed(original);
