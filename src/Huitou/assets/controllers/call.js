import { Controller } from '@hotwired/stimulus';

// Counts a call from 拨打 to 挂断 and sends the seconds with the result. A form that comes back, or a page loaded anew, goes on counting.
export default class extends Controller {
  static targets = ['start', 'stop', 'time', 'seconds'];
  static values = { key: String, form: String };

  connect() {
    this.store = `ht-call:${this.keyValue}`;
    this.sent = event => {
      if (event.target.id === 'result' && event.detail.success) sessionStorage.removeItem(this.store);
    };
    document.addEventListener('turbo:submit-end', this.sent);
    // A form that came back is morphed into the page: what the server knows nothing of is put on again.
    this.rendered = () => this.turn();
    document.addEventListener('turbo:render', this.rendered);
    const kept = sessionStorage.getItem(this.store);
    this.began = kept ? Number(kept) : 0;
    this.turn();
  }

  disconnect() {
    clearInterval(this.timer);
    document.removeEventListener('turbo:submit-end', this.sent);
    document.removeEventListener('turbo:render', this.rendered);
  }

  start() {
    this.began = Date.now();
    sessionStorage.setItem(this.store, String(this.began));
    this.turn();
    if (this.hasStopTarget) this.stopTarget.focus();
    this.dial();
  }

  // The contact is counted as the phone rings. A no (the budget was used up meanwhile) ends the call and shows why.
  async dial() {
    const form = document.getElementById(this.formValue);
    if (!form) return;
    const answer = await fetch(form.action, { method: 'POST', body: new URLSearchParams(new FormData(form)) });
    if (answer.status !== 422) return;
    this.stop();
    location.reload();
  }

  stop() {
    this.tick();
    this.began = 0;
    sessionStorage.removeItem(this.store);
    this.turn();
    document.querySelector('#result input[type=radio]')?.focus();
  }

  turn() {
    clearInterval(this.timer);
    this.startTarget.hidden = this.began > 0;
    this.stopTarget.hidden = this.began === 0;
    this.timeTarget.classList.toggle('running', this.began > 0);
    if (this.began === 0) {
      if (Number(this.secondsTarget.value) > 0) this.show(Number(this.secondsTarget.value));
      return;
    }
    this.tick();
    this.timer = setInterval(() => this.tick(), 1000);
  }

  tick() {
    this.show(Math.max(1, Math.round((Date.now() - this.began) / 1000)));
  }

  show(seconds) {
    this.secondsTarget.value = String(seconds);
    this.timeTarget.hidden = false;
    this.timeTarget.querySelector('b').textContent = `${String(Math.floor(seconds / 60)).padStart(2, '0')}:${String(seconds % 60).padStart(2, '0')}`;
  }
}
