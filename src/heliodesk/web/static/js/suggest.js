// Suggestions while one types: addresses in a field of several, colleagues after an @. The list
// stands above the field; arrows choose, Enter or Tab takes, Escape leaves it.
const list = document.getElementById('suggest');
let owner = null;

export function suggests(field, { from, begins, ends, before = '' }) {
  let found = [];
  let at = 0;
  let asked = 0;
  const mine = () => owner === field && !list.hidden;
  const close = () => { if (owner === field) { list.hidden = true; owner = null; } field.setAttribute('aria-expanded', 'false'); field.removeAttribute('aria-activedescendant'); };
  const typed = () => field.value.slice(0, field.selectionStart).match(begins);

  function draw() {
    list.replaceChildren(...found.map((one, index) => {
      const row = document.createElement('div');
      row.className = 'menu__item'; row.id = `suggest-${index}`;
      row.setAttribute('role', 'option');
      row.setAttribute('aria-selected', String(index === at));
      const name = document.createElement('span');
      name.textContent = one.text;
      row.append(name);
      if (one.sub) { const sub = document.createElement('small'); sub.className = 'muted'; sub.textContent = one.sub; row.append(sub); }
      row.addEventListener('pointerdown', (event) => { event.preventDefault(); at = index; take(); });
      return row;
    }));
    owner = field;
    const place = field.getBoundingClientRect();
    list.hidden = false;
    list.style.insetInlineStart = `${place.left}px`;
    list.style.insetBlockStart = `${Math.max(8, place.top - list.offsetHeight - 4)}px`;
    field.setAttribute('aria-expanded', 'true');
    field.setAttribute('aria-activedescendant', `suggest-${at}`);
  }
  function take() {
    const match = typed();
    if (!match || !found[at]) { close(); return; }
    const end = field.selectionStart, start = end - match[1].length;
    field.setRangeText(found[at].text + ends, start, end, 'end');
    close();
    field.dispatchEvent(new Event('input', { bubbles: true }));
  }
  const look = async () => {
    const match = typed();
    const now = ++asked;
    if (!match || (!before && !match[1])) { close(); return; }
    try {
      const answer = await fetch(`${from}?q=${encodeURIComponent(match[1])}`, { headers: { Accept: 'application/json' } });
      if (!answer.ok || now !== asked || document.activeElement !== field) return;
      found = (await answer.json()).found.filter((one) => one.text !== match[1]);
    } catch { found = []; }
    at = 0;
    if (found.length) draw(); else close();
  };
  let waiting = 0;
  field.addEventListener('input', () => { clearTimeout(waiting); waiting = setTimeout(look, 120); });
  field.addEventListener('blur', close);
  field.addEventListener('keydown', (event) => {
    if (!mine()) return;
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') { event.preventDefault(); at = (at + (event.key === 'ArrowDown' ? 1 : -1) + found.length) % found.length; draw(); }
    else if ((event.key === 'Enter' && !event.ctrlKey) || event.key === 'Tab') { event.preventDefault(); event.stopPropagation(); take(); }
    else if (event.key === 'Escape') { event.preventDefault(); event.stopPropagation(); close(); }
  });
}
