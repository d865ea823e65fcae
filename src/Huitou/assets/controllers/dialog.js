import { Controller } from '@hotwired/stimulus';

// A click beside a dialog closes it.
export default class extends Controller {
  connect() {
    this.click = event => { if (event.target === this.element) this.element.close(); };
    this.element.addEventListener('click', this.click);
    document.addEventListener('turbo:before-cache', this.shut = () => this.element.close());
  }

  disconnect() {
    this.element.removeEventListener('click', this.click);
    document.removeEventListener('turbo:before-cache', this.shut);
  }
}
