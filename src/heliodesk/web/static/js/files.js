// Files: dropped, pasted or chosen; each is sent at once with its progress, and again when the
// line breaks off. The form then names what it has by tokens and sends no file itself.
globalThis.sendsFiles = (form, prove) => {
  const list = form.querySelector('[data-list]');
  const picker = form.querySelector('[data-picker]');
  const zone = form.querySelector('[data-dropzone]');
  const row = form.querySelector('template[data-row]');
  const words = form.querySelector('[data-words]').dataset;
  const page = form.elements.page.value;
  const under = new Set();
  const shown = (n) => n < 999500 ? `${Math.max(Math.round(n / 1000), 1)} KB` : `${(n / 1e6).toFixed(1)} MB`;

  function add(file) {
    const item = row.content.firstElementChild.cloneNode(true);
    const part = (name) => item.querySelector(`[data-${name}]`);
    part('name').textContent = file.name;
    part('size').textContent = shown(file.size);
    let request = null;
    const fail = (sentence, again) => {
      under.delete(item);
      part('progress').hidden = true; part('said').textContent = sentence; part('retry').hidden = !again;
    };
    const send = async () => {
      under.add(item);
      part('progress').hidden = false; part('progress').value = 0; part('said').textContent = ''; part('retry').hidden = true;
      const body = new FormData();
      body.set('page', page); body.set('proof', await prove()); body.set('csrfmiddlewaretoken', form.dataset.csrf); body.set('file', file, file.name);
      request = new XMLHttpRequest();
      request.open('POST', form.dataset.files);
      request.responseType = 'json';
      request.timeout = 600000;
      request.upload.addEventListener('progress', (event) => { part('progress').value = event.loaded / event.total * 95; });
      for (const kind of ['error', 'timeout']) request.addEventListener(kind, () => fail(words.broken, true));
      request.addEventListener('load', () => {
        const said = request.response;
        if (request.status !== 201 || !said) { fail(said?.trouble || words.broken, request.status >= 500 || !said); return; }
        under.delete(item);
        part('progress').value = 100; part('progress').hidden = true;
        const token = document.createElement('input');
        token.type = 'hidden'; token.name = 'kept'; token.value = said.token;
        item.append(token); item.dataset.token = said.token;
      });
      request.send(body);
    };
    part('retry').addEventListener('click', send);
    part('remove').addEventListener('click', () => {
      request?.abort(); under.delete(item);
      if (item.dataset.token) {
        const body = new FormData();
        body.set('page', page); body.set('token', item.dataset.token); body.set('csrfmiddlewaretoken', form.dataset.csrf);
        fetch(form.dataset.drop, { method: 'POST', body }).catch(() => {});
      }
      item.remove(); picker.focus();
    });
    list.append(item);
    if (file.size > Number(words.most)) fail(words.large, false); else send();
  }

  const addAll = (files) => { for (const file of files) add(file); };
  picker.addEventListener('change', () => { addAll(picker.files); picker.value = ''; });
  for (const name of ['dragenter', 'dragover']) zone.addEventListener(name, (event) => { event.preventDefault(); zone.classList.add('is-over'); });
  for (const name of ['dragleave', 'drop']) zone.addEventListener(name, () => zone.classList.remove('is-over'));
  zone.addEventListener('drop', (event) => { event.preventDefault(); addAll(event.dataTransfer.files); });
  form.addEventListener('paste', (event) => {
    const files = [...event.clipboardData.files];
    if (!files.length) return;
    event.preventDefault();
    const stamp = new Date().toTimeString().slice(0, 8).replaceAll(':', '');
    files.forEach((file, n) => add(new File([file], file.name === 'image.png' ? `screenshot-${stamp}${n ? `-${n}` : ''}.png` : file.name, { type: file.type })));
  });
  return { busy: () => under.size > 0, words };
};
