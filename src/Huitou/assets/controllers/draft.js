import { Controller } from '@hotwired/stimulus';
import { hourMinute, word } from '../words.js';

// Keeps what was typed on this device until it is saved: <form data-controller="draft" data-draft-key-value="complaint-…-reply">.
// Passwords, files and hidden fields are never kept. The key must tell the person and the thing apart.
// Kept shortly after the last key, and at once when it is sent or the page is left: a page that is put away quickly loses nothing.
export default class extends Controller {
  static values = { key: String };

  connect() {
    this.store = `ht-draft:${this.keyValue}`;
    this.typed = () => {
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.keep(), 600);
    };
    this.leaving = () => {
      if (this.timer) this.keep();
    };
    this.sent = event => {
      if (event.target !== this.element || !event.detail.success) return;
      this.#rest();
      localStorage.removeItem(this.store);
    };
    this.element.addEventListener('input', this.typed);
    this.element.addEventListener('turbo:submit-start', this.leaving);
    document.addEventListener('turbo:submit-end', this.sent);
    document.addEventListener('visibilitychange', this.leaving);
    addEventListener('pagehide', this.leaving);
    this.putBack();
  }

  disconnect() {
    this.leaving();
    this.element.removeEventListener('input', this.typed);
    this.element.removeEventListener('turbo:submit-start', this.leaving);
    document.removeEventListener('turbo:submit-end', this.sent);
    document.removeEventListener('visibilitychange', this.leaving);
    removeEventListener('pagehide', this.leaving);
  }

  // Nothing waits to be kept.
  #rest() {
    clearTimeout(this.timer);
    this.timer = null;
  }

  get fields() {
    return [...this.element.elements].filter(e => e.name && !['hidden', 'password', 'file', 'submit', 'button', 'fieldset'].includes(e.type));
  }

  // Only what differs from the page as it was sent, each with what stood there: a draft never undoes what somebody else changed since.
  keep() {
    this.#rest();
    const values = this.fields.map(field => [this.#key(field), this.#now(field), this.#sent(field)]).filter(([, now, sent]) => now !== sent);
    if (values.length === 0) {
      localStorage.removeItem(this.store);
      return;
    }
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
    let back = 0;
    for (const field of this.fields) {
      const found = values.find(([key, , sent]) => key === this.#key(field) && sent === this.#sent(field));
      if (!found) continue;
      if (this.#ticks(field)) field.checked = found[1];
      else field.value = found[1];
      back++;
    }
    if (back > 0) this.tell('restored', at);
  }

  #ticks(field) {
    return field.type === 'checkbox' || field.type === 'radio';
  }

  #key(field) {
    return this.#ticks(field) ? `${field.name}=${field.value}` : field.name;
  }

  #now(field) {
    return this.#ticks(field) ? field.checked : field.value;
  }

  #sent(field) {
    if (this.#ticks(field)) return field.defaultChecked;
    return field.options ? ([...field.options].find(option => option.defaultSelected) ?? field.options[0])?.value ?? '' : field.defaultValue;
  }

  tell(name, at) {
    const note = this.element.querySelector('[data-draft-note]');
    if (!note) return;
    note.hidden = false;
    note.lastElementChild.textContent = word(name, hourMinute(at));
  }
}
