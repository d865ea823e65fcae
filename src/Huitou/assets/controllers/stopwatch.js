import { Controller } from '@hotwired/stimulus';

// Starts and stops; the seconds go into the field beside it. Without script the field is typed.
export default class extends Controller {
  static targets = ['field', 'button', 'words'];

  connect() {
    this.buttonTarget.hidden = false;
    this.start = this.wordsTarget.textContent;
  }

  disconnect() {
    clearInterval(this.tick);
  }

  toggle() {
    if (this.tick) {
      clearInterval(this.tick);
      this.tick = null;
      this.write();
      this.wordsTarget.textContent = this.start;
      this.fieldTarget.dispatchEvent(new Event('input', { bubbles: true }));
      return;
    }

    this.since = Date.now();
    this.wordsTarget.textContent = this.buttonTarget.dataset.stop;
    this.tick = setInterval(() => this.write(), 250);
  }

  write() {
    this.fieldTarget.value = Math.round((Date.now() - this.since) / 1000);
  }
}
