// Counts beside the navigation: asked for after the page stands, at most every 30 s, never while hidden.
let last = null;
let asked = 0;

function show() {
  if (!last) return;
  for (const element of document.querySelectorAll('[data-badge]')) {
    const { count = 0, late = false } = last[element.dataset.badge] ?? {};
    element.hidden = count === 0;
    element.classList.toggle('late', late);
    if (!('badgeDot' in element.dataset)) element.textContent = count > 99 ? '99+' : String(count);
  }
}

async function ask() {
  show();
  if (document.hidden || Date.now() - asked < 30_000 || !document.querySelector('[data-badge]')) return;
  asked = Date.now();
  try {
    const answer = await fetch('/nav/badges', { headers: { Accept: 'application/json' }, credentials: 'same-origin' });
    if (!answer.ok || !answer.headers.get('content-type')?.includes('json')) return;
    last = await answer.json();
  } catch (error) {
    if (error instanceof TypeError || error instanceof SyntaxError) return; // Offline, or not the answer meant: the next page asks again.
    throw error;
  }
  show();
}

export function startBadges() {
  document.addEventListener('turbo:load', ask);
  document.addEventListener('turbo:render', show);
  document.addEventListener('visibilitychange', ask);
  // A form that was sent has probably changed them.
  document.addEventListener('turbo:submit-end', event => { if (event.detail.success) asked = 0; });
}
