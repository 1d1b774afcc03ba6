// The case: two boxes to write in, drafts kept as one types, dialogs, originals in a locked frame.
document.documentElement.classList.add('js');
const boxes = [...document.querySelectorAll('.composer')];
const scroll = document.getElementById('scroll');
if (scroll) scroll.scrollTop = scroll.scrollHeight;

function show(mode, focus) {
  for (const box of boxes) box.hidden = box.dataset.mode !== mode;
  if (focus) boxes.find((box) => !box.hidden)?.querySelector('textarea').focus();
}

document.addEventListener('click', (event) => {
  const tab = event.target.closest('[data-write]');
  if (tab) { event.preventDefault(); show(tab.dataset.write, true); }
  if (event.target.closest('[data-close]')) {
    const dialog = event.target.closest('dialog');
    if (dialog) { event.preventDefault(); dialog.close(); }
  }
  const cc = event.target.closest('[data-cc]');
  if (cc) { const field = cc.closest('form').querySelector('.cc'); field.hidden = !field.hidden; field.querySelector('input').focus(); }
});

// A macro: its words where the cursor is, and what it does once the message is sent.
document.addEventListener('click', async (event) => {
  const chosen = event.target.closest('[data-macro]');
  if (!chosen) return;
  const box = chosen.closest('form');
  const text = box.querySelector('textarea');
  const answer = await fetch(chosen.dataset.words, { headers: { Accept: 'application/json' } });
  if (!answer.ok) return;
  text.setRangeText((await answer.json()).text, text.selectionStart, text.selectionEnd, 'end');
  const used = document.createElement('input');
  used.type = 'hidden'; used.name = 'macro'; used.value = chosen.dataset.macro;
  box.querySelector('[data-macros]').append(used);
  chosen.closest('details').open = false;
  text.dispatchEvent(new Event('input', { bubbles: true }));
  text.focus();
});

// Drafts: kept a moment after the last letter, and when the page goes away.
for (const box of boxes) {
  const text = box.querySelector('textarea');
  const saved = box.querySelector('[data-saved]');
  let waiting = 0;
  let kept = text.value;
  const body = () => { const form = new FormData(); form.set('mode', box.dataset.mode); form.set('text', text.value); form.set('csrfmiddlewaretoken', document.body.dataset.csrf); return form; };
  const keep = async () => {
    if (text.value === kept) return;
    kept = text.value;
    try {
      const answer = await fetch(box.dataset.draft, { method: 'POST', body: body(), headers: { 'HX-Request': 'true' } });
      if (answer.ok) saved.textContent = await answer.text();
    } catch { kept = null; }
  };
  text.addEventListener('input', () => { clearTimeout(waiting); waiting = setTimeout(keep, 1200); });
  addEventListener('pagehide', () => { if (text.value !== kept && !box.dataset.sent) navigator.sendBeacon(box.dataset.draft, body()); });
  box.addEventListener('submit', (event) => {
    clearTimeout(waiting);
    box.dataset.sent = 'yes';
    const button = event.submitter ?? box.querySelector('[data-send]');
    setTimeout(() => { button.setAttribute('aria-busy', 'true'); }, 0);
  });
  const files = box.querySelector('input[type="file"]');
  files.addEventListener('change', () => { box.querySelector('[data-picked]').textContent = [...files.files].map((file) => file.name).join(', '); });
}

// News: the conversation is replaced in place; a box that is being written in says so.
document.body.addEventListener('htmx:afterSwap', (event) => {
  if (event.target.id === 'ask') { event.target.showModal(); return; }
  if (event.target.id !== 'thread') return;
  const now = document.getElementById('seen')?.value;
  for (const box of boxes) {
    if (box.querySelector('[data-seen]').value !== now && box.querySelector('textarea').value.trim()) box.querySelector('[data-moved]').hidden = false;
    else box.querySelector('[data-seen]').value = now;
  }
});
document.getElementById('thread')?.addEventListener('journal', (event) => {
  const cases = event.detail?.case;
  if (cases && !cases.includes(Number(event.target.dataset.case))) event.stopImmediatePropagation();
}, true);

// The original of a mail, in a frame where nothing runs.
document.addEventListener('toggle', (event) => {
  const original = event.target;
  if (!original.matches?.('.original') || !original.open || original.querySelector('iframe')) return;
  const frame = document.createElement('iframe');
  frame.setAttribute('sandbox', 'allow-same-origin allow-popups allow-popups-to-escape-sandbox');
  frame.title = original.querySelector('summary').textContent;
  frame.src = original.dataset.original;
  frame.addEventListener('load', () => {
    const page = frame.contentDocument;
    if (!page) return;
    frame.style.blockSize = `${Math.min(page.documentElement.scrollHeight + 2, 2400)}px`;
    const remote = [...page.images].some((image) => /^https?:/.test(image.getAttribute('src') ?? ''));
    if (remote && !original.querySelector('[data-images]') && !frame.src.includes('images=1')) {
      const load = document.createElement('button');
      load.type = 'button'; load.className = 'btn btn--sm mt2'; load.dataset.images = '';
      load.textContent = original.dataset.load;
      load.addEventListener('click', () => { frame.src = `${original.dataset.original}?images=1`; load.remove(); });
      original.insertBefore(load, frame);
    }
  });
  original.append(frame);
}, true);
