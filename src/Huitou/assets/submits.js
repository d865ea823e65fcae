// A button that works keeps its width and says so; a second click does nothing. The server acts once on _once anyway.
function work(button) {
  if (!button?.dataset.working || button.dataset.was) return;
  button.style.minWidth = `${button.offsetWidth}px`;
  button.dataset.was = button.innerHTML;
  button.setAttribute('aria-busy', 'true');
  const words = document.createElement('span');
  words.textContent = button.dataset.working;
  const ring = document.createElement('span');
  ring.className = 'ring';
  button.replaceChildren(ring, words);
}

function rest(button) {
  if (!button?.dataset.was) return;
  button.innerHTML = button.dataset.was;
  delete button.dataset.was;
  button.removeAttribute('aria-busy');
  button.style.minWidth = '';
}

export function startSubmits() {
  document.addEventListener('submit', event => {
    const button = event.submitter;
    if (button?.dataset.was) event.preventDefault();
  }, true);
  document.addEventListener('turbo:submit-start', event => work(event.detail.formSubmission.submitter));
  document.addEventListener('turbo:submit-end', event => rest(event.detail.formSubmission.submitter));
  document.addEventListener('turbo:before-cache', () => document.querySelectorAll('[data-was]').forEach(rest));
}
