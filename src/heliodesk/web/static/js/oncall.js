// P1 pages tick: how long since, how long until. And this browser can be told of P1s by push.
const two = (number) => String(number).padStart(2, '0');
function words(seconds) {
  const whole = Math.abs(Math.floor(seconds));
  const hours = Math.floor(whole / 3600);
  const rest = `${two(Math.floor((whole % 3600) / 60))}:${two(whole % 60)}`;
  if (hours >= 48) return `${Math.floor(hours / 24)} d`;
  return hours ? `${hours}:${rest}` : rest;
}
function tick() {
  for (const el of document.querySelectorAll('[data-since], [data-until]')) {
    const up = el.dataset.since;
    const seconds = (Date.now() - Date.parse(up ?? el.dataset.until)) / 1000;
    const said = (!up && seconds > 0 ? '-' : '') + words(seconds);
    if (el.textContent !== said) el.textContent = said;
  }
}
tick();
setInterval(tick, 1000);
document.body.addEventListener('htmx:afterSwap', tick);

document.addEventListener('keydown', (event) => {
  if (event.key !== 'u' || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.closest('input, textarea, select, [contenteditable]')) return;
  document.querySelector('[data-update]')?.click();
});

const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, '+').replace(/_/g, '/')), (c) => c.charCodeAt(0));
const push = document.querySelector('[data-push]');
if (push && 'serviceWorker' in navigator && 'PushManager' in window && push.dataset.push) {
  push.hidden = false;
  push.querySelector('button').addEventListener('click', async (event) => {
    event.preventDefault();
    const worker = await navigator.serviceWorker.register('/push-worker.js', { scope: '/' });
    const made = await worker.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: bytes(push.dataset.push) });
    push.querySelector('[name=address]').value = JSON.stringify(made.toJSON());
    push.submit();
  });
}
