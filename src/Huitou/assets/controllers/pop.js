import { Controller } from '@hotwired/stimulus';

// A <details> that closes like a menu: by a click beside it, by Escape (keys.js), when another opens.
export default class extends Controller {
  connect() {
    this.outside = event => { if (!this.element.contains(event.target)) this.element.open = false; };
    this.shut = () => { this.element.open = false; };
    document.addEventListener('click', this.outside);
    document.addEventListener('turbo:before-cache', this.shut);
    this.element.addEventListener('toggle', () => {
      this.element.classList.remove('flip');
      if (!this.element.open) return;
      const card = this.element.querySelector('.pop-card').getBoundingClientRect();
      this.element.classList.toggle('flip', card.right > document.documentElement.clientWidth);
      document.querySelectorAll('details.pop[open]').forEach(other => { if (other !== this.element && !other.contains(this.element)) other.open = false; });
    });
  }

  disconnect() {
    document.removeEventListener('click', this.outside);
    document.removeEventListener('turbo:before-cache', this.shut);
  }
}
