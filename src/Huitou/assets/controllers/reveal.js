import { Controller } from '@hotwired/stimulus';
import { word } from '../words.js';

// Asks for the whole of a masked value with its purpose, shows it, and masks it again.
export default class extends Controller {
  static targets = ['text', 'ask', 'error'];
  static values = { again: { type: Number, default: 600 } };

  connect() {
    this.masked = this.textTarget.textContent;
    this.hide = () => {
      clearTimeout(this.timer);
      this.textTarget.textContent = this.masked;
      if (this.hasAskTarget) this.askTarget.hidden = false;
    };
    document.addEventListener('turbo:before-cache', this.hide);
  }

  disconnect() {
    this.hide();
    document.removeEventListener('turbo:before-cache', this.hide);
  }

  async ask(event) {
    event.preventDefault();
    const form = event.target;
    const body = new FormData(form, event.submitter);
    let text = null;
    try {
      const answer = await fetch(form.action, { method: 'POST', body: new URLSearchParams(body), headers: { Accept: 'application/json' }, credentials: 'same-origin' });
      if (answer.ok) ({ text } = await answer.json());
    } catch (error) {
      if (!(error instanceof TypeError || error instanceof SyntaxError)) throw error;
    }
    this.errorTarget.hidden = text !== null;
    this.errorTarget.textContent = text === null ? word('show-failed') : '';
    if (text === null) return;
    this.textTarget.textContent = text;
    this.askTarget.open = false;
    this.askTarget.hidden = true;
    this.timer = setTimeout(this.hide, this.againValue * 1000);
  }
}
