import { Controller } from '@hotwired/stimulus';

// J and K go through the rows, X ticks, E edits; Enter opens, because the row's own link has the focus.
export default class extends Controller {
  connect() {
    this.move = event => {
      if (event.defaultPrevented || !this.rows.length) return;
      event.preventDefault();
      const at = this.rows.indexOf(this.here);
      const next = this.rows[Math.max(0, Math.min(this.rows.length - 1, at < 0 ? (event.detail > 0 ? 0 : this.rows.length - 1) : at + event.detail))];
      const link = next.querySelector('a[href]');
      (link ?? next).focus();
      next.scrollIntoView({ block: 'nearest' });
      // In a work list the next file opens at once: no mouse, no second key.
      if (link && next.closest('.queue-rows')) link.click();
    };
    this.tick = event => {
      const box = this.here?.querySelector('input[type=checkbox]');
      if (event.defaultPrevented || !box) return;
      event.preventDefault();
      box.click();
    };
    this.edit = event => {
      const address = this.here?.dataset.edit;
      if (event.defaultPrevented || !address) return;
      event.preventDefault();
      window.Turbo.visit(address);
    };
    document.addEventListener('rows:move', this.move);
    document.addEventListener('rows:tick', this.tick);
    document.addEventListener('rows:edit', this.edit);
  }

  disconnect() {
    document.removeEventListener('rows:move', this.move);
    document.removeEventListener('rows:tick', this.tick);
    document.removeEventListener('rows:edit', this.edit);
  }

  get rows() {
    return [...this.element.querySelectorAll('[data-row]')];
  }

  get here() {
    const focused = document.activeElement?.closest('[data-row]');
    return focused && this.element.contains(focused) ? focused : this.element.querySelector('li.on[data-row]');
  }
}
