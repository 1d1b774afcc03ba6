// Beside a case: fields are kept as they are left, lists are ticked, news waits while one types.
const place = () => document.getElementById('beside');
// Somebody is in a field, it is on its way, or what they typed was refused and stands there still.
const busy = () => place()?.querySelector('input:not([type=checkbox]):focus, textarea:focus, select:focus, .htmx-request, .fld[data-tone="danger"]');
let later = 0;

// News of other cases is none here; news of this one must not take a field from under the hand.
place()?.addEventListener('journal', (event) => {
  const cases = event.detail?.case;
  if (cases && !cases.includes(Number(place().dataset.case))) { event.stopImmediatePropagation(); return; }
  if (busy()) { soon(); event.stopImmediatePropagation(); }
}, true);
function soon() {
  clearTimeout(later);
  later = setTimeout(() => { if (busy()) soon(); else globalThis.htmx?.trigger(place(), 'load'); }, 800);
}

// An answer that came while somebody is in a field waits as well.
document.body.addEventListener('htmx:beforeSwap', (event) => {
  const target = event.detail.target;
  if (target === place() && busy() && event.detail.requestConfig?.verb === 'get') { soon(); event.detail.shouldSwap = false; return; }
  // What was wrong with a field is said beneath it; what was typed stays.
  if (!target?.id?.startsWith('said-')) return;
  const form = target.closest('.fld');
  const wrong = event.detail.xhr.status >= 400;
  if (wrong) form.dataset.tone = 'danger'; else delete form.dataset.tone;
  if (wrong) { event.detail.shouldSwap = true; event.detail.isError = false; }
  const need = form.querySelector('[data-need]');
  if (need && !wrong) need.hidden = Boolean(form.querySelector('input:not([type=hidden]), select, textarea').value.trim());
});

// A tick that was refused stands as it stood before.
document.body.addEventListener('htmx:responseError', (event) => {
  const box = event.target;
  if (box.matches?.('.ticks input')) box.checked = !box.checked;
});

// Enter keeps a field; in a text of several lines it is a new line.
document.addEventListener('keydown', (event) => {
  if (event.key !== 'Enter' || !event.target.closest?.('.fld') || event.target.matches('textarea')) return;
  event.preventDefault();
  event.target.blur();
});
if (place()?.closest('.card')) document.documentElement.classList.add('js');
