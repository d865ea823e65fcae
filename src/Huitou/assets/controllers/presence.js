import { Controller } from '@hotwired/stimulus';

// Says every fifteen seconds that this page is open, and shows who else has it open; never while hidden.
export default class extends Controller {
  static values = { url: String, reads: String, writes: String };

  connect() {
    this.visible = () => this.say();
    document.addEventListener('visibilitychange', this.visible);
    this.timer = setInterval(() => this.say(), 15_000);
    this.say();
  }

  disconnect() {
    clearInterval(this.timer);
    document.removeEventListener('visibilitychange', this.visible);
  }

  get writing() {
    return [...document.querySelectorAll('main textarea')].some(area => area.value !== area.defaultValue && area.value.trim() !== '');
  }

  async say() {
    if (document.hidden) return;
    try {
      const answer = await fetch(this.urlValue, {
        method: 'POST', credentials: 'same-origin', body: JSON.stringify({ writing: this.writing }),
        headers: { 'Content-Type': 'application/json', Accept: 'application/json', 'X-Huitou': '1' },
      });
      if (!answer.ok || !answer.headers.get('content-type')?.includes('json')) return;
      this.show(await answer.json());
    } catch (error) {
      if (error instanceof TypeError || error instanceof SyntaxError) return; // Offline, or not the answer meant: the next time asks again.
      throw error;
    }
  }

  show(others) {
    const words = others.map(o => (o.writing ? this.writesValue : this.readsValue).replace('{0}', o.name)).join(' · ');
    this.element.hidden = words === '';
    // Said again only when it changed: a reader's program would repeat it.
    if (this.element.lastElementChild.textContent !== words) this.element.lastElementChild.textContent = words;
  }
}
