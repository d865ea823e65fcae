import { Controller } from '@hotwired/stimulus';

// Shows one more field only when the choice that needs it is taken.
export default class extends Controller {
  static targets = ['other', 'more'];

  connect() {
    this.show();
  }

  show() {
    this.moreTarget.hidden = !(this.otherTarget.checked || this.otherTarget.selected);
    if (this.otherTarget === document.activeElement) this.moreTarget.focus();
  }
}
