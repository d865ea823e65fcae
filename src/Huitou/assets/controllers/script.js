import { Controller } from '@hotwired/stimulus';

// Which sentence is being said: those before it are ticked. A tick of an answer goes on to the next.
export default class extends Controller {
  static targets = ['line', 'count'];

  connect() {
    this.at = this.lineTargets.findLastIndex(line => line.querySelector('input:checked')) + 1;
    // A form that came back is morphed into the page: where one was is shown again.
    this.rendered = () => this.go(this.at);
    document.addEventListener('turbo:render', this.rendered);
    this.go(this.at);
  }

  disconnect() {
    document.removeEventListener('turbo:render', this.rendered);
  }

  take(event) {
    this.go(this.lineTargets.indexOf(event.currentTarget.closest('li')));
  }

  answer(event) {
    this.go(this.lineTargets.indexOf(event.target.closest('li')) + 1);
  }

  on() {
    this.go(this.at + 1);
  }

  back() {
    this.go(this.at - 1);
  }

  go(to) {
    this.at = Math.min(Math.max(to, 0), this.lineTargets.length - 1);
    this.lineTargets.forEach((line, i) => {
      line.classList.toggle('done', i < this.at);
      line.classList.toggle('now', i === this.at);
      line.classList.toggle('next', i > this.at);
      line.toggleAttribute('aria-current', i === this.at);
    });
    this.countTarget.textContent = this.countTarget.dataset.words.replace('{0}', this.at + 1).replace('{1}', this.lineTargets.length);
  }
}
