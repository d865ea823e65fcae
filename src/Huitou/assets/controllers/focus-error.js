import { Controller } from '@hotwired/stimulus';

// A form that came back puts the focus on the first wrong field; what is wrong is told in the order of the fields.
export default class extends Controller {
  connect() {
    const follows = (a, b) => a.field && b.field && a.field.compareDocumentPosition(b.field) & Node.DOCUMENT_POSITION_FOLLOWING ? -1 : 1;
    const lines = [...this.element.querySelectorAll('.error-links > li')].map(line => ({ line, field: document.getElementById(line.firstElementChild.getAttribute('href').slice(1)) }));
    if (lines.every(({ field }) => field)) lines.toSorted(follows).forEach(({ line }) => line.parentElement.append(line));
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
