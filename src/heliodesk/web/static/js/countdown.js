// Due times count down while a page stays open: the words, and the colour once it is late.
const MINUTE = 60000;
function span(minutes, host) {
  if (minutes < 60) return host.dataset.min.replace('{0}', minutes);
  const hours = Math.floor(minutes / 60), rest = minutes % 60;
  if (hours < 24) return rest ? `${hours} h ${String(rest).padStart(2, '0')}` : `${hours} h`;
  return `${Math.floor(hours / 24)} d`;
}
function tick() {
  for (const clock of document.querySelectorAll('.clock[data-due]')) {
    const host = clock.closest('[data-in]');
    if (!host) continue;
    const left = Date.parse(clock.dataset.due) - Date.now();
    const words = left < 0 ? host.dataset.late : host.dataset.in;
    const said = words.replace('{0}', span(Math.floor(Math.abs(left) / MINUTE), host));
    if (clock.textContent !== said) clock.textContent = said;
    if (left < 0) clock.dataset.clock = 'late';
    clock.dataset.left = Math.max(0, Math.min(8, Math.ceil(left / (60 * MINUTE))));
  }
}
tick();
setInterval(tick, 15000);
document.body.addEventListener('htmx:afterSwap', tick);
