import { Controller } from '@hotwired/stimulus';

// Five seconds, longer while it is pointed at or has the focus.
export default class extends Controller {
  connect() {
    const start = () => { this.timer = setTimeout(() => this.element.remove(), 5000); };
    this.element.addEventListener('mouseenter', () => clearTimeout(this.timer));
    this.element.addEventListener('mouseleave', start);
    this.element.addEventListener('focusin', () => clearTimeout(this.timer));
    this.element.addEventListener('focusout', start);
    document.addEventListener('turbo:before-cache', this.gone = () => this.element.remove());
    start();
  }

  disconnect() {
    clearTimeout(this.timer);
    document.removeEventListener('turbo:before-cache', this.gone);
  }
}
