import { Controller } from '@hotwired/stimulus';
import { hourMinute, word } from '../words.js';

// Keeps what was typed on this device until it is saved: <form data-controller="draft" data-draft-key-value="complaint-…-reply">.
// Passwords, files and hidden fields are never kept. The key must tell the person and the thing apart.
export default class extends Controller {
  static values = { key: String };

  connect() {
    this.store = `ht-draft:${this.keyValue}`;
    this.typed = () => {
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.keep(), 600);
    };
    this.sent = event => {
      if (event.target !== this.element || !event.detail.success) return;
      clearTimeout(this.timer);
      localStorage.removeItem(this.store);
    };
    this.element.addEventListener('input', this.typed);
    document.addEventListener('turbo:submit-end', this.sent);
    this.putBack();
  }

  disconnect() {
    clearTimeout(this.timer);
    this.element.removeEventListener('input', this.typed);
    document.removeEventListener('turbo:submit-end', this.sent);
  }

  get fields() {
    return [...this.element.elements].filter(e => e.name && !['hidden', 'password', 'file', 'submit', 'button', 'fieldset'].includes(e.type));
  }

  keep() {
    const values = this.fields.map(e => [e.name, e.type === 'checkbox' || e.type === 'radio' ? `${e.value}=${e.checked}` : e.value]);
    const at = Date.now();
    localStorage.setItem(this.store, JSON.stringify({ at, values }));
    this.tell('draft', at);
  }

  putBack() {
    const kept = localStorage.getItem(this.store);
    if (!kept || this.element.querySelector('[aria-invalid=true]')) return;
    const { at, values } = JSON.parse(kept);
    if (Date.now() - at > 7 * 86_400_000) {
      localStorage.removeItem(this.store);
      return;
    }
    const left = [...values];
    for (const field of this.fields) {
      const tick = field.type === 'checkbox' || field.type === 'radio';
      const found = left.findIndex(([name, value]) => name === field.name && (!tick || value.startsWith(`${field.value}=`)));
      if (found < 0) continue;
      const [, value] = left.splice(found, 1)[0];
      if (tick) field.checked = value === `${field.value}=true`;
      else if (!field.value) field.value = value;
    }
    this.tell('restored', at);
  }

  tell(name, at) {
    const note = this.element.querySelector('[data-draft-note]');
    if (!note) return;
    note.hidden = false;
    note.lastElementChild.textContent = word(name, hourMinute(at));
  }
}
