// P1: how many are open stands in the title of every page; one more sounds, where the person has
// allowed it in this browser. One window sounds for all: the first that hears of it.
document.documentElement.classList.add('js');
const ALLOWED = 'p1 sound';
const KNOWN = 'p1 open';
const buttons = [...document.querySelectorAll('[data-p1-sound]')];
const allowed = () => localStorage.getItem(ALLOWED) === 'on';
let context = null;

function tone(at, pitch) {
  const gain = context.createGain();
  const voice = context.createOscillator();
  voice.type = 'triangle';
  voice.frequency.value = pitch;
  gain.gain.setValueAtTime(0, at);
  gain.gain.linearRampToValueAtTime(0.35, at + 0.02);
  gain.gain.setValueAtTime(0.35, at + 0.2);
  gain.gain.linearRampToValueAtTime(0, at + 0.26);
  voice.connect(gain).connect(context.destination);
  voice.start(at);
  voice.stop(at + 0.28);
}
async function sound(times) {
  context ??= new AudioContext();
  if (context.state === 'suspended') {
    // Browsers are silent until the page was touched: then it sounds at the first touch.
    const touched = () => context.resume();
    addEventListener('pointerdown', touched); addEventListener('keydown', touched);
    await context.resume();
    removeEventListener('pointerdown', touched); removeEventListener('keydown', touched);
  }
  document.body.dataset.sounded = String(Number(document.body.dataset.sounded ?? 0) + 1);
  for (let n = 0; n < times; n += 1) { tone(context.currentTime + n * 0.7, 880); tone(context.currentTime + n * 0.7 + 0.3, 620); }
}

function show() {
  for (const button of buttons) button.setAttribute('aria-pressed', String(allowed()));
}
for (const button of buttons) {
  button.addEventListener('click', () => {
    localStorage.setItem(ALLOWED, allowed() ? 'off' : 'on');
    show();
    if (allowed()) sound(1);
  });
}
show();

function count() {
  const open = Number.parseInt(document.querySelector('[data-area="p1"] .count')?.textContent ?? '0', 10) || 0;
  const known = Number.parseInt(localStorage.getItem(KNOWN) ?? '0', 10) || 0;
  const plain = document.title.replace(/^\(\d+ P1\) /, '');
  const title = open ? `(${open} P1) ${plain}` : plain;
  if (document.title !== title) document.title = title;
  if (open !== known) localStorage.setItem(KNOWN, String(open));
  if (open > known && allowed()) sound(4);
}
if (document.querySelector('[data-area="p1"]')) {
  count();
  document.body.addEventListener('htmx:afterSwap', (event) => { if (event.target.id === 'ways') count(); });
}
