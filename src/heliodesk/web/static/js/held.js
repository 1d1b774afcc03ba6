// Held mail: j and k go to the next and the last item, a form that opens takes the cursor.
const items = () => [...document.querySelectorAll('[data-held]')];

document.addEventListener('keydown', (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest('input, textarea, select')) return;
  if (event.key !== 'j' && event.key !== 'k') return;
  const all = items();
  const at = all.findIndex((item) => item.getAttribute('aria-current') === 'true');
  const next = all[at + (event.key === 'j' ? 1 : -1)];
  if (next) { event.preventDefault(); next.click(); }
});

for (const act of document.querySelectorAll('details.act')) {
  act.addEventListener('toggle', () => {
    if (!act.open) return;
    for (const other of document.querySelectorAll('details.act[open]')) if (other !== act) other.open = false;
    act.querySelector('input:not([type=hidden]), textarea')?.focus();
  });
}
document.querySelector('[data-held][aria-current="true"]')?.scrollIntoView({ block: 'nearest' });
