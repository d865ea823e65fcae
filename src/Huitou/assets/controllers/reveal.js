import { Controller } from '@hotwired/stimulus';
import { say, word } from '../words.js';

// Asks for the whole of a masked value with its purpose, shows it, and masks it again.
export default class extends Controller {
  static targets = ['text', 'show', 'ask', 'error'];
  static values = { again: { type: Number, default: 600 } };

  connect() {
    this.masked = this.textTarget.textContent;
    this.hide = () => {
      clearTimeout(this.timer);
      this.textTarget.textContent = this.masked;
      if (this.hasShowTarget) this.showTarget.hidden = false;
    };
    document.addEventListener('turbo:before-cache', this.hide);
    if (this.hasAskTarget) this.askTarget.addEventListener('toggle', () => this.#place());
  }

  disconnect() {
    this.hide();
    document.removeEventListener('turbo:before-cache', this.hide);
  }

  async ask(event) {
    event.preventDefault();
    const button = event.currentTarget;
    const body = new URLSearchParams(new FormData(button.form));
    body.set(button.name, button.value);
    let text = null;
    try {
      const answer = await fetch(button.formAction, { method: 'POST', body, headers: { Accept: 'application/json' }, credentials: 'same-origin' });
      if (answer.ok) ({ text } = await answer.json());
    } catch (error) {
      if (!(error instanceof TypeError || error instanceof SyntaxError)) throw error;
    }
    this.errorTarget.hidden = text !== null;
    this.errorTarget.textContent = text === null ? word('show-failed') : '';
    if (text === null) return;
    this.textTarget.textContent = text;
    this.askTarget.hidePopover?.();
    this.showTarget.hidden = true;
    say(text);
    this.timer = setTimeout(this.hide, this.againValue * 1000);
  }

  // Under its button, inside the window; on a phone the sheet's own rule puts it at the foot.
  #place() {
    if (matchMedia('(max-width: 640px)').matches) return;
    const button = this.showTarget.getBoundingClientRect();
    const card = this.askTarget.getBoundingClientRect();
    this.askTarget.style.left = `${Math.max(8, Math.min(button.left, document.documentElement.clientWidth - card.width - 8))}px`;
    this.askTarget.style.top = `${button.bottom + 4 + card.height > innerHeight ? Math.max(8, button.top - card.height - 4) : button.bottom + 4}px`;
  }
}
