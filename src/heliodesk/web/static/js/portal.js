// Small comforts of every page of the portal; without them everything still works.
document.documentElement.classList.add('js');
document.addEventListener('change', (event) => {
  if (event.target.matches('select[data-submits]')) event.target.form.requestSubmit();
});
// A menu closes when one looks elsewhere.
document.addEventListener('click', (event) => {
  for (const menu of document.querySelectorAll('details.menu[open]')) if (!menu.contains(event.target)) menu.open = false;
});
document.addEventListener('keydown', (event) => {
  if (event.key !== 'Escape') return;
  for (const menu of document.querySelectorAll('details.menu[open]')) { menu.open = false; menu.querySelector('summary').focus(); }
});
// The button that was pressed shows that something is under way; pressing again does nothing.
document.addEventListener('submit', (event) => {
  if (event.defaultPrevented) return;
  const form = event.target;
  if (form.dataset.sent) { event.preventDefault(); return; }
  if (form.method === 'post') {
    form.dataset.sent = 'yes';
    (event.submitter ?? form.querySelector('button'))?.setAttribute('aria-busy', 'true');
  }
});
addEventListener('pageshow', () => {
  for (const form of document.querySelectorAll('form[data-sent]')) { delete form.dataset.sent; form.querySelector('[aria-busy]')?.removeAttribute('aria-busy'); }
});
document.addEventListener('click', async (event) => {
  const button = event.target.closest('[data-copy]');
  if (!button) return;
  await navigator.clipboard.writeText(button.dataset.copy);
  const said = document.getElementById(button.dataset.says);
  if (said) said.textContent = button.dataset.copied;
});
// Of a wide table one's own column is seen first.
for (const own of document.querySelectorAll('.tablewrap thead .own')) {
  const wrap = own.closest('.tablewrap');
  wrap.scrollLeft = own.offsetLeft + own.offsetWidth - wrap.clientWidth;
}
document.querySelector('[data-trouble]')?.focus();
for (const print of document.querySelectorAll('[data-print]')) { print.hidden = false; print.addEventListener('click', () => window.print()); }
// What was typed into the form is forgotten once it was sent.
if (document.querySelector('[data-forget]')) for (const key of Object.keys(sessionStorage)) if (key.startsWith('raise ')) sessionStorage.removeItem(key);
