// The form of a view: what is ticked in a long list is named on its button; it closes by itself.
document.addEventListener('change', (event) => {
  // What a condition is about decides what it can be compared with: the server says.
  if (event.target.matches('[data-again]')) event.target.form.dispatchEvent(new CustomEvent('again'));
  const many = event.target.closest('.pickmany');
  if (!many) return;
  const names = [...many.querySelectorAll('input:checked')].map((box) => box.parentElement.textContent.trim());
  const summary = many.querySelector('summary');
  summary.textContent = names.join(', ') || summary.dataset.none;
});
document.addEventListener('click', (event) => {
  for (const open of document.querySelectorAll('.pickmany[open]')) if (!open.contains(event.target)) open.open = false;
});
document.addEventListener('keydown', (event) => {
  const open = event.key === 'Escape' && event.target.closest?.('.pickmany[open]');
  if (open) { open.open = false; open.querySelector('summary').focus(); }
});
