// Every agent page: shortcuts, notices, the help. Single letters are off while somebody types.
import { opened, typed } from './keeping.js';

// A field of a dialog that was just closed keeps the focus until the browser paints again.
const typing = (el) => el?.closest('input, textarea, select, [contenteditable]') && !el.closest('dialog:not([open])');
let going = 0;

const keyed = (key) => [...document.querySelectorAll('[data-key]')].find((el) => el.dataset.key === key && !el.closest('[hidden]'));

document.addEventListener('keydown', (event) => {
  if (event.key === 'Escape' && typing(event.target)) { event.target.blur(); return; }
  if (event.ctrlKey && event.key === 'Enter') {
    const form = event.target.closest?.('form');
    if (form) { event.preventDefault(); form.requestSubmit(form.querySelector('[data-send]') ?? undefined); }
    return;
  }
  if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target) || document.querySelector('dialog[open]')) return;
  if (going && Date.now() - going < 1500) {
    going = 0;
    const way = document.querySelector(`[data-go="${CSS.escape(event.key)}"]`);
    if (way) { event.preventDefault(); way.click(); }
    return;
  }
  if (event.key === 'g') { going = Date.now(); return; }
  if (event.key === '?') { event.preventDefault(); document.getElementById('shortcuts')?.showModal(); return; }
  if (press(event.key)) event.preventDefault();
});

function press(key) {
  const target = keyed(key);
  if (!target) return false;
  if (target.matches('input, textarea')) { target.focus(); target.select?.(); } else target.click();
  return true;
}
document.addEventListener('desk:key', (event) => press(event.detail));

document.addEventListener('click', (event) => {
  if (event.target.closest('[data-shortcuts]')) document.getElementById('shortcuts')?.showModal();
  const copy = event.target.closest('[data-copy]');
  if (copy) navigator.clipboard?.writeText(copy.dataset.copy).then(() => say(copy.dataset.copied));
  for (const open of document.querySelectorAll('.rail details.me[open], details.menu[open]')) if (!open.contains(event.target)) open.open = false;
});

function say(text, tone) {
  const toast = document.createElement('div');
  toast.className = 'toast';
  if (tone) toast.dataset.tone = tone;
  toast.textContent = text;
  document.getElementById('toasts')?.append(toast);
  setTimeout(() => toast.remove(), 8000);
}
for (const toast of document.querySelectorAll('[data-toast]')) setTimeout(() => toast.remove(), 8000);

document.addEventListener('desk:say', (event) => say(event.detail.text, event.detail.tone));
document.body.addEventListener('htmx:responseError', (event) => {
  const answer = event.detail.xhr;
  say(answer.getResponseHeader('Content-Type')?.startsWith('text/plain') ? answer.responseText : answer.statusText, 'danger');
});
document.body.addEventListener('htmx:configRequest', (event) => { event.detail.headers['X-CSRFToken'] = document.body.dataset.csrf; });

// News replace parts of the page; what somebody has typed and opened there stays.
let restores = null;
const keep = (part) => restores?.push(typed(part), opened(part));
document.body.addEventListener('htmx:beforeSwap', (event) => {
  restores = event.detail.requestConfig?.triggeringEvent?.type === 'journal' ? [] : null;
  keep(event.detail.target);
});
document.body.addEventListener('htmx:oobBeforeSwap', (event) => keep(event.detail.target));
document.body.addEventListener('htmx:afterSwap', () => { for (const restore of restores ?? []) restore(); restores = null; });
