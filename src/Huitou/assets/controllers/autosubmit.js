import { Controller } from '@hotwired/stimulus';

// Sends a GET form of conditions while one types or chooses.
export default class extends Controller {
  connect() {
    this.later = () => {
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.element.requestSubmit(), 400);
    };
    this.now = event => { if (event.target.type !== 'search' && event.target.type !== 'text') this.element.requestSubmit(); };
    this.element.addEventListener('input', this.later);
    this.element.addEventListener('change', this.now);
    const box = this.element.querySelector('input[type=search]');
    if (box?.value && sessionStorage.getItem('ht-typing') === location.pathname) {
      box.focus();
      box.setSelectionRange(box.value.length, box.value.length);
    }
    sessionStorage.removeItem('ht-typing');
    this.element.addEventListener('submit', () => { if (document.activeElement === box) sessionStorage.setItem('ht-typing', location.pathname); });
  }

  disconnect() {
    clearTimeout(this.timer);
  }
}
