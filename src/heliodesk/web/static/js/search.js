// The search box: suggestions below it while somebody types; arrows choose, Enter or Tab takes one.
const box = document.querySelector('input[data-suggest]');
if (box) {
  const list = document.createElement('ul');
  list.id = 'suggestions';
  list.className = 'popover suggestions';
  list.setAttribute('role', 'listbox');
  list.setAttribute('aria-label', box.labels?.[0]?.textContent ?? '');
  list.hidden = true;
  box.form.append(list);
  for (const [name, value] of Object.entries({ role: 'combobox', 'aria-autocomplete': 'list', 'aria-controls': list.id, 'aria-expanded': 'false' })) box.setAttribute(name, value);

  let asked = 0;
  let chosen = -1;
  let timer = 0;
  const options = () => [...list.children];
  const show = (open) => {
    list.hidden = !open;
    box.setAttribute('aria-expanded', String(open));
    if (!open) { chosen = -1; box.removeAttribute('aria-activedescendant'); }
  };
  const choose = (place) => {
    const all = options();
    chosen = (place + all.length + 1) % (all.length + 1);
    if (chosen === all.length) chosen = -1;
    all.forEach((one, n) => one.setAttribute('aria-selected', String(n === chosen)));
    if (chosen < 0) box.removeAttribute('aria-activedescendant');
    else { box.setAttribute('aria-activedescendant', all[chosen].id); all[chosen].scrollIntoView({ block: 'nearest' }); }
  };
  const look = async () => {
    const mine = (asked += 1);
    const caret = box.selectionStart ?? box.value.length;
    if (caret < box.value.length && !/\s/.test(box.value[caret])) { show(false); return; }
    try {
      const answer = await fetch(`${box.dataset.suggest}?q=${encodeURIComponent(box.value.slice(0, caret))}`);
      if (!answer.ok || mine !== asked || document.activeElement !== box) return;
      const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
      list.replaceChildren(...[...page.querySelectorAll('li')].map((one) => document.adoptNode(one)));
      chosen = -1;
      show(list.children.length > 0);
    } catch { /* the line is down; the box works without */ }
  };
  const put = (option) => {
    const caret = box.selectionStart ?? box.value.length;
    const tail = box.value.slice(caret).trimStart();
    const text = option.dataset.put;
    box.value = text + tail;
    box.setSelectionRange(text.length, text.length);
    show(false);
    look();
  };

  box.addEventListener('input', () => { choose(-1); clearTimeout(timer); timer = setTimeout(look, 120); });
  box.addEventListener('focus', () => { if (!box.value) look(); });
  box.addEventListener('blur', () => { asked += 1; setTimeout(() => show(false), 150); });
  box.addEventListener('keydown', (event) => {
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault();
      if (list.hidden) look(); else choose(chosen + (event.key === 'ArrowDown' ? 1 : -1));
    } else if (event.key === 'Escape' && !list.hidden) {
      event.preventDefault();
      event.stopPropagation();
      show(false);
    } else if ((event.key === 'Enter' || event.key === 'Tab') && !list.hidden && chosen >= 0) {
      event.preventDefault();
      put(options()[chosen]);
    }
  });
  list.addEventListener('mousedown', (event) => {
    const option = event.target.closest('[role="option"]');
    if (!option) return;
    event.preventDefault();
    put(option);
  });
}
