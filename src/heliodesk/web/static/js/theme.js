// Light, dark, or as the system has it: remembered in this browser.
const root = document.documentElement;
const stored = localStorage.getItem('theme');
if (stored) root.dataset.theme = stored;

document.addEventListener('click', (event) => {
  if (!event.target.closest('[data-theme-next]')) return;
  const dark = getComputedStyle(root).colorScheme === 'dark' ||
    (!root.dataset.theme && matchMedia('(prefers-color-scheme: dark)').matches);
  root.dataset.theme = dark ? 'light' : 'dark';
  localStorage.setItem('theme', root.dataset.theme);
});
