import { Controller } from '@hotwired/stimulus';

// A form that came back puts the focus on the first wrong field.
export default class extends Controller {
  connect() {
    const first = document.querySelector('main [aria-invalid=true]');
    (first ?? this.element.querySelector('a'))?.focus({ preventScroll: false });
    this.element.addEventListener('click', event => {
      const link = event.target.closest('a[href^="#"]');
      const target = link && document.getElementById(link.getAttribute('href').slice(1));
      if (!target) return;
      event.preventDefault();
      (target.matches('input, select, textarea') ? target : target.querySelector('input') ?? target).focus();
    });
  }
}
