import { Controller } from '@hotwired/stimulus';

// Puts a field into the words one was last in, and says how many text messages they make.
export default class extends Controller {
  static targets = ['count'];

  stay(event) {
    if (event.target.name?.startsWith('In.Body') || event.target.name?.startsWith('In.Subject')) this.at = event.target;
    this.count();
  }

  put(event) {
    const box = this.at ?? this.element.querySelector('textarea');
    box.setRangeText(event.params.field, box.selectionStart, box.selectionEnd, 'end');
    box.focus();
    box.dispatchEvent(new Event('input', { bubbles: true }));
  }

  count() {
    if (this.at?.tagName !== 'TEXTAREA' || !this.hasCountTarget) return;
    const length = this.at.value.length;
    const parts = length <= 70 ? Math.min(1, length) : Math.ceil(length / 67);
    this.countTarget.hidden = false;
    this.countTarget.textContent = this.countTarget.dataset.words.replace('{0}', length).replace('{1}', parts);
  }
}
