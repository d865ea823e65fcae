import { Controller } from '@hotwired/stimulus';
import { session } from '@hotwired/turbo';

// Asks for the page again every so often while something on it is at work; what changed is put in place, the rest stays.
export default class extends Controller {
  static values = { every: { type: Number, default: 1000 } };

  connect() {
    this.timer = setInterval(() => {
      if (!document.hidden) session.refresh(document.location.href);
    }, this.everyValue);
  }

  disconnect() {
    clearInterval(this.timer);
  }
}
