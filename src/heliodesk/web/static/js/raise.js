// The form to raise a case: counts, proves, sends files ahead, and keeps what is typed in this tab.
const form = document.querySelector('[data-raise]');
if (form) {
  const prove = () => proofOf(form.elements.page.value, Number(form.dataset.bits));
  const files = sendsFiles(form, prove);
  const details = form.querySelector('[data-details]');
  const count = form.querySelector('[data-count]');
  const said = form.querySelector('[data-count-said]');
  const meter = form.querySelector('[data-meter]');
  const limit = Number(form.dataset.limit);
  const shown = (number) => number.toLocaleString(document.documentElement.lang);
  let speaking = 0;
  const tell = () => {
    const length = [...details.value].length;
    count.textContent = said.dataset.shown.replace('%(count)s', shown(length)).replace('%(limit)s', shown(limit));
    count.classList.toggle('is-over', length > limit);
    meter.value = Math.min(length, limit);
    meter.toggleAttribute('data-over', length > limit);
    clearTimeout(speaking);
    speaking = setTimeout(() => {
      const left = limit - length;
      said.textContent = left < 0 ? said.dataset.many.replace('%(n)s', -left) : left <= 200 ? said.dataset.few.replace('%(n)s', left) : '';
    }, 800);
  };
  details.addEventListener('input', tell);
  tell();

  // Fields of another kind of case are put aside, and sent empty.
  const ofKind = () => {
    const kind = form.elements.kind.value;
    for (const box of form.querySelectorAll('[data-kinds]')) {
      const kinds = box.dataset.kinds;
      box.hidden = Boolean(kinds) && !kinds.split(' ').includes(kind);
      for (const field of box.querySelectorAll('input, select, textarea')) field.disabled = box.hidden;
    }
  };
  form.addEventListener('change', ofKind);
  ofKind();

  // What is typed outlives a reload and a broken line, in this tab only, until it is sent.
  const kept = `raise ${location.pathname}`;
  const own = [...form.querySelectorAll('[data-kinds] :is(input, textarea)')].map((field) => field.name);
  const fields = [...own, 'name', 'address', 'company', 'identifier', 'subject', 'details', 'alternative', 'trace_from', 'trace_to', 'trace_subject'];
  try {
    const before = JSON.parse(sessionStorage.getItem(kept) ?? '{}');
    for (const name of fields) if (before[name] && form.elements[name] && !form.elements[name].value) form.elements[name].value = before[name];
    tell();
  } catch { sessionStorage.removeItem(kept); }
  form.addEventListener('input', () => {
    const now = {};
    for (const name of fields) if (form.elements[name]?.value) now[name] = form.elements[name].value;
    sessionStorage.setItem(kept, JSON.stringify(now));
  });

  form.addEventListener('focusin', () => { prove().then((nonce) => { form.elements.proof.value = nonce; }); }, { once: true });
  form.addEventListener('submit', (event) => {
    if (files.busy()) {
      event.preventDefault(); delete form.dataset.sent;
      form.querySelector('[data-list]').setAttribute('aria-busy', 'true');
      const wait = setInterval(() => { if (!files.busy()) { clearInterval(wait); form.querySelector('[data-list]').removeAttribute('aria-busy'); form.requestSubmit(event.submitter); } }, 200);
      return;
    }
    if (!form.elements.proof.value) {
      event.preventDefault();
      prove().then((nonce) => { form.elements.proof.value = nonce; form.requestSubmit(event.submitter); });
    }
  });
}
