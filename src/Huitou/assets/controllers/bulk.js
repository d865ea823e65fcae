import { Controller } from '@hotwired/stimulus';

// Counts the ticked rows of the form it stands in, shows itself when there are some, and can mean "all that match".
export default class extends Controller {
  static targets = ['all', 'count', 'more'];
  static values = { total: Number, chosen: String };

  connect() {
    this.form = this.element.closest('form');
    this.changed = event => {
      if (event.target.matches('[data-select-all]')) this.boxes.forEach(box => { box.checked = event.target.checked; });
      if (event.target.matches('[data-select-all], input[name="ids"]')) {
        this.allTarget.value = '';
        this.count();
      }
    };
    document.addEventListener('change', this.changed);
    this.count();
  }

  disconnect() {
    document.removeEventListener('change', this.changed);
  }

  get boxes() {
    return [...document.querySelectorAll('input[name="ids"]')].filter(box => box.form === this.form);
  }

  all() {
    this.boxes.forEach(box => { box.checked = true; });
    this.allTarget.value = 'true';
    this.count();
  }

  none() {
    document.querySelectorAll('[data-select-all]').forEach(box => { box.checked = false; });
    this.boxes.forEach(box => { box.checked = false; });
    this.allTarget.value = '';
    this.count();
  }

  count() {
    const ticked = this.boxes.filter(box => box.checked);
    const every = this.allTarget.value === 'true';
    this.boxes.forEach(box => box.closest('tr')?.classList.toggle('on', box.checked));
    this.countTarget.textContent = this.chosenValue.replace('{0}', every ? this.totalValue : ticked.length);
    if (this.hasMoreTarget) this.moreTarget.hidden = every || this.totalValue <= ticked.length;
    this.element.classList.toggle('up', ticked.length > 0);
  }
}
