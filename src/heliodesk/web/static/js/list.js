// My cases: looked at anew while somebody has the page open, unless they are in the list.
const list = document.querySelector('[data-refresh]');
if (list) {
  const look = async () => {
    if (document.hidden || list.contains(document.activeElement)) return;
    try {
      const answer = await fetch(location.href);
      if (!answer.ok) return;
      const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
      const now = page.getElementById(list.id);
      if (!now || now.innerHTML === list.innerHTML) return;
      const icons = page.querySelector('body > svg');
      if (icons) document.querySelector('body > svg').replaceWith(document.adoptNode(icons));
      list.replaceChildren(...[...now.childNodes].map((node) => document.adoptNode(node)));
    } catch { /* the line is down; the list stays as it is */ }
  };
  setInterval(look, 15000);
  document.addEventListener('visibilitychange', look);
}
