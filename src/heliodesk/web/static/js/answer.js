// A case: files beside the answer, and news of the case while the page is open.
const box = document.querySelector('[data-answer]');
// The case's own address: a refused answer is shown at another, and is still the same answer.
const place = document.body.dataset.news?.replace(/news\/$/, '') ?? location.pathname;
if (box) {
  const prove = () => proofOf(box.elements.page.value, Number(box.dataset.bits));
  const files = sendsFiles(box, prove);
  const text = box.elements.details;
  const kept = `raise answer ${place}`;
  // What was written is forgotten only when the page that follows says that it arrived.
  if (location.hash === '#sent') {
    sessionStorage.removeItem(sessionStorage.getItem('answering') ?? kept);
    history.replaceState(null, '', location.pathname + location.search);
  }
  if (!text.value) text.value = sessionStorage.getItem(kept) ?? '';
  text.addEventListener('input', () => sessionStorage.setItem(kept, text.value));
  box.addEventListener('submit', (event) => {
    if (!files.busy()) { sessionStorage.setItem('answering', kept); return; }
    event.preventDefault();
    const wait = setInterval(() => { if (!files.busy()) { clearInterval(wait); box.requestSubmit(event.submitter); } }, 200);
  });
}
// News: the desk says when there may be some, and the page asks whether it shows by now what is
// there. Where no stream is to be had it asks by itself, seldomly when nothing happens for long.
// What is being written stays, since only what is told is put in anew.
const body = document.body;
if (body.dataset.news) {
  const SOON = 4000, LATE = 15000;
  let stream = null, failures = 0, pause = SOON, timer = 0, asking = false, again = false;
  const typed = (field) => field.type === 'radio' ? field.checked !== field.defaultChecked : field.type !== 'hidden' && field.value !== field.defaultValue;
  const inUse = (part) => part.contains(document.activeElement) || part.querySelector('details.unfold[open]') || [...part.querySelectorAll('input, textarea')].some(typed);
  const renew = async (version) => {
    const answer = await fetch(place);
    if (!answer.ok || answer.redirected) return;
    const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
    for (const part of page.querySelectorAll('[data-renews]')) {
      const now = document.getElementById(part.id);
      if (now && !inUse(now)) now.replaceWith(document.adoptNode(part));
    }
    const icons = page.querySelector('body > svg');
    if (icons) document.querySelector('body > svg').replaceWith(document.adoptNode(icons));
    body.dataset.case = version;
    document.getElementById('case-news').textContent = body.dataset.changed;
  };
  const look = async () => {
    if (asking) { again = true; return; }
    asking = true;
    try {
      const answer = await fetch(`${body.dataset.news}?seen=${encodeURIComponent(body.dataset.case)}`);
      if (answer.status === 200 && !answer.redirected) { pause = SOON; await renew(await answer.text()); } else pause = Math.min(pause * 1.2, LATE);
    } catch { pause = LATE; }
    asking = false;
    if (again) { again = false; look(); }
  };
  const poll = () => { clearTimeout(timer); timer = setTimeout(async () => { if (!document.hidden) await look(); poll(); }, pause); };
  const hush = () => { stream?.close(); stream = null; clearTimeout(timer); };
  const listen = () => {
    hush();
    poll();
    if (!('EventSource' in window)) return;
    stream = new EventSource(body.dataset.live, { withCredentials: true });
    stream.addEventListener('open', () => { failures = 0; clearTimeout(timer); look(); });
    stream.addEventListener('journal', look);
    stream.addEventListener('error', () => {
      hush();
      failures += 1;
      poll();
      setTimeout(() => { if (!document.hidden && !stream) listen(); }, Math.min(2000 * 2 ** failures, 120000));
    });
  };
  listen();
  document.addEventListener('visibilitychange', () => { if (document.hidden) hush(); else { failures = 0; pause = SOON; listen(); } });
}
