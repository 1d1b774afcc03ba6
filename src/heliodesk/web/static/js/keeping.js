// What somebody has typed and opened in a part of the page stays when the desk puts that part in
// anew. Each of these looks now and gives back what restores it afterwards.
const FIELDS = ':is(input:not([type=hidden], [type=checkbox], [type=radio]), textarea, select)[id]';
// As the desk made the field: where it makes it otherwise now, what was typed is out of date.
const made = (field) => field.defaultValue ?? (field.querySelector('option[selected]') ?? field.options[0])?.value;

export function typed(part) {
  const active = part.contains(document.activeElement) ? document.activeElement.id : '';
  const fields = [...part.querySelectorAll(FIELDS)].filter((field) => field.value !== made(field))
    .map((field) => [field.id, made(field), field.value, field.selectionStart, field.selectionEnd]);
  return () => {
    for (const [id, before, value, start, end] of fields) {
      const field = document.getElementById(id);
      if (!field || made(field) !== before) continue;
      field.value = value;
      if (id !== active) continue;
      field.focus({ preventScroll: true });
      if (start != null) field.setSelectionRange(start, end);
    }
  };
}

function folds(part) {
  const found = new Map();
  for (const fold of part.querySelectorAll('details')) {
    const about = fold.closest('[id], [data-said]');
    const name = [about?.id || about?.dataset.said, fold.querySelector('summary')?.textContent.trim()].join(' ');
    let nth = 0;
    while (found.has(`${name} ${nth}`)) nth += 1;
    found.set(`${name} ${nth}`, fold);
  }
  return found;
}
export function opened(part) {
  const open = [...folds(part)].filter(([, fold]) => fold.open).map(([name]) => name);
  return () => {
    const now = open.length ? folds(part) : null;
    for (const name of open) { const fold = now.get(name); if (fold) fold.open = true; }
  };
}
