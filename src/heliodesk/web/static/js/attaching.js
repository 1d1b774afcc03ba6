// Files beside what is being written: chosen, dropped or pasted; each is sent at once with its
// progress, kept with the draft, and can be removed. A pasted picture stands in the text.
export function takesFiles(box, { csrf, say }) {
  const list = box.querySelector('[data-list]');
  const picker = box.querySelector('input[type="file"]');
  const zone = box.querySelector('[data-dropzone]');
  const row = box.querySelector('template[data-row]');
  const text = box.querySelector('textarea');
  const under = new Set();
  const shown = (n) => (n < 999500 ? `${Math.max(Math.round(n / 1000), 1)} KB` : `${(n / 1e6).toFixed(1)} MB`);
  const body = () => { const form = new FormData(); form.set('mode', box.dataset.mode); form.set('csrfmiddlewaretoken', csrf); return form; };

  function add(file, inText) {
    const item = row.content.firstElementChild.cloneNode(true);
    const part = (name) => item.querySelector(`[data-${name}]`);
    part('name').textContent = file.name;
    part('size').textContent = shown(file.size);
    let request = null;
    const fail = (words, again) => { under.delete(item); part('progress').hidden = true; part('said').textContent = words; part('retry').hidden = !again; };
    const send = () => {
      under.add(item);
      part('progress').hidden = false; part('progress').value = 0; part('said').textContent = ''; part('retry').hidden = true;
      const form = body();
      form.set('file', file, file.name);
      request = new XMLHttpRequest();
      request.open('POST', `${box.dataset.case}files/`);
      request.responseType = 'json';
      request.timeout = 600000;
      request.upload.addEventListener('progress', (event) => { part('progress').value = event.loaded / event.total * 95; });
      for (const kind of ['error', 'timeout']) request.addEventListener(kind, () => fail('', true));
      request.addEventListener('load', () => {
        const kept = request.response;
        if (request.status !== 201 || !kept) { fail(kept?.trouble ?? '', request.status >= 500 || !kept); return; }
        under.delete(item);
        part('progress').hidden = true;
        part('name').textContent = kept.name;
        item.dataset.keyOf = kept.key;
        const named = document.createElement('input');
        named.type = 'hidden'; named.name = 'kept'; named.value = kept.key;
        item.append(named);
        if (inText && kept.picture) place(kept.name);
      });
      request.send(form);
    };
    part('retry').addEventListener('click', send);
    item.cancel = () => { request?.abort(); under.delete(item); };
    list.append(item);
    send();
  }
  function place(name) {
    const before = text.value.slice(0, text.selectionStart);
    const gap = before && !before.endsWith('\n') ? '\n' : '';
    text.setRangeText(`${gap}[image: ${name}]\n`, text.selectionStart, text.selectionEnd, 'end');
    text.dispatchEvent(new Event('input', { bubbles: true }));
  }
  list.addEventListener('click', (event) => {
    const drop = event.target.closest('[data-drop]');
    if (!drop) return;
    const item = drop.closest('li');
    item.cancel?.();
    const key = item.dataset.keyOf, name = item.querySelector('.pick__name').textContent;
    if (key) {
      const form = body();
      form.set('key', key);
      fetch(`${box.dataset.case}files/drop/`, { method: 'POST', body: form }).catch(() => {});
      if (text.value.includes(`[image: ${name}]`)) { text.value = text.value.replaceAll(`[image: ${name}]\n`, '').replaceAll(`[image: ${name}]`, ''); text.dispatchEvent(new Event('input', { bubbles: true })); }
    }
    item.remove();
    text.focus();
  });
  const addAll = (files, inText) => { for (const file of files) add(file, inText); };
  picker.addEventListener('change', () => { addAll(picker.files, false); picker.value = ''; });
  for (const name of ['dragenter', 'dragover']) zone.addEventListener(name, (event) => { if (![...event.dataTransfer.types].includes('Files')) return; event.preventDefault(); zone.classList.add('is-over'); });
  for (const name of ['dragleave', 'drop']) zone.addEventListener(name, () => zone.classList.remove('is-over'));
  zone.addEventListener('drop', (event) => { if (!event.dataTransfer.files.length) return; event.preventDefault(); addAll(event.dataTransfer.files, false); });
  text.addEventListener('paste', (event) => {
    const files = [...event.clipboardData.files];
    if (!files.length) return;
    event.preventDefault();
    const stamp = new Date().toTimeString().slice(0, 8).replaceAll(':', '');
    addAll(files.map((file, n) => (file.name === 'image.png' ? new File([file], `screenshot-${stamp}${n ? `-${n + 1}` : ''}.png`, { type: file.type }) : file)), true);
  });
  return { busy: () => under.size > 0, say };
}
