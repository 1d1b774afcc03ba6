// The sample beside the words follows what is typed, a moment after the last key.
const form = document.getElementById('words');
const button = form?.querySelector('[data-try]');
let waiting = 0;

function show() {
  if (button) form.requestSubmit(button);
}
form?.addEventListener('input', () => {
  clearTimeout(waiting);
  waiting = setTimeout(show, 600);
});
if (button) show();
