// News from the desk: one stream a page; where it cannot be reached, a look every twenty seconds.
// Parts of the page that want to know listen for `journal` (see hx-trigger). The first news is
// told at once; what follows within some seconds is told together, so that a storm costs little.
const PAUSE = 3000;
let waiting = null;
let timer = 0;
let last = 0;

function tell(news) {
  waiting ??= {};
  for (const [kind, ids] of Object.entries(news)) {
    waiting[kind] = ids === null || waiting[kind] === null ? null : [...new Set([...(waiting[kind] ?? []), ...ids])];
  }
  if (timer) return;
  timer = setTimeout(hand, Math.max(0, last + PAUSE - Date.now()) + Math.random() * 200);
}
function hand() {
  const news = waiting;
  waiting = null; timer = 0; last = Date.now();
  for (const el of document.querySelectorAll('[hx-trigger*="journal"]')) el.dispatchEvent(new CustomEvent('journal', { detail: news }));
}

// A call that rings waits for nobody: its pop is asked for at once.
const ring = () => document.getElementById('pops')?.dispatchEvent(new CustomEvent('call'));

let polling = 0;
const poll = (on) => {
  clearInterval(polling);
  polling = on ? setInterval(() => { if (!document.hidden) { tell({}); ring(); } }, 20000) : 0;
};

const address = document.body.dataset.live;
let failures = 0;
function listen() {
  // What happened since this page was made is told at once; after a failure the page looks by itself.
  const since = failures ? '' : `?since=${document.body.dataset.newsFrom}`;
  const stream = new EventSource(address + since, { withCredentials: true });
  stream.addEventListener('open', () => { ring(); if (failures) tell({}); failures = 0; poll(false); });
  stream.addEventListener('journal', (event) => {
    const news = JSON.parse(event.data);
    if ('presence' in news) {
      document.dispatchEvent(new CustomEvent('presence', { detail: news.presence }));
      delete news.presence;
      if (!Object.keys(news).length) return;
    }
    if ('call' in news) ring();
    tell(news);
  });
  stream.addEventListener('error', () => {
    stream.close();
    failures += 1;
    poll(true);
    setTimeout(listen, Math.min(2000 * 2 ** failures, 120000));
  });
}
if (address && 'EventSource' in window) listen(); else poll(true);
