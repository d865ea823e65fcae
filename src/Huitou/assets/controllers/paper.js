import { Controller } from '@hotwired/stimulus';

// A link to a PDF that takes a second or two: says so while it is made, then saves the file. What cannot be fetched is opened as any link is.
export default class extends Controller {
  static values = { working: String };

  async fetch(event) {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    if (this.was) return;
    const words = this.element.querySelector('span');
    this.was = words.textContent;
    this.element.style.minWidth = `${this.element.offsetWidth}px`;
    this.element.setAttribute('aria-busy', 'true');
    words.textContent = this.workingValue;
    try {
      const answer = await fetch(this.element.href, { credentials: 'same-origin' });
      if (!answer.ok || !answer.headers.get('content-type')?.startsWith('application/pdf')) throw new Error('no paper');
      const name = /filename\*=UTF-8''([^;]+)/i.exec(answer.headers.get('content-disposition') || '')?.[1];
      const link = document.createElement('a');
      link.href = URL.createObjectURL(await answer.blob());
      link.download = name ? decodeURIComponent(name) : 'paper.pdf';
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), 60000);
    } catch {
      window.open(this.element.href, '_blank', 'noopener');
    } finally {
      words.textContent = this.was;
      this.was = null;
      this.element.removeAttribute('aria-busy');
    }
  }
}
