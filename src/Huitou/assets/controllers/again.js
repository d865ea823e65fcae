import { Controller } from '@hotwired/stimulus';
import { session } from '@hotwired/turbo';

// Asks for the page again every so often while something on it is at work; what changed is put in place, the rest stays.
export default class extends Controller {
  static values = { every: { type: Number, default: 1000 } };

  connect() {
    this.timer = setInterval(() => {
      if (!document.hidden) session.refresh(document.location.href);
    }, this.everyValue);
    // A node that goes takes an answer with it: the page stays as it stands and asks again, instead of giving way to the error.
    this.failed = event => {
      const { fetchResponse, request } = event.detail;
      const address = fetchResponse?.location ?? request.url;
      if (event.target !== document.documentElement || address.href !== document.location.href || (fetchResponse && !fetchResponse.serverError)) return;
      event.preventDefault();
      session.navigator.stop(); // else this visit counts as under way for good, and no other begins
    };
    document.addEventListener('turbo:before-fetch-response', this.failed);
    document.addEventListener('turbo:fetch-request-error', this.failed);
  }

  disconnect() {
    clearInterval(this.timer);
    document.removeEventListener('turbo:before-fetch-response', this.failed);
    document.removeEventListener('turbo:fetch-request-error', this.failed);
  }
}
