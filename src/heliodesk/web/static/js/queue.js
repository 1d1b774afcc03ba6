// The list: j and k move, Enter opens, x selects, a takes. News changes rows in place.
const rows = () => [...document.querySelectorAll('[data-list] .qrow')];
let at = null;

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

async function take(row) {
  const answer = await fetch(`${row.getAttribute('href')}take/`, {
    method: 'POST', headers: { 'X-CSRFToken': document.body.dataset.csrf, 'HX-Request': 'true' },
  });
  const text = await answer.text();
  document.dispatchEvent(new CustomEvent('desk:say', { detail: { text, tone: answer.ok ? '' : 'danger' } }));
  document.getElementById('list').dispatchEvent(new CustomEvent('journal', { detail: {} }));
}

document.addEventListener('keydown', (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest('input, textarea, select') || document.querySelector('dialog[open]')) return;
  if (event.key === 'j') move(1);
  else if (event.key === 'k') move(-1);
  else if (event.key === 'Enter' && current() && !event.target.closest('a, button')) current().click();
  else if (event.key === 'x' && current()) current().classList.toggle('is-picked');
  else if (event.key === 'a' && current()) {
    const picked = document.querySelectorAll('.qrow.is-picked');
    (picked.length ? [...picked] : [current()]).forEach(take);
  }
});

// After a refresh the mark stays where it was, and what changed lights up once.
let seen = new Map();
const remember = () => { seen = new Map(rows().map((row) => [row.id, row.dataset.version])); };
remember();
document.body.addEventListener('htmx:afterSwap', (event) => {
  if (event.target.id !== 'list') return;
  for (const row of rows()) if (seen.get(row.id) !== row.dataset.version) row.classList.add('is-news');
  mark(current());
  remember();
});
document.getElementById('list')?.addEventListener('htmx:beforeSwap', (event) => {
  event.target.dataset.scrolled = String(event.target.scrollTop);
});
