// The keys of screens/README. A lone key never works in a field; Ctrl combinations do.
let waitingForGo = 0;

const inField = target => target.closest('input:not([type=radio]):not([type=checkbox]):not([type=button]):not([type=submit]), textarea, select, [contenteditable]') !== null;
const visible = element => element.checkVisibility ? element.checkVisibility() : element.offsetParent !== null;
const off = () => document.documentElement.dataset.keys === 'off';
const root = () => document.querySelector('dialog[open]') ?? document;

function press(name) {
  const wanted = name.toLowerCase();
  // The page's own button goes before the frame's (N on a list makes a row of that list).
  const found = [...root().querySelectorAll('[data-key]')].filter(e => e.dataset.key.toLowerCase() === wanted && visible(e) && !e.disabled);
  const element = found.find(e => e.closest('main')) ?? found[0];
  if (!element) return false;
  element.click();
  if (element.tagName === 'SUMMARY') element.focus();
  return true;
}

function nameOf(event) {
  const key = event.key === ' ' ? 'Space' : event.key;
  const plain = key.length === 1 ? key.toUpperCase() : key;
  return (event.ctrlKey || event.metaKey ? 'Ctrl ' : '') + plain;
}

function find() {
  const box = document.querySelector('[data-find]');
  if (box && visible(box)) {
    box.focus();
    box.select();
  } else {
    location.href = '/find';
  }
}

function rate(key) {
  const box = [...document.querySelectorAll('[data-rating]')].find(visible);
  const input = box?.querySelector(`input[value="${key}"]`);
  if (!input) return false;
  input.checked = true;
  input.focus();
  input.dispatchEvent(new Event('change', { bubbles: true }));
  return true;
}

function onKey(event) {
  if (event.defaultPrevented || event.altKey || event.isComposing) return;
  const name = nameOf(event);

  if (event.ctrlKey || event.metaKey) {
    if (off()) return;
    if (name === 'Ctrl K') {
      event.preventDefault();
      find();
    } else if (press(name)) {
      event.preventDefault();
    } else if (name === 'Ctrl S' && event.target.form) {
      event.preventDefault();
      event.target.form.requestSubmit();
    }
    return;
  }

  if (event.key === 'Escape') {
    const open = document.querySelector('details.pop[open]');
    if (open) {
      open.open = false;
      open.querySelector('summary')?.focus();
    } else if (inField(event.target)) {
      event.target.blur();
    } else {
      press('Escape');
    }
    return;
  }

  if (off() || inField(event.target)) return;

  if (waitingForGo > Date.now()) {
    waitingForGo = 0;
    const link = document.querySelector(`[data-go="${CSS.escape(name)}"]`);
    if (link) {
      event.preventDefault();
      link.click();
    }
    return;
  }

  let done = true;
  if (name === '/') find();
  else if (name === 'G') waitingForGo = Date.now() + 1500;
  else if (name === 'J' || name === 'K') done = document.dispatchEvent(new CustomEvent('rows:move', { cancelable: true, detail: name === 'J' ? 1 : -1 })) === false || press(name);
  else if (name === 'X') done = document.dispatchEvent(new CustomEvent('rows:tick', { cancelable: true })) === false || press(name);
  else if (name === 'E') done = document.dispatchEvent(new CustomEvent('rows:edit', { cancelable: true })) === false || press(name);
  else if (/^[1-9]$/.test(name)) done = rate(name);
  else if (name === 'Enter' || name === 'Space' || name === 'Tab') done = false;
  else done = press(name);
  if (done) event.preventDefault();
}

export function startKeys() {
  document.addEventListener('keydown', onKey);
  document.addEventListener('click', event => {
    const opener = event.target.closest('[data-open-dialog]');
    if (!opener) return;
    document.getElementById(opener.dataset.openDialog)?.showModal();
  });
}
