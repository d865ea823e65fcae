import { Controller } from '@hotwired/stimulus';

// Says when the network is gone and how many drafts wait on this device.
export default class extends Controller {
  static targets = ['waiting'];
  static values = { waiting: String };

  connect() {
    if (!this.element.hidden) return;
    this.look = () => {
      this.element.hidden = navigator.onLine;
      const drafts = Object.keys(localStorage).filter(key => key.startsWith('ht-draft:')).length;
      if (drafts > 0 && !navigator.onLine) this.waitingTarget.textContent = this.waitingValue.replace('{0}', drafts);
    };
    addEventListener('online', this.look);
    addEventListener('offline', this.look);
    this.look();
  }

  disconnect() {
    removeEventListener('online', this.look);
    removeEventListener('offline', this.look);
  }
}
