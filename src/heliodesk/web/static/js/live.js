// News from the desk: one stream a page; where it cannot be reached, a look every twenty seconds.
// Parts of the page that want to know listen for `journal` (see hx-trigger).
const listeners = () => document.querySelectorAll('[hx-trigger*="journal"]');
const tell = (news) => { for (const el of listeners()) el.dispatchEvent(new CustomEvent('journal', { detail: news })); };

let polling = 0;
const poll = (on) => {
  clearInterval(polling);
  polling = on ? setInterval(() => { if (!document.hidden) tell({}); }, 20000) : 0;
};

const address = document.body.dataset.live;
let failures = 0;
function listen() {
  const stream = new EventSource(address, { withCredentials: true });
  stream.addEventListener('open', () => { if (failures) tell({}); failures = 0; poll(false); });
  stream.addEventListener('journal', (event) => tell(JSON.parse(event.data)));
  stream.addEventListener('error', () => {
    stream.close();
    failures += 1;
    poll(true);
    setTimeout(listen, Math.min(2000 * 2 ** failures, 120000));
  });
}
if (address && 'EventSource' in window) listen(); else poll(true);
