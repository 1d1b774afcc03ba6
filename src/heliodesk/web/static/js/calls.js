// The phone desk: an ID is asked for as soon as it is whole, keys answer the questions.
import { typed } from './keeping.js';

const typing = (el) => el?.closest('input, textarea, select');
const desk = () => document.getElementById('desk');
const digits = (text) => text.replace(/\D/g, '');

// The time that has gone by since a moment, counted every second.
function count() {
  for (const el of document.querySelectorAll('[data-since]')) {
    const s = Math.max(0, Math.floor((Date.now() - Date.parse(el.dataset.since)) / 1000));
    const said = s < 3600 ? `${Math.floor(s / 60)}:${String(s % 60).padStart(2, '0')}` : `${Math.floor(s / 3600)} h ${String(Math.floor(s / 60) % 60).padStart(2, '0')}`;
    if (el.textContent !== said) el.textContent = said;
  }
}
count();
setInterval(count, 1000);
document.body.addEventListener('htmx:afterSwap', count);

// An answer of the server replaces the desk; what is being typed meanwhile stays.
let restore = null;
document.body.addEventListener('htmx:beforeSwap', () => { restore = desk() ? typed(desk()) : null; });
document.body.addEventListener('htmx:afterSwap', () => { restore?.(); restore = null; });

document.addEventListener('input', (event) => {
  const field = event.target;
  if (!field.matches?.('[data-digits]')) return;
  const wanted = Number(field.dataset.digits), given = digits(field.value);
  if (given.length === wanted && given !== digits(field.dataset.before)) { field.dataset.before = field.value; field.form.requestSubmit(); return; }
  const help = field.form.querySelector('[data-short]');
  if (help && given.length && given.length < wanted) help.textContent = help.dataset.short.replace('{0}', wanted - given.length);
});

// Which question y and n answer: the one chosen by its number, else the first without an answer.
let chosen = '';
const questions = () => [...document.querySelectorAll('[data-question]')];
function current() {
  const open = questions().filter((q) => !q.querySelector('[aria-pressed="true"]') && !q.querySelector('button[disabled]'));
  return questions().find((q) => q.dataset.question === chosen) ?? open[0];
}
function mark() {
  for (const q of questions()) q.toggleAttribute('data-asked', q.dataset.question === chosen);
}

document.addEventListener('keydown', (event) => {
  if (!desk() || event.ctrlKey || event.metaKey || event.altKey || document.querySelector('dialog[open]')) return;
  if (typing(event.target)) return;
  if (event.key === '2' || event.key === '3') { chosen = event.key; mark(); event.preventDefault(); return; }
  if (event.key === 'y' || event.key === 'n') {
    const button = current()?.querySelector(`button[value="${event.key === 'y' ? 'yes' : 'no'}"]`);
    if (button) { event.preventDefault(); event.stopPropagation(); chosen = ''; button.click(); }
    return;
  }
  if (event.key === 'Enter' && !event.target.closest('a, button, summary')) { document.querySelector('[data-due]')?.click(); event.preventDefault(); }
  if (event.key === 'Escape') location.assign('/calls/');
}, true);

document.addEventListener('click', (event) => {
  const focus = event.target.closest('[data-focus]');
  if (focus) { const field = document.getElementById(focus.dataset.focus) ?? document.getElementById('f-text'); field?.scrollIntoView({ block: 'center' }); field?.focus(); }
  const ref = event.target.closest('[data-ref]');
  const box = document.getElementById('f-ref');
  if (ref && box) { event.preventDefault(); box.value = ref.dataset.ref; box.form.requestSubmit(box.form.querySelector('.refbox button')); }
});
