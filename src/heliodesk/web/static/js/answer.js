// A case: files beside the answer, and news of the case while the page is open.
const box = document.querySelector('[data-answer]');
if (box) {
  const prove = () => proofOf(box.elements.page.value, Number(box.dataset.bits));
  const files = sendsFiles(box, prove);
  const text = box.elements.details;
  const kept = `raise answer ${location.pathname}`;
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
// News: asked for while somebody looks, seldom when nothing happens for long; what is being
// written stays, since only the conversation is put in anew.
const body = document.body;
if (body.dataset.news) {
  let pause = 5000;
  const look = async () => {
    if (!document.hidden) {
      try {
        const answer = await fetch(`${body.dataset.news}?seen=${body.dataset.case}`);
        if (answer.status === 200) { pause = 5000; await renew(await answer.text()); } else pause = Math.min(pause * 1.15, 30000);
      } catch { pause = 30000; }
    }
    setTimeout(look, pause);
  };
  const renew = async (version) => {
    const answer = await fetch(location.href);
    if (!answer.ok) return;
    const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
    for (const part of ['#live', '.kv--case']) {
      const now = document.querySelector(part), then = page.querySelector(part);
      if (now && then) now.replaceWith(document.adoptNode(then));
    }
    const icons = page.querySelector('body > svg');
    if (icons) document.querySelector('body > svg').replaceWith(document.adoptNode(icons));
    body.dataset.case = version;
    document.getElementById('case-news').textContent = body.dataset.changed;
  };
  setTimeout(look, pause);
  document.addEventListener('visibilitychange', () => { if (!document.hidden) { pause = 5000; } });
}
