import { Controller } from '@hotwired/stimulus';
import { visit } from '@hotwired/turbo';

// Asks every two seconds which call rings at this extension, and opens its file; also while the page lies behind another, since a call does not wait.
export default class extends Controller {
  static values = { url: String };

  connect() {
    this.timer = setInterval(() => this.ask(), 2000);
    this.ask();
  }

  disconnect() {
    clearInterval(this.timer);
  }

  async ask() {
    try {
      const answer = await fetch(this.urlValue, { headers: { Accept: 'application/json', 'X-Huitou': '1' }, credentials: 'same-origin' });
      if (!answer.ok || !answer.headers.get('content-type')?.includes('json')) return;
      const call = await answer.json();
      // Each call opens its file once: who comes back to this page while it is spoken stays here.
      if (!call.href || sessionStorage.getItem('ht-ring') === call.id) return;
      sessionStorage.setItem('ht-ring', call.id);
      visit(call.href);
    } catch (error) {
      if (error instanceof TypeError || error instanceof SyntaxError) return; // Offline, or not the answer meant: the next time asks again.
      throw error;
    }
  }
}
